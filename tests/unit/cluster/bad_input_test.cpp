#include <doctest/doctest.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "core/api/object.hpp"
#include "core/cluster/cluster.hpp"
#include "core/value/document.hpp"

using namespace pilothouse;
using namespace pilothouse::cluster;
using namespace std::chrono_literals;

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

std::string printed(const std::vector<Message>& messages) {
  std::string text;
  for (const Message& message : messages) {
    text += std::to_string(message.line) + ":" + std::to_string(message.column) + ": " + message.text + "\n";
  }
  return text;
}

bool has(const std::vector<Message>& messages, std::string_view text, std::int64_t line,
         std::int64_t column) {
  for (const Message& message : messages) {
    if (message.error && message.text.find(text) != std::string::npos &&
        static_cast<std::int64_t>(message.line) == line &&
        static_cast<std::int64_t>(message.column) == column) {
      return true;
    }
  }
  return false;
}

/// A cluster that has come to rest, and everything that is stored in it but for the heart-beats.
struct Fixture {
  Cluster cluster{Session(1, "learning")};
  std::vector<std::string> stored;

  Fixture() {
    cluster.simulator().runFor(60s);
    cluster.onChange([this](const api::Resource& resource, const Value& before, const Value& after) {
      if (resource.plural.text() == "leases" || resource.plural.text() == "nodes") return;
      stored.push_back(resource.groupResource() + " " + api::namespacedName(after.isNull() ? before : after));
    });
  }

  std::vector<Message> apply(const std::string& manifest) {
    const auto id =
        cluster.input(Key::intern("apply"), Value::object({{Key::intern("manifest"), Value(manifest)}}));
    cluster.simulator().runFor(2s);
    const InputResult* result = cluster.result(id);
    REQUIRE(result != nullptr);
    CHECK(result->finished);
    CHECK_FALSE(result->ok);
    return result->messages;
  }
};

}  // namespace

// `apply` in a row is what the server says instead of `message`, where another of its checks comes first.
TEST_CASE("every broken manifest is refused with its place, before it is sent and when it is") {
  Fixture f;
  const Documents table = readYaml(contents(kFolder + "expected.yaml"));
  REQUIRE(table.documents.size() == 1);
  for (const Value& row : table.documents[0].value.items()) {
    const std::string file = row["file"].toString();
    CAPTURE(file);
    const std::string manifest = contents(kFolder + file);
    const std::int64_t line = row["line"].asInt();
    const std::int64_t column = row["column"].asInt();

    const std::vector<Message> checked = f.cluster.check(manifest);
    CHECK_MESSAGE(has(checked, row["message"].asString(), line, column), printed(checked));

    const std::vector<Message> applied = f.apply(manifest);
    const Value& words = row["apply"].isNull() ? row["message"] : row["apply"];
    CHECK_MESSAGE(has(applied, words.asString(), line, column), printed(applied));
    for (const std::string& stored : f.stored) FAIL_CHECK(stored);
    f.stored.clear();
  }
}

TEST_CASE("manifests of hostile size are answered, not suffered") {
  Fixture f;
  const auto configMap = [](std::size_t bytes) {
    return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: big}\ndata: {a: " + std::string(bytes, 'a') +
           "}\n";
  };
  std::vector<Message> applied = f.apply(configMap(10u << 20));
  CHECK_MESSAGE(has(applied, "Request entity too large: limit is 3145728", 1, 1), printed(applied));
  // What apply remembers of it has to fit into an annotation.
  applied = f.apply(configMap(1u << 19));
  CHECK_MESSAGE(has(applied, "metadata.annotations: Too long: may not be more than 262144 bytes", 3, 1),
                printed(applied));
  CHECK(f.stored.empty());

  std::string nested = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: deep}\ndata: ";
  nested.append(100'000, '[');
  CHECK_FALSE(f.apply(nested).empty());
  CHECK(f.stored.empty());
}
