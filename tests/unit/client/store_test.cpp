#include "core/client/store.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>

#include "core/api/object.hpp"

using namespace pilothouse;
using namespace pilothouse::client;

namespace {

Value pod(std::string_view ns, std::string_view name, std::string_view node) {
  return Value::object(
      {{keys::metadata, Value::object({{keys::name, Value(name)}, {keys::namespace_, Value(ns)}})},
       {keys::spec, Value::object({{keys::nodeName, Value(node)}})}});
}

void byNode(const Value& object, std::vector<Value>& out) {
  const Value& node = object.get(keys::spec, keys::nodeName);
  if (!node.asString().empty()) out.push_back(node);
}

std::string names(const std::vector<Value>& objects) {
  std::string all;
  for (const Value& object : objects) all += std::string(api::name(object)) + " ";
  return all;
}

}  // namespace

TEST_CASE("an object moves between index values when it changes, and is listed in order of name") {
  Store store;
  const int index = store.addIndex(byNode);
  CHECK(store.put(pod("default", "b", "node-1")).isNull());
  store.put(pod("default", "a", "node-1"));
  store.put(pod("default", "c", ""));
  CHECK(names(store.byIndex(index, "node-1")) == "a b ");
  CHECK(store.countByIndex(index, "node-2") == 0);
  const Value before = store.put(pod("default", "b", "node-2"));
  CHECK(before.get(keys::spec, keys::nodeName) == Value("node-1"));
  CHECK(names(store.byIndex(index, "node-1")) == "a ");
  CHECK(names(store.byIndex(index, "node-2")) == "b ");
  CHECK(store.erase(pod("default", "a", "")).get(keys::spec, keys::nodeName) == Value("node-1"));
  CHECK(store.byIndex(index, "node-1").empty());
  CHECK(store.find("other", "b").isNull());
  CHECK(api::name(store.find("default", "c")) == "c");
}

TEST_CASE("an index added later covers what is stored already") {
  Store store;
  store.put(pod("default", "a", "node-1"));
  const int index = store.addIndex(byNode);
  CHECK(store.countByIndex(index, "node-1") == 1);
  store.clear();
  CHECK(store.size() == 0);
  CHECK(store.countByIndex(index, "node-1") == 0);
}

TEST_CASE("thousands of objects under one index value stay in order through random changes") {
  Store store;
  const int index = store.addIndex(byNode);
  std::map<std::string, std::string> expected;
  std::uint64_t state = 3;
  for (int i = 0; i < 30000; ++i) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    const std::string name = "pod-" + std::to_string(state >> 40 & 4095);
    const std::string node = (state >> 60) < 12 ? "big" : "small";
    if ((state >> 20 & 3) == 0) {
      CHECK(store.erase(pod("default", name, "")).isNull() == (expected.erase(name) == 0));
    } else {
      store.put(pod("default", name, node));
      expected[name] = node;
    }
  }
  CHECK(store.size() == expected.size());
  std::string wanted;
  for (const auto& [name, node] : expected) {
    if (node == "big") wanted += name + " ";
    REQUIRE(store.find("default", name).get(keys::spec, keys::nodeName) == Value(node));
  }
  CHECK(names(store.byIndex(index, "big")) == wanted);
  CHECK(store.countByIndex(index, "big") + store.countByIndex(index, "small") == expected.size());
}
