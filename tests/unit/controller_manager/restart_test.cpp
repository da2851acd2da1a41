#include "tests/unit/controller_manager/fixture.hpp"

using namespace pilothouse;
using namespace pilothouse::controller_manager;
using namespace std::chrono_literals;

TEST_CASE("what happens while the controller manager is down is made up for when it is back") {
  Fixture f;
  f.apply(r::deployments, deploymentYaml(2, "nginx:1.27"));
  f.rollOut();
  f.manager.stop();
  f.patch(r::deployments, "web", imagePatch("nginx:1.28"));
  f.remove(r::pods, api::name(f.list(r::pods)[0]));
  f.run(30s);
  CHECK(f.list(r::replicaSets).size() == 1);
  CHECK(f.list(r::pods).size() == 1);
  f.manager.start();
  f.rollOut();
  const std::vector<Value> sets = f.replicaSets();
  REQUIRE(sets.size() == 2);
  CHECK(replicas(sets[0]) == 0);
  CHECK(replicas(sets[1]) == 2);
  CHECK(f.list(r::pods).size() == 2);
}

TEST_CASE("a crash in the middle of creations leads to neither too many pods nor too few") {
  Fixture f;
  f.apply(r::deployments, deploymentYaml(300, "nginx"));
  for (int i = 0; i < 5; ++i) {
    f.run(7ms);
    f.manager.stop();
    f.run(100ms);
    f.manager.start();
  }
  f.run(10s);
  CHECK(f.list(r::pods).size() == 300);
  CHECK(f.list(r::replicaSets).size() == 1);
}

TEST_CASE("a deletion that was under way goes on after a restart") {
  Fixture f;
  f.apply(r::deployments, deploymentYaml(2, "nginx"));
  f.rollOut();
  f.manager.stop();
  f.remove(r::deployments, "web", "Foreground");
  f.apply(r::namespaces, "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}");
  f.remove(r::namespaces, "shop");
  f.manager.start();
  f.run(15s);
  CHECK_FALSE(f.exists(r::deployments, "web"));
  CHECK(f.list(r::pods).empty());
  CHECK_FALSE(f.exists(r::namespaces, "shop"));
}

TEST_CASE("two runs of the same seed are the same, message by message") {
  const auto digest = [] {
    Fixture f;
    f.createNode("node-1");
    f.apply(r::deployments, deploymentYaml(20, "nginx"));
    f.rollOut();
    f.patch(r::deployments, "web", imagePatch("nginx:2"));
    f.rollOut();
    f.remove(r::deployments, "web");
    f.run(60s);
    return f.trace.digest();
  };
  CHECK(digest() == digest());
}
