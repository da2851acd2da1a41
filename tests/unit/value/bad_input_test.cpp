#include <doctest/doctest.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <set>
#include <string>

#include "core/value/document.hpp"

using namespace pilothouse;

namespace {

const std::string kFolder = "tests/bad-input/";

std::string contents(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  REQUIRE_MESSAGE(file != nullptr, path);
  std::string text;
  char buffer[4096];
  for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, file.get())) > 0;) text.append(buffer, n);
  return text;
}

std::string times(std::string_view part, std::size_t count) {
  std::string text;
  text.reserve(part.size() * count);
  for (std::size_t i = 0; i < count; ++i) text += part;
  return text;
}

}  // namespace

TEST_CASE("every broken file is refused in Kubernetes' words, where it is wrong") {
  const Documents table = readYaml(contents(kFolder + "expected.yaml"));
  REQUIRE(!table.error);
  REQUIRE(table.documents.size() == 1);
  CHECK(table.documents[0].value.size() >= 60);
  for (const Value& row : table.documents[0].value.items()) {
    const std::string file = row["file"].toString();
    CAPTURE(file);
    const Documents read = readManifest(contents(kFolder + file));
    if (row["stage"] == Value("server")) {
      CHECK_MESSAGE(!read.error, read.error->message);
      continue;
    }
    REQUIRE(read.error);
    CHECK_MESSAGE(read.error->message.find(row["message"].asString()) != std::string::npos,
                  read.error->message);
    CHECK(static_cast<std::int64_t>(read.error->at.line) == row["line"].asInt());
    CHECK(static_cast<std::int64_t>(read.error->at.column) == row["column"].asInt());
  }
}

TEST_CASE("every broken file has an expectation") {
  std::set<std::string> expected{"expected.yaml"};
  const Documents table = readYaml(contents(kFolder + "expected.yaml"));
  REQUIRE(table.documents.size() == 1);
  for (const Value& row : table.documents[0].value.items()) expected.insert(row["file"].toString());
  std::set<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    found.insert(entry.path().filename().string());
  }
  CHECK(found == expected);
}

TEST_CASE("hostile sizes are answered, not suffered") {
  SUBCASE("brackets without end") {
    const Documents read = readManifest("a: " + times("[", 100'000));
    REQUIRE(read.error);
    CHECK(read.error->message.find("exceeded max depth of 200") != std::string::npos);
  }
  SUBCASE("braces without end") {
    const Documents read = readJson(times("{\"a\":", 1'000'000));
    REQUIRE(read.error);
    CHECK(read.error->message == "exceeded max depth of 200");
    CHECK(read.error->at.column == 200 * 5 + 1);
  }
  SUBCASE("dashes without end") {
    const Documents read = readYaml(times("- ", 100'000));
    REQUIRE(read.error);
    CHECK(read.error->message.find("exceeded max depth of 200") != std::string::npos);
  }
  SUBCASE("question marks without end") { CHECK(readYaml(times("? ", 100'000)).error); }
  SUBCASE("indentation without end") {
    std::string text;
    for (std::size_t i = 0; i < 3'000; ++i) text += std::string(i, ' ') + "a:\n";
    const Documents read = readYaml(text);
    REQUIRE(read.error);
    CHECK(read.error->at.line == 201);
  }
  SUBCASE("a text of 10 MB is a text like any other") {
    const std::string big = times("0123456789", 1u << 20);
    const Documents yaml = readYaml("data:\n  big: " + big + "\n");
    REQUIRE(!yaml.error);
    CHECK(yaml.documents[0].value["data"]["big"].asString().size() == big.size());
    const Documents json = readJson("{\"data\": {\"big\": \"" + big + "\"}}");
    REQUIRE(!json.error);
    CHECK(json.documents[0].value["data"]["big"].asString() == big);
  }
  SUBCASE("more bytes than the limit") {
    const Documents read = readManifest(times("a", (16u << 20) + 1));
    REQUIRE(read.error);
    CHECK(read.error->message == "input is larger than 16777216 bytes");
  }
  SUBCASE("more values than the limit") {
    ReadLimits limits;
    limits.nodes = 1'000;
    CHECK(readYaml("[" + times("1,", 2'000) + "1]", limits).error);
    CHECK(readJson("[" + times("1,", 2'000) + "1]", limits).error->message ==
          "document has more than 1000 values");
    CHECK(!readJson("[" + times("1,", 900) + "1]", limits).error);
  }
  SUBCASE("an object with many keys stays fast") {
    std::string text;
    for (int i = 0; i < 50'000; ++i) text += "k" + std::to_string(i) + ": " + std::to_string(i) + "\n";
    const Documents read = readYaml(text);
    REQUIRE(!read.error);
    CHECK(read.documents[0].value.size() == 50'000);
    CHECK(read.documents[0].value["k31415"].asInt() == 31415);
    CHECK(read.documents[0].positions.key("k31415").line == 31416);
  }
  SUBCASE("an alias below the depth limit") {
    std::string deep = "x";
    for (int i = 0; i < 150; ++i) deep = "[" + deep + "]";
    CHECK(!readYaml("a: &a " + deep + "\nb: [*a]\n").error);
    CHECK(readYaml("a: &a " + deep + "\nb: " + times("[", 60) + "*a" + times("]", 60) + "\n").error);
  }
}
