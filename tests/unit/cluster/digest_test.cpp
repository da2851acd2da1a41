#include <doctest/doctest.h>

#include <cstdio>
#include <memory>
#include <string>

#include "core/api/object.hpp"
#include "core/cluster/cluster.hpp"
#include "core/value/document.hpp"

using namespace pilothouse;
using namespace pilothouse::cluster;

namespace {

Session session(std::string_view seed) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
      std::fopen("tests/fixtures/digest-session.json", "rb"), std::fclose);
  REQUIRE(file != nullptr);
  std::string text;
  char buffer[4096];
  for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, file.get())) > 0;) text.append(buffer, n);
  const Documents read = readJson(text);
  REQUIRE_FALSE(read.error);
  Session::Loaded loaded =
      Session::fromValue(read.documents.front().value.with(Key::intern("seed"), Value(seed)));
  REQUIRE_MESSAGE(loaded.session.size() == 1, loaded.error);
  return std::move(loaded.session.front());
}

std::uint64_t digestOf(Cluster& cluster) {
  cluster.simulator().runFor(std::chrono::seconds(10000));
  return cluster.trace().digest();
}

}  // namespace

TEST_CASE("10,000 seconds of a cluster's life are the same in every run, and another seed's are not") {
  Cluster first(session("1"));
  const std::uint64_t digest = digestOf(first);
  for (const std::uint64_t input : first.inputs()) {
    const InputResult* result = first.result(input);
    REQUIRE(result != nullptr);
    CHECK_MESSAGE((result->finished && result->ok), std::string(result->verb.text()));
  }
  int ready = 0;
  first.forEach(api::resources::pods, "default", [&ready](const Value& pod) {
    ready += api::isPodReady(pod) ? 1 : 0;
    return true;
  });
  CHECK(ready == 9);

  Cluster second(session("1"));
  CHECK(digestOf(second) == digest);
  CHECK(second.simulator().eventsRun() == first.simulator().eventsRun());
  CHECK(second.revision() == first.revision());

  Cluster other(session("2"));
  CHECK(digestOf(other) != digest);
}
