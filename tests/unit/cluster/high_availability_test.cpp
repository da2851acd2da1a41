#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/cluster/cluster.hpp"

using namespace pilothouse;
using namespace pilothouse::cluster;
using namespace std::chrono_literals;
namespace r = pilothouse::api::resources;

namespace {

struct Fixture {
  Cluster cluster{Session(1, "ha-3")};
  int made = 0;

  void run(SimDuration time) { cluster.simulator().runFor(time); }
  std::uint64_t input(const char* verb, std::initializer_list<Value::Member> arguments) {
    return cluster.input(Key::intern(verb), Value::object(arguments));
  }
  void stop(const std::string& component) { input("stop", {{Key::intern("component"), Value(component)}}); }
  void start(const std::string& component) { input("start", {{Key::intern("component"), Value(component)}}); }
  /// What kubectl says of a new namespace, within a minute.
  std::string makeNamespace() {
    const std::string manifest =
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: n" + std::to_string(++made) + "}\n";
    const std::uint64_t id = input("apply", {{Key::intern("manifest"), Value(manifest)}});
    for (int i = 0; i < 600 && !cluster.result(id)->finished; ++i) run(100ms);
    REQUIRE(cluster.result(id)->finished);
    REQUIRE(cluster.result(id)->messages.size() == 1);
    return cluster.result(id)->messages.front().text;
  }
};

const std::vector<std::string> kMembers{"etcd/control-plane", "etcd/control-plane2", "etcd/control-plane3"};

}  // namespace

TEST_CASE("three control-plane nodes, an etcd member on each, and three workers come up") {
  Fixture f;
  f.run(60s);
  CHECK(f.cluster.count(r::nodes) == 6);
  f.cluster.forEach(r::nodes, "", [](const Value& node) {
    CHECK_MESSAGE(api::conditionIs(node, "Ready", "True"), std::string(api::name(node)));
    return true;
  });
  REQUIRE(f.cluster.machines().size() == 6);
  CHECK(f.cluster.machines()[2].name == "control-plane3");
  CHECK(f.cluster.machines()[2].controlPlane);
  for (const std::string& member : kMembers) CHECK(f.cluster.network().find(member));
  CHECK(f.makeNamespace() == "namespace/n1 created");
}

TEST_CASE("any member may die: the API server goes on with those that are left") {
  Fixture f;
  f.run(30s);
  for (const std::string& member : kMembers) {
    f.stop(member);
    f.run(4s);
    const std::string said = f.makeNamespace();
    CHECK_MESSAGE(said == "namespace/n" + std::to_string(f.made) + " created", member);
    f.start(member);
    f.run(4s);
  }
  CHECK(f.cluster.count(r::namespaces) == 3 + 4);
}

TEST_CASE("without a majority kubectl hears etcd's own words, and all is well again when one is back") {
  Fixture f;
  f.run(30s);
  f.stop(kMembers[1]);
  f.stop(kMembers[2]);
  f.run(10s);
  const std::string said = f.makeNamespace();
  CHECK_MESSAGE(said.find("etcdserver: request timed out") != std::string::npos, said);
  f.start(kMembers[2]);
  f.run(10s);
  CHECK(f.makeNamespace() == "namespace/n2 created");
}

TEST_CASE("views show what any member has, each change once") {
  Fixture f;
  f.run(30s);
  int namespaces = 0;
  const auto cancel =
      f.cluster.onChange([&](const api::Resource& resource, const Value& before, const Value&) {
        if (&resource == &r::namespaces && before.isNull()) ++namespaces;
      });
  const std::uint64_t before = f.cluster.revision();
  CHECK(f.makeNamespace() == "namespace/n1 created");
  f.run(1s);
  CHECK(namespaces == 1);
  CHECK(f.cluster.revision() > before);
  CHECK_FALSE(f.cluster.find(r::namespaces, "", "n1").isNull());
  cancel();
}
