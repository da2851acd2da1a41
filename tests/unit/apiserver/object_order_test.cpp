#include "core/apiserver/object_order.hpp"

#include <doctest/doctest.h>

#include <map>

#include "core/api/keys.hpp"

using namespace pilothouse;
using namespace pilothouse::apiserver;

namespace {

Value object(std::string_view ns, std::string_view name, std::int64_t mark = 0) {
  return Value::object(
      {{keys::metadata, Value::object({{keys::namespace_, Value(ns)}, {keys::name, Value(name)}})},
       {keys::value, Value(mark)}});
}

}  // namespace

TEST_CASE("objects are ordered as etcd orders namespace/name, byte by byte") {
  // '-' sorts before '/', so everything of a-b comes before everything of a.
  CHECK(compareKeys("a-b", "x", "a", "x") < 0);
  CHECK(compareKeys("a", "x", "a-b", "x") > 0);
  CHECK(compareKeys("a", "x", "ab", "x") < 0);
  CHECK(compareKeys("a", "b", "a", "a") > 0);
  CHECK(compareKeys("", "node-1", "", "node-1") == 0);
}

TEST_CASE("thousands of objects put and erased in any order are found, listed in order, and forgotten") {
  OrderedObjects objects;
  std::map<std::string, std::int64_t> expected;
  std::uint64_t state = 7;
  for (int i = 0; i < 20000; ++i) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    const std::string ns = "ns-" + std::to_string(state >> 33 & 3);
    const std::string name = "pod-" + std::to_string(state >> 40 & 2047);
    if ((state >> 60) < 10) {
      const Value before = objects.put(object(ns, name, i));
      const bool known = expected.count(ns + "/" + name) == 1;
      CHECK(before.isNull() != known);
      expected[ns + "/" + name] = i;
    } else {
      CHECK(objects.erase(ns, name).isNull() == (expected.erase(ns + "/" + name) == 0));
    }
  }
  REQUIRE(objects.size() == expected.size());
  auto next = expected.begin();
  objects.forEach("", [&](const Value& o) {
    CHECK(api::namespacedName(o) == next->first);
    CHECK(o[keys::value].asInt() == next->second);
    ++next;
    return true;
  });
  CHECK(next == expected.end());

  std::size_t inNamespace = 0;
  objects.forEach("ns-2", [&](const Value& o) {
    CHECK(api::namespaceOf(o) == "ns-2");
    ++inNamespace;
    return true;
  });
  std::size_t counted = 0;
  for (const auto& [key, mark] : expected) counted += key.rfind("ns-2/", 0) == 0 ? 1 : 0;
  CHECK(inNamespace == counted);
  objects.clear();
  CHECK(objects.size() == 0);
  CHECK(objects.find("ns-2", "pod-1").isNull());
}
