#include "core/value/field_set.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "core/value/document.hpp"

using namespace pilothouse;

namespace {

Value set(std::string_view json) { return readJson(json).documents.front().value; }

}  // namespace

TEST_CASE("sets of paths: what is below a member is not the member") {
  const Value whole = set(R"({"f:spec":{".":{},"f:replicas":{},"f:paused":{}}})");
  const Value part = set(R"({"f:spec":{"f:replicas":{}}})");
  CHECK(field_set::difference(whole, part) == set(R"({"f:spec":{".":{},"f:paused":{}}})"));
  CHECK(field_set::difference(part, whole).isNull());
  CHECK(field_set::intersection(whole, part) == part);
  CHECK(field_set::united(part, set(R"({"f:spec":{}})")) == set(R"({"f:spec":{".":{},"f:replicas":{}}})"));
  // A member without the rest is written {}.
  CHECK(field_set::difference(whole, set(R"({"f:spec":{"f:replicas":{},"f:paused":{}}})")) ==
        set(R"({"f:spec":{}})"));
  CHECK(field_set::difference(whole, set(R"({"f:spec":{}})")) ==
        set(R"({"f:spec":{"f:replicas":{},"f:paused":{}}})"));
}

TEST_CASE("a recursive difference takes what is below too") {
  const Value whole = set(R"({"f:spec":{"f:replicas":{}},"f:status":{"f:phase":{}}})");
  CHECK(field_set::recursiveDifference(whole, set(R"({"f:status":{}})")) ==
        set(R"({"f:spec":{"f:replicas":{}}})"));
  CHECK(field_set::recursiveDifference(whole, set(R"({"f:spec":{"f:paused":{}}})")).sameAs(whole));
}

TEST_CASE("what does not change stays the same node") {
  const Value whole = set(R"({"f:spec":{".":{},"f:replicas":{}}})");
  CHECK(field_set::united(whole, set(R"({"f:spec":{"f:replicas":{}}})")).sameAs(whole));
  CHECK(field_set::difference(whole, set(R"({"f:status":{}})")).sameAs(whole));
}

TEST_CASE("paths are printed as conflicts show them") {
  const Value all = set(
      R"({"f:metadata":{"f:finalizers":{"v:\"a/b\"":{}}},
          "f:spec":{"f:ports":{"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:port":{}}}}})");
  std::vector<std::string> paths;
  field_set::forEachPath(all, [&](const std::string& path) { paths.push_back(path); });
  CHECK(paths == std::vector<std::string>{R"(.metadata.finalizers[="a/b"])",
                                          R"(.spec.ports[port=80,protocol="TCP"])",
                                          R"(.spec.ports[port=80,protocol="TCP"].port)"});
}

TEST_CASE("what strangers send as a set is looked at first") {
  CHECK(field_set::isWellFormed(set(R"({"f:spec":{".":{}}})")));
  CHECK_FALSE(field_set::isWellFormed(set(R"({"spec":{}})")));
  CHECK_FALSE(field_set::isWellFormed(set(R"({"f:spec":1})")));
}
