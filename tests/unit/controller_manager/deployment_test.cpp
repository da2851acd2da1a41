#include "tests/unit/controller_manager/fixture.hpp"

using namespace pilothouse;
using namespace pilothouse::controller_manager;
using namespace std::chrono_literals;

TEST_CASE("a Deployment makes a ReplicaSet, that makes pods, and their readiness travels back") {
  Fixture f;
  f.apply(r::deployments, deploymentYaml(3, "nginx:1.27"));
  f.settle();
  const std::vector<Value> sets = f.list(r::replicaSets);
  REQUIRE(sets.size() == 1);
  const std::string name(api::name(sets[0]));
  const std::string hash = api::labels(sets[0])["pod-template-hash"].toString();
  CHECK(name == "web-" + hash);
  CHECK(sets[0].get(keys::spec, keys::selector, keys::matchLabels)["pod-template-hash"].toString() == hash);
  CHECK(api::annotations(sets[0])["deployment.kubernetes.io/desired-replicas"].toString() == "3");
  CHECK(api::annotations(sets[0])["deployment.kubernetes.io/max-replicas"].toString() == "4");
  const std::vector<Value> pods = f.list(r::pods);
  REQUIRE(pods.size() == 3);
  for (const Value& pod : pods) {
    CHECK(api::name(pod).substr(0, name.size() + 1) == name + "-");
    CHECK(api::isControlledBy(pod, api::uid(sets[0])));
    // Memory is shared among the pods of a template.
    CHECK(pod[keys::spec].sameAs(pods[0][keys::spec]));
    CHECK(api::labels(pod).sameAs(api::labels(pods[0])));
  }
  Value deployment = f.get(r::deployments, "web");
  CHECK(api::annotations(deployment)["deployment.kubernetes.io/revision"].toString() == "1");
  CHECK(Fixture::conditionText(deployment, "Available") == "False MinimumReplicasUnavailable");
  CHECK(Fixture::conditionText(deployment, "Progressing") == "True ReplicaSetUpdated");
  CHECK(status(deployment, Key::intern("unavailableReplicas")) == 3);
  CHECK(f.hasEvent("web", "ScalingReplicaSet: Scaled up replica set " + name + " from 0 to 3"));
  CHECK(f.hasEvent(name, "SuccessfulCreate: Created pod: " + std::string(api::name(pods[0]))));

  f.makeAllReady();
  deployment = f.get(r::deployments, "web");
  CHECK(status(deployment, keys::availableReplicas) == 3);
  CHECK(status(deployment, keys::readyReplicas) == 3);
  CHECK(status(deployment, keys::updatedReplicas) == 3);
  CHECK_FALSE(deployment[keys::status].has(Key::intern("unavailableReplicas")));
  CHECK(Fixture::conditionText(deployment, "Available") == "True MinimumReplicasAvailable");
  CHECK(Fixture::conditionText(deployment, "Progressing") == "True NewReplicaSetAvailable");
  CHECK(api::condition(deployment, "Progressing")[keys::message].toString() ==
        "ReplicaSet \"" + name + "\" has successfully progressed.");
  const Value set = f.get(r::replicaSets, name);
  CHECK(status(set, Key::intern("fullyLabeledReplicas")) == 3);
  CHECK(status(set, keys::observedGeneration) == 1);
}

TEST_CASE("a rolling update goes by steps of maxSurge and maxUnavailable") {
  Fixture f;
  f.apply(r::deployments, deploymentYaml(10, "nginx:1.27",
                                         "strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 3, "
                                         "maxUnavailable: 2}}"));
  f.rollOut();
  f.patch(r::deployments, "web", imagePatch("nginx:1.28"));
  f.settle();
  std::vector<Value> sets = f.replicaSets();
  REQUIRE(sets.size() == 2);
  // 13 at most, 8 available at least: three new ones at once, two old ones go, two more new ones.
  CHECK(replicas(sets[0]) == 8);
  CHECK(replicas(sets[1]) == 5);
  CHECK(Fixture::conditionText(f.get(r::deployments, "web"), "Progressing") == "True ReplicaSetUpdated");
  for (int i = 0; i < 20 && replicas(sets[0]) > 0; ++i) {
    // One new pod becomes ready: one old pod may go, and one new pod may come.
    for (const Value& pod : f.list(r::pods)) {
      if (api::isPodReady(pod)) continue;
      f.setReady(pod, true);
      break;
    }
    f.settle();
    sets = f.replicaSets();
    CHECK(replicas(sets[0]) + replicas(sets[1]) <= 13);
    std::int64_t available = 0;
    for (const Value& pod : f.list(r::pods)) available += api::isPodReady(pod) ? 1 : 0;
    CHECK(available >= 8);
  }
  f.rollOut();
  sets = f.replicaSets();
  CHECK(replicas(sets[0]) == 0);
  CHECK(replicas(sets[1]) == 10);
  const Value deployment = f.get(r::deployments, "web");
  CHECK(Fixture::conditionText(deployment, "Progressing") == "True NewReplicaSetAvailable");
  CHECK(api::annotations(deployment)["deployment.kubernetes.io/revision"].toString() == "2");
}

TEST_CASE("going back to an old template takes its ReplicaSet again, with a new revision") {
  Fixture f;
  f.apply(r::deployments, deploymentYaml(2, "nginx:1.27"));
  f.rollOut();
  const std::string first(api::name(f.list(r::replicaSets)[0]));
  f.patch(r::deployments, "web", imagePatch("nginx:1.28"));
  f.rollOut();
  f.patch(r::deployments, "web", imagePatch("nginx:1.27"));
  f.rollOut();
  CHECK(f.list(r::replicaSets).size() == 2);
  const Value set = f.get(r::replicaSets, first);
  CHECK(replicas(set) == 2);
  CHECK(api::annotations(set)["deployment.kubernetes.io/revision"].toString() == "3");
  CHECK(api::annotations(set)["deployment.kubernetes.io/revision-history"].toString() == "1");
}

TEST_CASE("Recreate lets every old pod go before the first new one comes") {
  Fixture f;
  f.createNode("node-1");
  f.apply(r::deployments, deploymentYaml(2, "nginx:1.27", "strategy: {type: Recreate}"));
  f.settle();
  for (const Value& pod : f.list(r::pods)) f.bind(pod, "node-1");
  f.makeAllReady();
  f.patch(r::deployments, "web", imagePatch("nginx:1.28"));
  f.settle();
  // The old pods are being deleted; the kubelet has not stopped them yet.
  CHECK(f.list(r::replicaSets).size() == 1);
  const std::vector<Value> pods = f.list(r::pods);
  REQUIRE(pods.size() == 2);
  for (const Value& pod : pods) {
    CHECK(api::isBeingDeleted(pod));
    client::Request gone = Fixture::request(apiserver::Verb::Delete, r::pods, api::name(pod));
    gone.body = Fixture::yaml("{gracePeriodSeconds: 0}");
    CHECK(f.send(std::move(gone)).ok());
  }
  f.settle();
  CHECK(f.list(r::replicaSets).size() == 2);
  CHECK(f.list(r::pods).size() == 2);
  f.rollOut();
  CHECK(Fixture::conditionText(f.get(r::deployments, "web"), "Progressing") == "True NewReplicaSetAvailable");
}

TEST_CASE("without progress for progressDeadlineSeconds the rollout is said to have failed") {
  Fixture f;
  f.apply(r::deployments, deploymentYaml(2, "nginx:broken", "progressDeadlineSeconds: 60"));
  f.settle();
  f.run(50s);
  CHECK(Fixture::conditionText(f.get(r::deployments, "web"), "Progressing") == "True ReplicaSetUpdated");
  f.run(15s);
  const Value deployment = f.get(r::deployments, "web");
  CHECK(Fixture::conditionText(deployment, "Progressing") == "False ProgressDeadlineExceeded");
  CHECK(api::condition(deployment, "Progressing")[keys::message].toString() ==
        "ReplicaSet \"" + std::string(api::name(f.list(r::replicaSets)[0])) +
            "\" has timed out progressing.");
}

TEST_CASE("scaling goes to the one active ReplicaSet at once, and is told with both numbers") {
  Fixture f;
  f.apply(r::deployments, deploymentYaml(1, "nginx"));
  f.rollOut();
  f.patch(r::deployments, "web", "{spec: {replicas: 3}}");
  f.settle();
  const std::string name(api::name(f.list(r::replicaSets)[0]));
  CHECK(f.list(r::pods).size() == 3);
  CHECK(f.hasEvent("web", "ScalingReplicaSet: Scaled up replica set " + name + " from 1 to 3"));
  f.makeAllReady();
  f.patch(r::deployments, "web", "{spec: {replicas: 1}}");
  f.settle();
  CHECK(f.list(r::pods).size() == 1);
  CHECK(f.hasEvent("web", "ScalingReplicaSet: Scaled down replica set " + name + " from 3 to 1"));
  f.patch(r::deployments, "web", "{spec: {replicas: 0}}");
  f.settle();
  CHECK(f.list(r::pods).empty());
}

TEST_CASE("scaling in the middle of a rollout is shared out by size") {
  Fixture f;
  f.apply(r::deployments, deploymentYaml(10, "nginx:1.27",
                                         "strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 3, "
                                         "maxUnavailable: 2}}"));
  f.rollOut();
  f.patch(r::deployments, "web", imagePatch("nginx:none"));
  f.settle();
  f.patch(r::deployments, "web", "{spec: {replicas: 15}}");
  f.settle();
  const std::vector<Value> sets = f.replicaSets();
  REQUIRE(sets.size() == 2);
  // The example of Kubernetes' documentation: of five more, the larger ReplicaSet takes the larger part.
  CHECK(replicas(sets[0]) == 11);
  CHECK(replicas(sets[1]) == 7);
}

TEST_CASE("a paused Deployment scales but does not roll out") {
  Fixture f;
  f.apply(r::deployments, deploymentYaml(1, "nginx:1.27"));
  f.rollOut();
  f.patch(r::deployments, "web", "{spec: {paused: true}}");
  f.settle();
  CHECK(Fixture::conditionText(f.get(r::deployments, "web"), "Progressing") == "Unknown DeploymentPaused");
  f.patch(r::deployments, "web", imagePatch("nginx:1.28"));
  f.patch(r::deployments, "web", "{spec: {replicas: 2}}");
  f.settle();
  CHECK(f.list(r::replicaSets).size() == 1);
  CHECK(f.list(r::pods).size() == 2);
  f.patch(r::deployments, "web", "{spec: {paused: false}}");
  f.rollOut();
  CHECK(f.list(r::replicaSets).size() == 2);
  CHECK(Fixture::conditionText(f.get(r::deployments, "web"), "Progressing") == "True NewReplicaSetAvailable");
}

TEST_CASE("old ReplicaSets beyond revisionHistoryLimit are deleted") {
  Fixture f;
  f.apply(r::deployments, deploymentYaml(1, "nginx:1", "revisionHistoryLimit: 1"));
  f.rollOut();
  for (const char* image : {"nginx:2", "nginx:3", "nginx:4"}) {
    f.patch(r::deployments, "web", imagePatch(image));
    f.rollOut();
  }
  const std::vector<Value> sets = f.replicaSets();
  REQUIRE(sets.size() == 2);
  CHECK(api::annotations(sets[0])["deployment.kubernetes.io/revision"].toString() == "3");
  CHECK(api::annotations(sets[1])["deployment.kubernetes.io/revision"].toString() == "4");
}

TEST_CASE("a Deployment adopts a ReplicaSet left behind, instead of making another") {
  Fixture f;
  f.apply(r::deployments, deploymentYaml(2, "nginx"));
  f.rollOut();
  const std::string set(api::name(f.list(r::replicaSets)[0]));
  f.remove(r::deployments, "web", "Orphan");
  f.settle();
  CHECK(api::controllerOf(f.get(r::replicaSets, set)).isNull());
  CHECK(f.list(r::pods).size() == 2);
  const Value again = f.apply(r::deployments, deploymentYaml(2, "nginx"));
  f.settle();
  CHECK(f.list(r::replicaSets).size() == 1);
  CHECK(api::isControlledBy(f.get(r::replicaSets, set), api::uid(again)));
  CHECK(Fixture::conditionText(f.get(r::deployments, "web"), "Progressing") == "True NewReplicaSetAvailable");
}
