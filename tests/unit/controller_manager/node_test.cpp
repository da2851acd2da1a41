#include "tests/unit/controller_manager/fixture.hpp"

using namespace pilothouse;
using namespace pilothouse::controller_manager;
using namespace std::chrono_literals;

namespace {

std::string taints(const Value& node) {
  std::string text;
  for (const Value& taint : node.get(keys::spec, keys::taints).items()) {
    text += (text.empty() ? "" : " ") + taint["key"].toString() + ":" + taint["effect"].toString();
  }
  return text;
}

/// The nodes' kubelets speak every ten seconds, but for the silent ones.
void passTime(Fixture& f, SimDuration duration, const Texts& speaking) {
  for (SimDuration passed{}; passed < duration; passed += 10s) {
    for (const std::string& node : speaking) f.heartBeat(node);
    f.run(10s);
  }
}

}  // namespace

TEST_CASE("a node whose kubelet falls silent is tainted, and its pods move after 300 seconds") {
  Fixture f;
  f.createNode("node-1");
  f.createNode("node-2");
  f.apply(r::deployments, deploymentYaml(1, "nginx"));
  f.settle();
  const Value pod = f.list(r::pods)[0];
  const std::string name(api::name(pod));
  f.bind(pod, "node-1");
  f.makeAllReady();

  passTime(f, 40s, {"node-2"});
  CHECK(f.hasEvent("node-1", "RegisteredNode: Node node-1 event: Registered Node node-1 in Controller"));
  CHECK(taints(f.get(r::nodes, "node-1")).empty());
  CHECK(api::isPodReady(f.get(r::pods, name)));
  passTime(f, 30s, {"node-2"});
  const Value node = f.get(r::nodes, "node-1");
  CHECK(Fixture::conditionText(node, "Ready") == "Unknown NodeStatusUnknown");
  CHECK(api::condition(node, "Ready")[keys::message].toString() == "Kubelet stopped posting node status.");
  CHECK(Fixture::conditionText(node, "DiskPressure") == "Unknown NodeStatusNeverUpdated");
  CHECK(taints(node) == "node.kubernetes.io/unreachable:NoSchedule node.kubernetes.io/unreachable:NoExecute");
  CHECK(f.hasEvent("node-1", "NodeNotReady: Node node-1 status is now: NodeNotReady"));
  CHECK(f.hasEvent(name, "NodeNotReady: Node is not ready"));
  CHECK_FALSE(api::isPodReady(f.get(r::pods, name)));
  CHECK(taints(f.get(r::nodes, "node-2")).empty());

  passTime(f, 270s, {"node-2"});
  CHECK_FALSE(api::isBeingDeleted(f.get(r::pods, name)));
  passTime(f, 40s, {"node-2"});
  CHECK(f.hasEvent(name, "TaintManagerEviction: Marking for deletion Pod default/" + name));
  const Value evicted = f.get(r::pods, name);
  CHECK(api::isBeingDeleted(evicted));
  CHECK(Fixture::conditionText(evicted, "DisruptionTarget") == "True DeletionByTaintManager");
  CHECK(f.list(r::pods).size() == 2);  // its successor waits for a node
}

TEST_CASE("a node that comes back in time keeps its pods") {
  Fixture f;
  f.createNode("node-1");
  f.createNode("node-2");
  f.apply(r::deployments, deploymentYaml(1, "nginx"));
  f.settle();
  const Value pod = f.list(r::pods)[0];
  const std::string name(api::name(pod));
  f.bind(pod, "node-1");
  f.makeAllReady();
  passTime(f, 120s, {"node-2"});
  CHECK_FALSE(taints(f.get(r::nodes, "node-1")).empty());
  passTime(f, 20s, {"node-1", "node-2"});
  CHECK(taints(f.get(r::nodes, "node-1")).empty());
  CHECK(f.hasEvent(name, "TaintManagerEviction: Cancelling deletion of Pod default/" + name));
  passTime(f, 400s, {"node-1", "node-2"});
  CHECK_FALSE(api::isBeingDeleted(f.get(r::pods, name)));
}

TEST_CASE("a renewed lease is a sign of life") {
  Fixture f;
  f.createNode("node-1");
  f.createNode("node-2");
  f.apply(r::leases,
          "{apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {name: node-1, namespace: "
          "kube-node-lease}, "
          "spec: {holderIdentity: node-1, leaseDurationSeconds: 40, renewTime: "
          "\"2026-01-01T00:00:00.000000Z\"}}");
  for (int i = 0; i < 12; ++i) {
    client::Request renew = Fixture::request(apiserver::Verb::Patch, r::leases, "node-1", "kube-node-lease");
    renew.patchType = apiserver::PatchType::Merge;
    renew.body = Value::object(
        {{keys::spec, Value::object({{Key::intern("renewTime"), microTimestamp(f.simulator.now())}})}});
    REQUIRE(f.send(std::move(renew)).ok());
    f.heartBeat("node-2");
    f.run(10s);
  }
  CHECK(Fixture::conditionText(f.get(r::nodes, "node-1"), "Ready") == "True KubeletReady");
}

TEST_CASE("when every node is silent nothing is evicted: it may be this side that is cut off") {
  Fixture f;
  f.createNode("node-1");
  f.createNode("node-2");
  const Value pod =
      f.apply(r::pods,
              "{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [{name: web, "
              "image: nginx}]}}");
  f.bind(pod, "node-1");
  passTime(f, 600s, {});
  CHECK(Fixture::conditionText(f.get(r::nodes, "node-1"), "Ready") == "Unknown NodeStatusUnknown");
  CHECK(taints(f.get(r::nodes, "node-1")) == "node.kubernetes.io/unreachable:NoSchedule");
  CHECK_FALSE(api::isBeingDeleted(f.get(r::pods, "web")));
}

TEST_CASE("a cordoned node is tainted; nodes get ranges of pod addresses") {
  Fixture f;
  f.createNode("node-1");
  f.createNode("node-2");
  f.settle();
  CHECK(f.get(r::nodes, "node-1").get(keys::spec, Key::intern("podCIDR")).toString() == "10.244.0.0/24");
  CHECK(f.get(r::nodes, "node-2").get(keys::spec, Key::intern("podCIDR")).toString() == "10.244.1.0/24");
  f.patch(r::nodes, "node-1", "{spec: {unschedulable: true}}");
  f.settle();
  CHECK(taints(f.get(r::nodes, "node-1")) == "node.kubernetes.io/unschedulable:NoSchedule");
  f.patch(r::nodes, "node-1", "{spec: {unschedulable: false}}");
  f.settle();
  CHECK(taints(f.get(r::nodes, "node-1")).empty());
}

TEST_CASE("pods of a node that is deleted are collected after the quarantine") {
  Fixture f;
  f.createNode("node-1");
  f.createNode("node-2");
  const Value pod =
      f.apply(r::pods,
              "{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [{name: web, "
              "image: nginx}]}}");
  f.bind(pod, "node-1");
  f.settle();
  f.remove(r::nodes, "node-1");
  f.run(38s);
  CHECK(f.exists(r::pods, "web"));
  f.run(30s);
  CHECK_FALSE(f.exists(r::pods, "web"));
}
