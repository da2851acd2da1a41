#include "tests/unit/kubelet/kubelet_fixture.hpp"

namespace pilothouse::kubelet {

using namespace std::chrono_literals;

namespace {

struct RestartFixture : NodeFixture {
  void stopKubelet() {
    kubelet->stop();
    network.setUp(kubeletId, false);
  }
  void startKubelet() {
    network.setUp(kubeletId, true);
    kubelet->start();
  }
};

}  // namespace

TEST_CASE("containers outlive kubelet, and it finds them again") {
  RestartFixture fixture;
  fixture.createPod(
      "web", "  - name: c\n    image: nginx:1.27\n    readinessProbe: {httpGet: {path: /, port: 80}}\n");
  fixture.until("web", "Running 1/1");
  const Value before = fixture.pod("web");
  fixture.stopKubelet();
  fixture.run(60s);
  CHECK(fixture.kubelet->serve("10.244.1.2", 80, "/").connected);
  const Value lease = fixture.get(api::resources::leases, "worker-1", "kube-node-lease");
  fixture.startKubelet();
  fixture.run(15s);
  const Value after = fixture.pod("web");
  CHECK(fixture.container(after)["containerID"] == fixture.container(before)["containerID"]);
  CHECK(fixture.container(after)["restartCount"].asInt() == 0);
  CHECK(after["status"] == before["status"]);
  CHECK(api::resourceVersion(after) == api::resourceVersion(before));  // nothing had to be written
  CHECK(api::conditionIs(fixture.get(api::resources::nodes, "worker-1"), "Ready", "True"));
  CHECK_FALSE(fixture.get(api::resources::leases, "worker-1", "kube-node-lease")["spec"] == lease["spec"]);
  fixture.remove("web");
  fixture.run(3s);
  CHECK(fixture.pod("web").isNull());
}

TEST_CASE("what died while kubelet was away is started when it is back") {
  RestartFixture fixture;
  fixture.createPod("web", "  - name: c\n    image: nginx:1.27\n");
  fixture.until("web", "Running 1/1");
  fixture.stopKubelet();
  CHECK(fixture.kubelet->killContainer("default", "web", "c", 1));
  fixture.run(30s);
  CHECK(fixture.shown("web") == "Running 1/1");  // nobody has told anyone
  fixture.startKubelet();
  fixture.run(3s);
  const Value status = fixture.container(fixture.pod("web"));
  CHECK(status["restartCount"].asInt() == 1);
  CHECK(status["lastState"]["terminated"]["exitCode"].asInt() == 1);
}

TEST_CASE("pods deleted while kubelet was away are ended when it is back") {
  RestartFixture fixture;
  fixture.createPod("web", "  - name: c\n    image: nginx:1.27\n");
  fixture.createPod("forced", "  - name: c\n    image: nginx:1.27\n");
  fixture.until("forced", "Running 1/1");
  fixture.until("web", "Running 1/1");
  fixture.stopKubelet();
  fixture.remove("web");
  apiserver::Request force = fixture.request(apiserver::Verb::Delete, api::resources::pods, "forced");
  force.body = Value::object({{Key::intern("gracePeriodSeconds"), 0}});
  CHECK(fixture.send(force).ok());
  fixture.run(120s);
  CHECK_FALSE(fixture.pod("web").isNull());  // only kubelet can say that it is over
  CHECK(fixture.kubelet->containers().size() == 2);
  fixture.startKubelet();
  fixture.run(90s);
  CHECK(fixture.pod("web").isNull());
  CHECK(fixture.kubelet->containers().empty());
}

TEST_CASE("a runtime that is down makes the node not ready; what happened meanwhile is found out") {
  RestartFixture fixture;
  fixture.createPod("web", "  - name: c\n    image: nginx:1.27\n");
  fixture.until("web", "Running 1/1");
  fixture.network.setUp(fixture.runtimeId, false);
  fixture.kubelet->killContainer("default", "web", "c", 1);
  fixture.run(11s);
  const Value node = fixture.get(api::resources::nodes, "worker-1");
  CHECK(api::condition(node, "Ready")["reason"].asString() == "KubeletNotReady");
  CHECK(fixture.hasEvent("worker-1", "NodeNotReady: Node worker-1 status is now: NodeNotReady"));
  fixture.createPod("late", "  - name: c\n    image: nginx:1.27\n");
  fixture.run(1s);
  CHECK(fixture.hasEvent(
      "late", "FailedCreatePodSandBox: Failed to create pod sandbox: rpc error: code = Unavailable"));
  fixture.network.setUp(fixture.runtimeId, true);
  fixture.run(30s);
  CHECK(api::conditionIs(fixture.get(api::resources::nodes, "worker-1"), "Ready", "True"));
  CHECK(fixture.container(fixture.pod("web"))["restartCount"].asInt() == 1);
  CHECK(fixture.shown("late") == "Running 1/1");
}

TEST_CASE("a node deleted by hand is registered again") {
  RestartFixture fixture;
  CHECK(fixture.send(fixture.request(apiserver::Verb::Delete, api::resources::nodes, "worker-1")).ok());
  fixture.run(6min);
  CHECK(api::conditionIs(fixture.get(api::resources::nodes, "worker-1"), "Ready", "True"));
}

}  // namespace pilothouse::kubelet
