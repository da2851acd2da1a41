#include <string>

#include "doctest/doctest.h"
#include "web/address.hpp"
#include "web/describe.hpp"
#include "web/editor/text_editor.hpp"
#include "web/markdown.hpp"
#include "web/mirror.hpp"
#include "web/selection.hpp"
#include "web/utf8.hpp"

using namespace pilothouse;
using namespace pilothouse::web;

TEST_CASE("Markdown of lessons: strong, code, links and lists") {
  const auto blocks =
      parseMarkdown("One **two** `three`\nstill one\n\n- [four](https://kubernetes.io/x)\n- five\n1. six");
  REQUIRE(blocks.size() == 4);
  REQUIRE(blocks[0].spans.size() == 5);
  CHECK(blocks[0].spans[1].kind == MarkdownSpan::Kind::Strong);
  CHECK(blocks[0].spans[3].text == "three");
  CHECK(blocks[0].spans[4].text == " still one");
  CHECK(blocks[1].kind == MarkdownBlock::Kind::Bullet);
  CHECK(blocks[1].spans[0].url == "https://kubernetes.io/x");
  CHECK(blocks[3].marker == "1.");
}

TEST_CASE("Unfinished Markdown is text") {
  for (const char* text : {"**x", "`x", "[x](", "[x]", "- ", "```\ncode", "****", "``", "[]()"}) {
    CAPTURE(text);
    std::string all;
    for (const MarkdownBlock& block : parseMarkdown(text)) {
      for (const MarkdownSpan& span : block.spans) all += span.text;
    }
    CHECK(all.size() <= std::string(text).size());
  }
}

TEST_CASE("The mirror's text is JSON whatever the labels are") {
  std::string out;
  appendJsonString(out, "a\"b\\c\n\x01\xFF 한");
  CHECK(out == "\"a\\\"b\\\\c\\u000a\\u0001\xEF\xBF\xBD 한\"");
  Mirror mirror;
  mirror.begin();
  const Rect window{{0, 0}, {100, 100}};
  mirror.add({"a", "button", "A", {{10, 10}, {20, 20}}, {}, {}, false}, window);
  mirror.add({"b", "button", "B", {{200, 10}, {220, 20}}, {}, {}, false}, window);
  CHECK(mirror.take().value_or("") == R"([{"id":"a","role":"button","label":"A","rect":[10,10,10,10]}])");
  CHECK_FALSE(mirror.take().has_value());
}

TEST_CASE("What a person selects is written and read as a lesson writes it") {
  CHECK(Selection::fromTarget("component:kubelet/worker-1").target() == "component:kubelet/worker-1");
  CHECK(Selection::fromTarget("pod:web").target() == "pod:default/web");
  CHECK(Selection::fromTarget("node:worker-1").target() == "node:worker-1");
  for (const char* target : {"", "pod", "field:spec.replicas", "starship:x/y"}) {
    CHECK(Selection::fromTarget(target).kind == Selection::Kind::Nothing);
  }
  CHECK(Selection::of(Value()).kind == Selection::Kind::Nothing);
}

TEST_CASE("Ages are written as kubectl writes them") {
  CHECK(ageText(std::chrono::seconds(119)) == "119s");
  CHECK(ageText(std::chrono::seconds(200)) == "3m20s");
  CHECK(ageText(std::chrono::minutes(45)) == "45m");
  CHECK(ageText(std::chrono::minutes(185)) == "3h5m");
  CHECK(ageText(std::chrono::hours(50)) == "2d2h");
  CHECK(ageText(std::chrono::hours(24 * 9)) == "9d");
  CHECK(clockText(std::chrono::milliseconds(61250)) == "1:01.2");
  CHECK(clockText(std::chrono::hours(2) + std::chrono::seconds(3), false) == "2:00:03");
}

TEST_CASE("A link's wishes are read; nonsense is not") {
  const Address address = Address::parse("#lesson=03-desired-state&lang=ko&seed=12&preset=scale-40&x&=");
  CHECK(address.lesson == "03-desired-state");
  CHECK(address.language == "ko");
  CHECK(address.seed == 12);
  CHECK(address.preset == "scale-40");
  CHECK_FALSE(Address::parse("seed=-1").seed.has_value());
  CHECK_FALSE(Address::parse("seed=1x").seed.has_value());
}

TEST_CASE("The editor indents as YAML wants it") {
  TextEditor editor;
  editor.type("spec:");
  editor.newLine();
  editor.type("containers:");
  editor.newLine();
  editor.type("- name: web");
  editor.newLine();
  editor.type("image: nginx");
  CHECK(editor.buffer().text() == "spec:\n  containers:\n    - name: web\n      image: nginx");
  editor.select({{0, 0}, editor.buffer().end()});
  editor.indent(false);
  CHECK(editor.buffer().line(1) == "    containers:");
  editor.indent(true);
  editor.indent(true);
  CHECK(editor.buffer().line(0) == "spec:");
  CHECK(editor.buffer().line(2) == "  - name: web");
  editor.undo();
  editor.undo();
  editor.undo();
  CHECK(editor.buffer().line(1) == "  containers:");
}

TEST_CASE("Going to a place counts characters, and never leaves the text") {
  TextEditor editor;
  editor.setText("이름: 값\nb");
  editor.goTo(1, 4);
  CHECK(editor.selection().caret == TextPosition{0, 7});
  editor.goTo(99, 99);
  CHECK(editor.selection().caret == editor.buffer().end());
  editor.goTo(0, 0);
  CHECK(editor.selection().caret == TextPosition{0, 0});
}

TEST_CASE("UTF-8 is read by character, and what is none of it by byte") {
  CHECK(decodeUtf8("한", 0).code == 0xD55C);
  CHECK(decodeUtf8("\xC0\x80", 0).valid == false);
  CHECK(decodeUtf8("\xED\xA0\x80", 0).valid == false);
  CHECK(decodeUtf8("\xF4\x90\x80\x80", 0).valid == false);
  CHECK(decodeUtf8("\xE0", 0).bytes == 1);
  CHECK(countChars("a한b", 5) == 3);
  CHECK(byteOfChar("a한b", 2) == 4);
  CHECK(displayWidth(0xAC00) == 2);
  CHECK(displayWidth('a') == 1);
}
