#include "tests/unit/controller_manager/fixture.hpp"

using namespace pilothouse;
using namespace pilothouse::controller_manager;
using namespace std::chrono_literals;

TEST_CASE("background deletion: the owner goes at once, what it owns follows") {
  Fixture f;
  f.apply(r::deployments, deploymentYaml(2, "nginx"));
  f.rollOut();
  f.remove(r::deployments, "web", "Background");
  CHECK_FALSE(f.exists(r::deployments, "web"));
  f.settle();
  CHECK(f.list(r::replicaSets).empty());
  CHECK(f.list(r::pods).empty());
}

TEST_CASE("foreground deletion: the owner waits until all that blocks it has gone") {
  Fixture f;
  f.createNode("node-1");
  f.apply(r::deployments, deploymentYaml(1, "nginx"));
  f.settle();
  const Value pod = f.list(r::pods)[0];
  f.bind(pod, "node-1");
  f.makeAllReady();
  f.remove(r::deployments, "web", "Foreground");
  f.settle();
  // The pod ends in its own time; ReplicaSet and Deployment wait for it.
  CHECK(api::isBeingDeleted(f.get(r::pods, api::name(pod))));
  CHECK(api::isBeingDeleted(f.get(r::deployments, "web")));
  REQUIRE(f.list(r::replicaSets).size() == 1);
  client::Request gone = Fixture::request(apiserver::Verb::Delete, r::pods, api::name(pod));
  gone.body = Fixture::yaml("{gracePeriodSeconds: 0}");
  CHECK(f.send(std::move(gone)).ok());
  f.settle();
  CHECK(f.list(r::replicaSets).empty());
  CHECK_FALSE(f.exists(r::deployments, "web"));
}

TEST_CASE("orphaning: what was owned stays, without the reference") {
  Fixture f;
  f.apply(r::deployments, deploymentYaml(2, "nginx"));
  f.rollOut();
  f.remove(r::deployments, "web", "Orphan");
  f.settle();
  CHECK_FALSE(f.exists(r::deployments, "web"));
  REQUIRE(f.list(r::replicaSets).size() == 1);
  CHECK(api::meta(f.list(r::replicaSets)[0])[keys::ownerReferences].empty());
  CHECK(f.list(r::pods).size() == 2);
}

TEST_CASE(
    "an object whose owner never existed is collected; one with another owner only loses the reference") {
  Fixture f;
  const Value owner = f.apply(r::configMaps, "{apiVersion: v1, kind: ConfigMap, metadata: {name: owner}}");
  const std::string absent =
      "{apiVersion: v1, kind: ConfigMap, name: nobody, uid: 6b7f0f3e-0000-4000-8000-000000000000}";
  f.apply(r::configMaps,
          "{apiVersion: v1, kind: ConfigMap, metadata: {name: lost, ownerReferences: [" + absent + "]}}");
  f.apply(r::configMaps, "{apiVersion: v1, kind: ConfigMap, metadata: {name: kept, ownerReferences: [" +
                             absent + ", {apiVersion: v1, kind: ConfigMap, name: owner, uid: " +
                             std::string(api::uid(owner)) + "}]}}");
  f.settle();
  CHECK_FALSE(f.exists(r::configMaps, "lost"));
  const Value kept = f.get(r::configMaps, "kept");
  REQUIRE(api::meta(kept)[keys::ownerReferences].size() == 1);
  CHECK(api::meta(kept)[keys::ownerReferences].item(0)[keys::uid].asString() == api::uid(owner));
}
