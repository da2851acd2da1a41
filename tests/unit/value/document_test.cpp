#include "core/value/document.hpp"

#include <doctest/doctest.h>

#include <utility>

using namespace pilothouse;

namespace {

Value yaml(std::string_view text) {
  Documents read = readYaml(text);
  REQUIRE_MESSAGE(!read.error, read.error->message);
  REQUIRE(read.documents.size() == 1);
  return read.documents[0].value;
}

bool at(SourcePosition position, std::size_t line, std::size_t column) {
  INFO(position.line, ":", position.column);
  CHECK(position.line == line);
  CHECK(position.column == column);
  return position.line == line && position.column == column;
}

}  // namespace

TEST_CASE("plain scalars mean what go-yaml makes of them") {
  const std::pair<const char*, Value> cases[] = {{"yes", true},
                                                 {"On", true},
                                                 {"y", true},
                                                 {"no", false},
                                                 {"OFF", false},
                                                 {"true", true},
                                                 {"~", nullptr},
                                                 {"null", nullptr},
                                                 {"", nullptr},
                                                 {"0777", 511},
                                                 {"0o17", 15},
                                                 {"0x1F", 31},
                                                 {"-0x1f", -31},
                                                 {"0b101", 5},
                                                 {"1_000", 1000},
                                                 {"08", 8},
                                                 {"1.0", 1},
                                                 {"1e3", 1000},
                                                 {"1.5", 1.5},
                                                 {".5", 0.5},
                                                 {"+3", 3},
                                                 {"-7", -7},
                                                 {"1:30", "1:30"},
                                                 {"2026-01-01", "2026-01-01"},
                                                 {"2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"},
                                                 {"1.2.3", "1.2.3"},
                                                 {"1Gi", "1Gi"},
                                                 {"nginx:1.27", "nginx:1.27"},
                                                 {"9223372036854775807", 9223372036854775807},
                                                 {"9223372036854775808", 9223372036854775808.0},
                                                 {"1e400", "1e400"},
                                                 {"'yes'", "yes"},
                                                 {"\"1\"", "1"},
                                                 {"!!str 1", "1"},
                                                 {"!!int \"3\"", 3},
                                                 {"!!float 2", 2},
                                                 {"!!bool yes", true},
                                                 {"!custom x", "x"},
                                                 {"!!binary aGVsbG8=", "hello"},
                                                 {"0x", "0x"}};
  for (const auto& [text, expected] : cases) {
    CAPTURE(text);
    const Value value = yaml("k: " + std::string(text) + "\nz: 1\n")["k"];
    CHECK(value == expected);
    CHECK(value.type() == expected.type());
  }
}

TEST_CASE("keys become texts") {
  CHECK(writeJson(yaml("1: a\nyes: b\n1.5: c\n2026-01-01: d\n\"x\": e\n")) ==
        R"({"1":"a","1.5":"c","2026-01-01":"d","true":"b","x":"e"})");
}

TEST_CASE("anchors, aliases and merge keys") {
  const Value value = yaml(
      "base: &base {image: nginx, tag: 1}\nother: &other {tag: 9, pull: Always}\n"
      "use:\n  tag: 2\n  <<: [*base, *other]\nlist: &l [1, 2]\nagain: *l\n");
  CHECK(writeJson(value["use"]) == R"({"image":"nginx","pull":"Always","tag":2})");
  CHECK(value["again"].sameAs(value["list"]));
  CHECK(writeJson(yaml("a: &x b\n*x : c\n")) == R"({"a":"b","b":"c"})");
}

TEST_CASE("multi-line texts") {
  const Value value = yaml(
      "literal: |\n  one\n   two\n\n  three\nstrip: |-\n  x\nkeep: |+\n  y\n\nfold: >\n  a\n  b\n\n  "
      "c\nplain: p\n  q\n"
      "quoted: \"a\\\n  b\\tc\"\n");
  CHECK(value["literal"] == Value("one\n two\n\nthree\n"));
  CHECK(value["strip"] == Value("x"));
  CHECK(value["keep"] == Value("y\n\n"));
  CHECK(value["fold"] == Value("a b\nc\n"));
  CHECK(value["plain"] == Value("p q"));
  CHECK(value["quoted"] == Value("ab\tc"));
}

TEST_CASE("several documents, empty ones left out") {
  const Documents read = readYaml("# nothing\n---\na: 1\n---\n\n---\nb: 2\n...\n---\nnull\n--- # end\n");
  REQUIRE(!read.error);
  REQUIRE(read.documents.size() == 2);
  CHECK(read.documents[0].start.line == 3);
  CHECK(read.documents[1].start.line == 7);
  CHECK(readYaml("").documents.empty());
  CHECK(readYaml(" \n\n# only a comment\n").documents.empty());
}

TEST_CASE("what comes before an error is kept") {
  const Documents read = readYaml("a: 1\n---\nb: [\n");
  CHECK(read.error);
  CHECK(read.documents.size() == 1);
}

TEST_CASE("byte order mark and carriage returns") {
  CHECK(writeJson(yaml("\xEF\xBB\xBF"
                       "a: 1\r\nb:\r\n- x\r\n")) == R"({"a":1,"b":["x"]})");
  CHECK(writeJson(yaml("a: 1\rb: 2\r")) == R"({"a":1,"b":2})");
}

TEST_CASE("every node has a place") {
  const Documents read = readYaml(
      "apiVersion: v1\nmetadata:\n  name: web\n  labels:\n    app.kubernetes.io/name: web\n    app: \"뜻\"\n"
      "spec:\n  containers:\n  - name: a\n    args: [x, y]\n  - name: b\n    ports:\n");
  REQUIRE(!read.error);
  const SourceMap& map = read.documents[0].positions;
  CHECK(at(map.value(""), 1, 1));
  CHECK(at(map.key("metadata.name"), 3, 3));
  CHECK(at(map.value("metadata.name"), 3, 9));
  CHECK(at(map.key("metadata.labels[app.kubernetes.io/name]"), 5, 5));
  CHECK(at(map.key("metadata.labels.app.kubernetes.io/name"), 5, 5));
  CHECK(at(map.value("metadata.labels['app']"), 6, 10));
  CHECK(at(map.key("spec.containers[1].name"), 11, 5));
  CHECK(at(map.value("spec.containers[0].args[1]"), 10, 15));
  CHECK(at(map.value("spec.containers[1].ports"), 12, 5));
  CHECK(map.key("spec.containers[2]").line == 0);
  CHECK(map.key("spec.container").line == 0);
  CHECK(at(map.nearest("spec.containers[1].image"), 11, 5));
  CHECK(at(map.nearest("spec.selector.matchLabels"), 7, 1));
  CHECK(at(map.nearest("status"), 1, 1));
  CHECK(map.pathAt({3, 10}) == "metadata.name");
  CHECK(map.pathAt({5, 20}) == "metadata.labels[app.kubernetes.io/name]");
  CHECK(map.pathAt({10, 16}) == "spec.containers[0].args[1]");
  CHECK(map.pathAt({8, 3}) == "spec.containers");
  CHECK(SourceMap().key("a").line == 0);
}

TEST_CASE("places lead through aliases and merges") {
  const Documents read = readYaml("base: &b\n  image: nginx\nuse:\n  <<: *b\n  name: x\ncopy: *b\n");
  REQUIRE(!read.error);
  const SourceMap& map = read.documents[0].positions;
  CHECK(at(map.key("use.image"), 2, 3));
  CHECK(at(map.key("copy"), 6, 1));
  CHECK(at(map.value("copy"), 6, 7));
  CHECK(at(map.value("copy.image"), 2, 10));
}

TEST_CASE("JSON has places too") {
  const Documents read =
      readJson("{\n  \"a\": {\"b\": [10, true , \"x\"]},\n  \"뜻\": null, \"c\": -1.5e2\n}\n[7]");
  REQUIRE(!read.error);
  REQUIRE(read.documents.size() == 2);
  const SourceMap& map = read.documents[0].positions;
  CHECK(at(map.key("a.b"), 2, 9));
  CHECK(at(map.value("a.b"), 2, 14));
  CHECK(at(map.value("a.b[0]"), 2, 15));
  CHECK(at(map.value("a.b[1]"), 2, 19));
  CHECK(at(map.value("a.b[2]"), 2, 26));
  CHECK(at(map.value("c"), 3, 19));
  CHECK(read.documents[1].start.line == 5);
  CHECK(read.documents[0].value["c"].asDouble() == -150);
}

TEST_CASE("a byte order mark is allowed at the very beginning only") {
  CHECK_FALSE(readJson("\xEF\xBB\xBF{}").error);
  for (const char* text : {"1\xEF\xBB\xBF"
                           "1x",
                           "\xEF\xBB\xBF\xEF\xBB\xBF{}", "{} \xEF\xBB\xBF {}"}) {
    const Documents read = readJson(text);
    REQUIRE(read.error);
    CHECK(read.error->message.find("invalid character") != std::string::npos);
  }
}

TEST_CASE("JSON numbers") {
  const Documents read = readJson("[1, -1, 1.0, 9223372036854775807, 9223372036854775808, 1e2, 0.1] 5 6");
  REQUIRE(!read.error);
  REQUIRE(read.documents.size() == 3);
  const Value& all = read.documents[0].value;
  CHECK(all.item(0).isInt());
  CHECK(all.item(2).isDouble());
  CHECK(all.item(3).isInt());
  CHECK(all.item(4).isDouble());
  CHECK(all.item(5).isDouble());
  CHECK(read.documents[2].value.asInt() == 6);
}

TEST_CASE("a manifest is read by what it begins with") {
  CHECK(readManifest("  {\"a\": 1}").documents.size() == 1);
  CHECK(readManifest("{\"a\": 1,}").error->message.starts_with("json: "));
  CHECK(readManifest("a: {b: 1}").documents.size() == 1);
  CHECK(readManifest("[1]").documents.size() == 1);
}
