#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "core/value/document.hpp"

using namespace pilothouse;

namespace {

Value json(std::string_view text) {
  Documents read = readJson(text);
  REQUIRE_MESSAGE(!read.error, read.error->message);
  return read.documents[0].value;
}

}  // namespace

TEST_CASE("JSON in one line and indented") {
  const Value value = json(R"({"b":[1,{"c":null}],"a":{},"d":[],"e":1.5,"f":1e30,"g":true})");
  CHECK(writeJson(value) == R"({"a":{},"b":[1,{"c":null}],"d":[],"e":1.5,"f":1e+30,"g":true})");
  CHECK(writeJson(json(R"({"a":[1],"b":{}})"), 4) == "{\n    \"a\": [\n        1\n    ],\n    \"b\": {}\n}");
}

TEST_CASE("JSON texts are escaped as Go escapes them") {
  CHECK(writeJson(Value("a<b>&\"\\\n\t\r\b\f\x01")) == R"("a\u003cb\u003e\u0026\"\\\n\t\r\b\f\u0001")");
  CHECK(writeJson(Value("조타실 \xE2\x80\xA8 \xFF")) == "\"조타실 \\u2028 \\ufffd\"");
}

TEST_CASE("YAML as kubectl prints it") {
  const Value value = json(
      R"({"metadata":{"name":"web","labels":{},"creationTimestamp":"2026-01-01T00:00:00Z","annotations":{"a10":"x","a2":"y","A":"z"}},
          "spec":{"containers":[{"name":"a","args":["-c","echo: hi"]},{"name":"b","ports":[]}],"list":[[1,2],[3]],"none":null,"ratio":0.25}})");
  CHECK(
      writeYaml(value) ==
      "metadata:\n  annotations:\n    A: z\n    a2: \"y\"\n    a10: x\n  creationTimestamp: "
      "\"2026-01-01T00:00:00Z\"\n"
      "  labels: {}\n  name: web\nspec:\n  containers:\n  - args:\n    - -c\n    - 'echo: hi'\n    name: a\n"
      "  - name: b\n    ports: []\n  list:\n  - - 1\n    - 2\n  - - 3\n  none: null\n  ratio: 0.25\n");
  CHECK(writeYaml(Value::emptyObject()) == "{}\n");
  CHECK(writeYaml(Value("x")) == "x\n");
}

TEST_CASE("YAML texts take the quotes that they need") {
  const std::pair<const char*, const char*> cases[] = {{"", "\"\""},
                                                       {"true", "\"true\""},
                                                       {"no", "\"no\""},
                                                       {"1", "\"1\""},
                                                       {"1.5", "\"1.5\""},
                                                       {"~", "\"~\""},
                                                       {"1:30", "\"1:30\""},
                                                       {"0x1", "\"0x1\""},
                                                       {"a b", "a b"},
                                                       {"- x", "'- x'"},
                                                       {"-x", "-x"},
                                                       {"a: b", "'a: b'"},
                                                       {"a #b", "'a #b'"},
                                                       {"a#b", "a#b"},
                                                       {"#a", "'#a'"},
                                                       {"it's", "it's"},
                                                       {"'q'", "'''q'''"},
                                                       {"[a]", "'[a]'"},
                                                       {"*", "'*'"},
                                                       {"key:", "'key:'"},
                                                       {" a", "' a'"},
                                                       {"a ", "'a '"},
                                                       {"a\tb", "\"a\\tb\""},
                                                       {"%", "'%'"},
                                                       {"@x", "'@x'"},
                                                       {"뜻", "뜻"},
                                                       {"\xF0\x9F\x98\x80", "\"\\U0001F600\""},
                                                       {"---", "'---'"},
                                                       {"?", "'?'"},
                                                       {"?x", "?x"},
                                                       {"2026-01-01", "\"2026-01-01\""},
                                                       {"a\\b", "a\\b"},
                                                       {"\x1b", "\"\\e\""}};
  for (const auto& [text, expected] : cases) {
    CAPTURE(text);
    CHECK(writeYaml(Value::array({Value(text)})) == "- " + std::string(expected) + "\n");
  }
}

TEST_CASE("YAML texts of several lines are literal blocks") {
  const auto written = [](const char* text) {
    return writeYaml(Value::object({{Key::intern("k"), text}, {Key::intern("z"), 1}}));
  };
  CHECK(written("a\nb\n") == "k: |\n  a\n  b\nz: 1\n");
  CHECK(written("a\nb") == "k: |-\n  a\n  b\nz: 1\n");
  CHECK(written("a\n\n") == "k: |+\n  a\n\nz: 1\n");
  CHECK(written(" a\nb\n") == "k: |2\n   a\n  b\nz: 1\n");
  CHECK(written("a \nb") == "k: \"a \\nb\"\nz: 1\n");
  CHECK(written("a\n\tb\n") == "k: \"a\\n\\tb\\n\"\nz: 1\n");
}

TEST_CASE("long YAML lines are folded behind the eightieth column") {
  const std::string word(30, 'w');
  const std::string text = word + " " + word + " " + word + " " + word;
  CHECK(writeYaml(Value::object({{Key::intern("k"), Value(text)}})) ==
        "k: " + word + " " + word + " " + word + "\n  " + word + "\n");
  CHECK(writeYaml(Value::object({{Key::intern("k"), Value(text + ": x")}})) ==
        "k: '" + word + " " + word + " " + word + "\n  " + word + ": x'\n");
}

TEST_CASE("what is written reads back") {
  const char* texts[] = {
      R"({"a":["x: y","- z","'","\"","\\","#","a\nb","  a\nb\n","\n","\n\n","a\n","a\n\n"," ","\t","é","  lead","trail  ","null","0b1"]})",
      R"({"k: v":{"- k":[[],{},[[1]],[{"a":{"b":[]}}]]},"":"","yes":1,"multi\nline":2,"#":3})"};
  for (const char* text : texts) {
    const Value value = json(text);
    const Documents back = readYaml(writeYaml(value));
    CHECK_MESSAGE(!back.error, back.error->message);
    REQUIRE(back.documents.size() == 1);
    CHECK_MESSAGE(back.documents[0].value == value, writeYaml(value));
    CHECK(json(writeJson(value, 2)) == value);
  }
  std::string longText;
  for (int i = 0; i < 200; ++i) longText += "word" + std::to_string(i) + (i % 7 == 0 ? "  " : " ");
  for (const std::string& text : {longText + "end", longText + "end: 'x' \"y\" \t."}) {
    const Value value = Value::object({{Key::intern("k"), Value::array({Value(text)})}});
    CHECK(readYaml(writeYaml(value)).documents[0].value == value);
  }
  const Value longKey = Value::object({{Key::intern(std::string(200, 'k')), Value::array({1})}});
  CHECK(readYaml(writeYaml(longKey)).documents[0].value == longKey);
}
