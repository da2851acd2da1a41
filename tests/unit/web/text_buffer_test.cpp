#include "web/editor/text_buffer.hpp"

#include "doctest/doctest.h"

using namespace pilothouse::web;

TEST_CASE("Text comes back as it was put in, with one kind of line end") {
  TextBuffer buffer;
  REQUIRE(buffer.setText("apiVersion: v1\r\nkind: Pod\rmetadata:\n"));
  CHECK(buffer.text() == "apiVersion: v1\nkind: Pod\nmetadata:\n");
  CHECK(buffer.lineCount() == 4);
  CHECK(buffer.line(1) == "kind: Pod");
  CHECK(buffer.bytes() == buffer.text().size());
}

TEST_CASE("A replacement over several lines is one step, taken back whole") {
  TextBuffer buffer;
  buffer.setText("one\ntwo\nthree");
  const TextPosition after = buffer.replace({{0, 1}, {2, 2}}, "X\nY");
  CHECK(buffer.text() == "oX\nYree");
  CHECK(after == TextPosition{1, 1});
  const TextSelection back = buffer.undo();
  CHECK(buffer.text() == "one\ntwo\nthree");
  CHECK(back.anchor == TextPosition{0, 1});
  CHECK(back.caret == TextPosition{2, 2});
  buffer.redo();
  CHECK(buffer.text() == "oX\nYree");
  CHECK_FALSE(buffer.canRedo());
}

TEST_CASE("Typing is taken back in words of a line, not in letters") {
  TextBuffer buffer;
  TextPosition at{0, 0};
  for (const char* letter : {"k", "i", "n", "d"}) at = buffer.replace({at, at}, letter);
  at = buffer.replace({at, at}, "\n");
  at = buffer.replace({at, at}, "x");
  CHECK(buffer.text() == "kind\nx");
  buffer.undo();
  CHECK(buffer.text() == "kind\n");
  buffer.undo();
  CHECK(buffer.text() == "kind");
  buffer.undo();
  CHECK(buffer.text().empty());
  CHECK_FALSE(buffer.canUndo());
  for (int i = 0; i < 3; ++i) buffer.redo();
  CHECK(buffer.text() == "kind\nx");
}

TEST_CASE("A change after undo forgets what could have been redone") {
  TextBuffer buffer;
  buffer.setText("a");
  buffer.replace({{0, 1}, {0, 1}}, "b");
  buffer.undo();
  buffer.replace({{0, 1}, {0, 1}}, "c");
  CHECK_FALSE(buffer.canRedo());
  CHECK(buffer.text() == "ac");
}

TEST_CASE("Hangul moves and erases in syllables") {
  TextBuffer buffer;
  buffer.setText("이름: 방명록");
  CHECK(buffer.after({0, 0}) == TextPosition{0, 3});
  CHECK(buffer.before({0, 6}) == TextPosition{0, 3});
  CHECK(buffer.clamp({0, 4}) == TextPosition{0, 3});
  const TextPosition end = buffer.end();
  buffer.replace({buffer.before(end), end}, "");
  CHECK(buffer.text() == "이름: 방명");
  CHECK(buffer.wordBefore(buffer.end()) == TextPosition{0, 8});
}

TEST_CASE("Positions outside the text are brought inside") {
  TextBuffer buffer;
  buffer.setText("ab\ncd");
  CHECK(buffer.clamp({7, 7}) == TextPosition{1, 2});
  CHECK(buffer.clamp({0, 9}) == TextPosition{0, 2});
  buffer.replace({{90, 90}, {91, 91}}, "!");
  CHECK(buffer.text() == "ab\ncd!");
  CHECK(buffer.after(buffer.end()) == buffer.end());
  CHECK(buffer.before({0, 0}) == TextPosition{0, 0});
}

TEST_CASE("Bytes that are no UTF-8 do no harm") {
  TextBuffer buffer;
  buffer.setText(std::string("a\xFF\xC3(\xED\xA0\x80\0z", 8));
  TextPosition at{0, 0};
  std::size_t steps = 0;
  for (; at < buffer.end() && steps < 100; ++steps) at = buffer.after(at);
  CHECK(at == buffer.end());
  for (; at > TextPosition{0, 0} && steps < 200; ++steps) at = buffer.before(at);
  CHECK(at == TextPosition{0, 0});
}

TEST_CASE("Too large a text is refused and changes nothing") {
  TextBuffer buffer;
  buffer.setText("kept");
  const std::string large(TextBuffer::kBytesMax + 1, 'x');
  CHECK_FALSE(buffer.setText(large));
  CHECK(buffer.text() == "kept");
  buffer.replace({buffer.end(), buffer.end()}, large);
  CHECK(buffer.text() == "kept");
}

TEST_CASE("Undo memory is bounded") {
  TextBuffer buffer;
  for (int i = 0; i < 3000; ++i) {
    buffer.breakStep();
    buffer.replace({buffer.end(), buffer.end()}, "x");
  }
  std::size_t steps = 0;
  while (buffer.canUndo()) {
    buffer.undo();
    ++steps;
  }
  CHECK(steps == TextBuffer::kUndoMax);
  CHECK(buffer.text().size() == 2000);
}
