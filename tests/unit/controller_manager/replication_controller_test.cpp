#include "tests/unit/controller_manager/fixture.hpp"

using namespace pilothouse;
using namespace pilothouse::controller_manager;
using namespace std::chrono_literals;

namespace {

const api::Resource& controllers() { return *api::findResource("", "replicationcontrollers"); }

constexpr std::string_view kNginx =
    "{apiVersion: v1, kind: ReplicationController, metadata: {name: nginx}, spec: {replicas: 3, selector: "
    "{app: nginx}, template: {metadata: {labels: {app: nginx}}, spec: {containers: [{name: nginx, image: "
    "nginx}]}}}}";

}  // namespace

TEST_CASE("a ReplicationController keeps its number of pods, and they are its own") {
  Fixture f;
  const Value controller = f.apply(controllers(), kNginx);
  f.settle();
  f.makeAllReady();
  std::vector<Value> pods = f.list(r::pods);
  REQUIRE(pods.size() == 3);
  const Value& owner = api::controllerOf(pods[0]);
  CHECK(owner[keys::kind].asString() == "ReplicationController");
  CHECK(owner[keys::apiVersion].asString() == "v1");
  CHECK(f.hasEvent("nginx", "SuccessfulCreate: Created pod: " + std::string(api::name(pods[0]))));
  const Value now = f.get(controllers(), "nginx");
  CHECK(status(now, keys::readyReplicas) == 3);
  CHECK(status(now, keys::observedGeneration) == api::meta(now)[keys::generation].asInt());
  f.remove(r::pods, api::name(pods[0]));
  f.settle();
  CHECK(f.list(r::pods).size() == 3);
}

TEST_CASE("a ReplicationController takes over a pod that fits, but not a ReplicaSet's") {
  Fixture f;
  f.apply(r::replicaSets,
          "{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: other}, spec: {replicas: 2, selector: "
          "{matchLabels: {app: nginx}}, template: {metadata: {labels: {app: nginx}}, spec: {containers: "
          "[{name: nginx, image: nginx}]}}}}");
  f.settle();
  f.apply(r::pods,
          "{apiVersion: v1, kind: Pod, metadata: {name: stray, labels: {app: nginx}}, spec: {containers: "
          "[{name: nginx, image: nginx}]}}");
  f.settle();
  f.apply(controllers(), kNginx);
  f.settle();
  std::size_t own = 0;
  for (const Value& pod : f.list(r::pods)) {
    own += api::controllerOf(pod)[keys::kind].asString() == "ReplicationController" ? 1U : 0U;
  }
  CHECK(own == 3);
  CHECK(f.list(r::pods).size() == 3 + 2);
}
