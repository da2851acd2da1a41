#include "core/value/json_path.hpp"

#include <doctest/doctest.h>

#include <utility>

#include "core/value/document.hpp"

using namespace pilothouse;

namespace {

const char* kPods = R"({"kind":"List","items":[
  {"metadata":{"name":"a","labels":{"app.kubernetes.io/name":"web"}},"status":{"phase":"Running","ready":true},"spec":{"c":[{"name":"x","cpu":2},{"name":"y","cpu":1}]}},
  {"metadata":{"name":"b"},"status":{"phase":"Pending"},"spec":{"c":[{"name":"z","cpu":5}]}}]})";

Value pods() { return readJson(kPods).documents.at(0).value; }

std::string found(std::string_view path) {
  const JsonPath::Parsed parsed = JsonPath::parse(path);
  if (!parsed.error.empty()) return "error: " + parsed.error;
  const JsonPath::Found result = parsed.path.evaluate(pods());
  if (!result.error.empty()) return "error: " + result.error;
  return writeJson(Value::array(std::span<const Value>(result.values)));
}

std::string printed(std::string_view text) {
  const JsonPathTemplate::Parsed parsed = JsonPathTemplate::parse(text);
  if (!parsed.error.empty()) return "error: " + parsed.error;
  const JsonPathTemplate::Printed result = parsed.path.print(pods());
  return result.error.empty() ? result.text : "error: " + result.error;
}

}  // namespace

TEST_CASE("JSONPath finds nodes") {
  const std::pair<const char*, const char*> cases[] = {
      {"{.kind}", R"(["List"])"},
      {"kind", R"(["List"])"},
      {"$.kind", R"(["List"])"},
      {"{.items[*].metadata.name}", R"(["a","b"])"},
      {"{.items[0].status.phase}", R"(["Running"])"},
      {"{.items[-1].metadata.name}", R"(["b"])"},
      {"{.items[0:1].metadata.name}", R"(["a"])"},
      {"{.items[0].spec.c[::2].name}", R"(["x"])"},
      {"{.items[0].metadata.labels.app\\.kubernetes\\.io/name}", R"(["web"])"},
      {"{.items[0].metadata.labels['app.kubernetes.io/name']}", R"(["web"])"},
      {"{.items[0,1].metadata.name}", R"(["a","b"])"},
      {"{.items[*]['metadata.name','status.phase']}", "[]"},
      {"{.items[0]['metadata','status'].phase}", R"(["Running"])"},
      {"{..name}", R"(["a","x","y","b","z"])"},
      {"{.items[?(@.status.phase=='Pending')].metadata.name}", R"(["b"])"},
      {"{.items[?(@.status.phase != \"Pending\")].metadata.name}", R"(["a"])"},
      {"{.items[*].spec.c[?(@.cpu>=2)].name}", R"(["x","z"])"},
      {"{.items[?(@.status.ready)].metadata.name}", R"(["a"])"},
      {"{.items[?(@.status.ready==true)].metadata.name}", R"(["a"])"},
      {"{.items[0].status.*}", R"(["Running",true])"},
      {"{.nothing.here}", "[]"}};
  for (const auto& [path, expected] : cases) {
    CAPTURE(path);
    CHECK(found(path) == expected);
  }
  CHECK(JsonPath::parse("{.}").path.find(pods()).at(0) == pods());
}

TEST_CASE("JSONPath errors") {
  CHECK(found("{.items[0") == "error: unclosed action");
  CHECK(found(".items[0") == "error: unterminated array");
  CHECK(found("{.items[x]}") == "error: invalid array index x");
  CHECK(found("{.items[5]}") == "error: array index out of bounds: index 5, length 2");
  CHECK(found("{.kind[0]}") == "error: List is not array or slice");
  CHECK(found("{.items[?(@.a=~'x')]}").starts_with("error: "));
  std::string deep;
  for (int i = 0; i < 1'000; ++i) deep += "[?(@.a";
  CHECK(found(deep).starts_with("error: "));
  for (int i = 0; i < 1'000; ++i) deep += ")]";
  CHECK(found(deep) == "error: expression is nested too deeply");
}

TEST_CASE("templates print as kubectl -o jsonpath does") {
  CHECK(printed("kind: {.kind}") == "kind: List");
  CHECK(printed("{.items[*].metadata.name}") == "a b");
  CHECK(printed(R"({range .items[*]}{.metadata.name}{"\t"}{.status.phase}{"\n"}{end})") ==
        "a\tRunning\nb\tPending\n");
  CHECK(printed("{range .items[*]}{range .spec.c[*]}{.name},{end};{end}") == "x,y,;z,;");
  CHECK(printed("{.items[0].status}") == R"({"phase":"Running","ready":true})");
  CHECK(printed("{.missing}").empty());
  CHECK(printed("{range .items[*]}") == "error: unterminated range");
  CHECK(printed("{end}") == "error: not in range, nothing to end");
  CHECK(printed("{.kind") == "error: unclosed action");
}
