#include "tests/unit/controller_manager/fixture.hpp"

using namespace pilothouse;
using namespace pilothouse::controller_manager;
using namespace std::chrono_literals;

namespace {

std::string replicaSetYaml(int replicas, std::string_view more = {}) {
  return "{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: web}, spec: {replicas: " +
         std::to_string(replicas) +
         ", selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: "
         "{containers: "
         "[{name: web, image: nginx}]}}" +
         (more.empty() ? "" : ", " + std::string(more)) + "}}";
}

std::string podYaml(std::string_view name, std::string_view app) {
  return "{apiVersion: v1, kind: Pod, metadata: {name: " + std::string(name) +
         ", labels: {app: " + std::string(app) + "}}, spec: {containers: [{name: web, image: nginx}]}}";
}

}  // namespace

TEST_CASE("another pod comes for one that is deleted, and pods beyond the number go") {
  Fixture f;
  f.apply(r::replicaSets, replicaSetYaml(3));
  f.settle();
  const std::vector<Value> pods = f.list(r::pods);
  REQUIRE(pods.size() == 3);
  f.remove(r::pods, api::name(pods[0]));
  f.settle();
  CHECK(f.list(r::pods).size() == 3);
  CHECK_FALSE(f.exists(r::pods, api::name(pods[0])));
}

TEST_CASE("pods that are not ready go before ready ones, cheap ones before dear ones") {
  Fixture f;
  f.apply(r::replicaSets, replicaSetYaml(4));
  f.settle();
  std::vector<Value> pods = f.list(r::pods);
  REQUIRE(pods.size() == 4);
  for (std::size_t i = 1; i < 4; ++i) f.setReady(pods[i], true);
  f.patch(r::pods, api::name(pods[2]),
          "{metadata: {annotations: {controller.kubernetes.io/pod-deletion-cost: \"-5\"}}}");
  f.settle();
  f.patch(r::replicaSets, "web", "{spec: {replicas: 2}}");
  f.settle();
  CHECK_FALSE(f.exists(r::pods, api::name(pods[0])));
  CHECK_FALSE(f.exists(r::pods, api::name(pods[2])));
  CHECK(f.exists(r::pods, api::name(pods[1])));
  CHECK(f.hasEvent("web", "SuccessfulDelete: Deleted pod: " + std::string(api::name(pods[0]))));
}

TEST_CASE("an orphan with matching labels is adopted; a pod whose labels change is let go and replaced") {
  Fixture f;
  f.apply(r::pods, podYaml("stray", "web"));
  const Value set = f.apply(r::replicaSets, replicaSetYaml(2));
  f.settle();
  CHECK(f.list(r::pods).size() == 2);
  CHECK(api::isControlledBy(f.get(r::pods, "stray"), api::uid(set)));
  f.patch(r::pods, "stray", "{metadata: {labels: {app: debug}}}");
  f.settle();
  CHECK(api::controllerOf(f.get(r::pods, "stray")).isNull());
  CHECK(f.list(r::pods).size() == 3);
  CHECK(status(f.get(r::replicaSets, "web"), keys::replicas) == 2);
}

TEST_CASE("a pod is available when it has been ready for minReadySeconds") {
  Fixture f;
  f.apply(r::replicaSets, replicaSetYaml(1, "minReadySeconds: 10"));
  f.settle();
  f.makeAllReady();
  CHECK(status(f.get(r::replicaSets, "web"), keys::readyReplicas) == 1);
  CHECK(status(f.get(r::replicaSets, "web"), keys::availableReplicas) == 0);
  f.run(12s);
  CHECK(status(f.get(r::replicaSets, "web"), keys::availableReplicas) == 1);
}

TEST_CASE("pods that cannot be created are an event and a condition, tried again with patience") {
  Fixture f;
  f.apply(
      r::replicaSets,
      "{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: web}, spec: {replicas: 2, selector: "
      "{matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {priorityClassName: none, "
      "containers: [{name: web, image: nginx}]}}}}");
  f.settle();
  const Value set = f.get(r::replicaSets, "web");
  CHECK(Fixture::conditionText(set, "ReplicaFailure") == "True FailedCreate");
  const Texts events = f.events("web");
  REQUIRE_FALSE(events.empty());
  CHECK(events[0].substr(0, 30) == "FailedCreate: Error creating: ");
  CHECK(f.list(r::pods).empty());
}

TEST_CASE("600 pods come in bursts of doubled batches, all of them and no more") {
  Fixture f;
  f.apply(r::replicaSets, replicaSetYaml(600));
  f.run(5s);
  CHECK(f.list(r::pods).size() == 600);
  CHECK(status(f.get(r::replicaSets, "web"), keys::replicas) == 600);
  f.patch(r::replicaSets, "web", "{spec: {replicas: 20}}");
  f.run(10s);
  CHECK(f.list(r::pods).size() == 20);
}
