#include "tests/unit/kubelet/kubelet_fixture.hpp"

namespace pilothouse::kubelet {

using namespace std::chrono_literals;

TEST_CASE("a node registers, becomes ready and tells of it") {
  NodeFixture fixture;
  const Value node = fixture.get(api::resources::nodes, "worker-1");
  CHECK(api::labels(node)["kubernetes.io/hostname"].asString() == "worker-1");
  CHECK(node["spec"]["podCIDR"].asString() == "10.244.1.0/24");
  CHECK(node["status"]["capacity"]["pods"].asString() == "110");
  CHECK(node["status"]["allocatable"]["memory"].asString() == "8Gi");
  CHECK(node["status"]["nodeInfo"]["kubeletVersion"].asString().substr(0, 6) == "v1.33.");
  CHECK(api::condition(node, "Ready")["reason"].asString() == "KubeletReady");
  CHECK(api::condition(node, "Ready")["message"].asString() == "kubelet is posting ready status");
  CHECK(api::condition(node, "MemoryPressure")["message"].asString() ==
        "kubelet has sufficient memory available");
  CHECK(api::conditionIs(node, "DiskPressure", "False"));
  CHECK(api::conditionIs(node, "PIDPressure", "False"));
  CHECK(fixture.hasEvent("worker-1", "Starting: Starting kubelet."));
  CHECK(fixture.hasEvent("worker-1",
                         "NodeHasNoDiskPressure: Node worker-1 status is now: NodeHasNoDiskPressure"));
  CHECK(fixture.hasEvent("worker-1", "NodeReady: Node worker-1 status is now: NodeReady"));
}

TEST_CASE("the lease is renewed every ten seconds with one request, the node's status every five minutes") {
  NodeFixture fixture;
  const auto lease = [&fixture] {
    return fixture.get(api::resources::leases, "worker-1", "kube-node-lease");
  };
  const Value first = lease();
  CHECK(first["spec"]["leaseDurationSeconds"].asInt() == 40);
  CHECK(first["spec"]["holderIdentity"].asString() == "worker-1");
  CHECK(api::meta(first)["ownerReferences"].item(0)["name"].asString() == "worker-1");

  const auto requests = [&fixture] { return fixture.messages(MessageKind::Request, ""); };
  const std::size_t before = requests();
  const std::string heartbeat =
      api::condition(fixture.get(api::resources::nodes, "worker-1"), "Ready")["lastHeartbeatTime"].toString();
  fixture.run(100s);
  const std::size_t renewals = requests() - before;
  CHECK(renewals >= 9);
  CHECK(renewals <= 10);
  CHECK(lease()["spec"]["renewTime"].asString() > first["spec"]["renewTime"].asString());
  const auto ready = [&fixture] {
    return api::condition(fixture.get(api::resources::nodes, "worker-1"), "Ready");
  };
  CHECK(ready()["lastHeartbeatTime"].asString() == heartbeat);
  fixture.run(220s);
  CHECK(ready()["lastHeartbeatTime"].asString() != heartbeat);
}

TEST_CASE("the life of a pod: creating, running, gone") {
  NodeFixture fixture;
  const Value made = fixture.createPod("web",
                                       "  - name: nginx\n    image: nginx:1.27\n    resources:\n"
                                       "      requests: {cpu: 100m}\n");
  fixture.run(20ms);
  Value pod = fixture.pod("web");
  CHECK(fixture.shown("web") == "ContainerCreating 0/1");
  CHECK(pod["status"]["hostIP"].asString() == "172.18.0.3");
  CHECK(pod["status"]["qosClass"].asString() == "Burstable");
  CHECK(api::conditionIs(pod, "PodReadyToStartContainers", "False"));
  CHECK(api::conditionIs(pod, "Initialized", "True"));
  CHECK(api::condition(pod, "Ready")["message"].asString() == "containers with unready status: [nginx]");

  const SimDuration took = fixture.until("web", "Running 1/1");
  CHECK(took > 1s);  // 72 MB were pulled
  CHECK(took < 5s);
  pod = fixture.pod("web");
  const Value status = fixture.container(pod);
  CHECK(pod["status"]["podIP"].asString() == "10.244.1.2");
  CHECK(pod["status"]["podIPs"].item(0)["ip"].asString() == "10.244.1.2");
  CHECK(status["image"].asString() == "docker.io/library/nginx:1.27");
  CHECK(status["imageID"].asString().substr(0, 31) == "docker.io/library/nginx@sha256:");
  CHECK(status["containerID"].asString().size() == std::string("containerd://").size() + 64);
  CHECK(status["started"].asBool());
  CHECK(status["restartCount"].asInt() == 0);
  CHECK(status["allocatedResources"]["cpu"].asString() == "100m");
  CHECK(api::condition(pod, "Ready")["reason"].isNull());
  for (const std::string_view type :
       {"PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"}) {
    CHECK(api::conditionIs(pod, type, "True"));
  }
  // Created, ContainerCreating, Running: no more writes than those.
  CHECK(api::resourceVersion(pod) - api::resourceVersion(made) < 10);

  std::vector<std::string> events = fixture.events("web");
  REQUIRE(events.size() == 4);
  CHECK(events[0] == "Pulling: Pulling image \"nginx:1.27\"");
  CHECK(events[1].find("Pulled: Successfully pulled image \"nginx:1.27\" in ") == 0);
  CHECK(events[1].find(" including waiting). Image size: 72295909 bytes.") != std::string::npos);
  CHECK(events[2] == "Created: Created container: nginx");
  CHECK(events[3] == "Started: Started container nginx");

  fixture.remove("web");
  CHECK_FALSE(fixture.pod("web").isNull());
  fixture.run(2s);
  CHECK(fixture.pod("web").isNull());
  CHECK(fixture.hasEvent("web", "Killing: Stopping container nginx"));
  CHECK(fixture.kubelet->containers().empty());
}

TEST_CASE("a pod writes its status twice on its way to Running") {
  NodeFixture fixture;
  fixture.createPod("web", "  - name: nginx\n    image: nginx\n");
  fixture.until("web", "Running 1/1");
  fixture.run(60s);
  CHECK(fixture.messages(MessageKind::Request, "patch", "pods") == 2);
}

TEST_CASE("a container that ignores SIGTERM is killed when the grace period is over") {
  NodeFixture fixture;
  fixture.createPod("stubborn", "  - name: c\n    image: busybox\n    command: [sleep, '3600']\n",
                    "  terminationGracePeriodSeconds: 7\n");
  fixture.until("stubborn", "Running 1/1");
  fixture.remove("stubborn");
  fixture.run(6s);
  CHECK(fixture.shown("stubborn") == "Running 1/1");
  fixture.run(2s);
  CHECK(fixture.pod("stubborn").isNull());
}

TEST_CASE("a script's trap ends it sooner") {
  NodeFixture fixture;
  fixture.createPod(
      "polite",
      "  - name: c\n    image: busybox\n"
      "    command: [sh, -c, \"trap 'echo bye; exit 0' TERM; while true; do sleep 1; done\"]\n");
  fixture.until("polite", "Running 1/1");
  fixture.remove("polite");
  fixture.run(3s);
  CHECK(fixture.pod("polite").isNull());
}

TEST_CASE("preStop runs before the signal and takes from the grace period") {
  NodeFixture fixture;
  fixture.createPod("drained",
                    "  - name: c\n    image: nginx\n    lifecycle:\n      preStop:\n        exec:\n"
                    "          command: [sh, -c, 'sleep 4']\n");
  fixture.until("drained", "Running 1/1");
  fixture.remove("drained");
  fixture.run(3900ms);
  CHECK_FALSE(fixture.pod("drained").isNull());
  fixture.run(1s);
  CHECK(fixture.pod("drained").isNull());
}

TEST_CASE("a pod deleted while its image is being pulled goes at once") {
  NodeFixture fixture;
  fixture.createPod("slow", "  - name: c\n    image: elasticsearch:8.15.0\n");
  fixture.run(2s);
  CHECK(fixture.shown("slow") == "ContainerCreating 0/1");
  fixture.remove("slow");
  fixture.run(1s);
  CHECK(fixture.pod("slow").isNull());
}

TEST_CASE("a force-deleted pod's containers are ended too") {
  NodeFixture fixture;
  fixture.createPod("web", "  - name: nginx\n    image: nginx\n");
  fixture.until("web", "Running 1/1");
  apiserver::Request request = fixture.request(apiserver::Verb::Delete, api::resources::pods, "web");
  request.body = Value::object({{Key::intern("gracePeriodSeconds"), 0}});
  CHECK(fixture.send(request).ok());
  CHECK(fixture.pod("web").isNull());
  fixture.run(5s);
  CHECK(fixture.kubelet->containers().empty());
}

TEST_CASE("a pod that runs to its end succeeds or fails by its exit codes") {
  NodeFixture fixture;
  const std::string once = "  restartPolicy: Never\n";
  fixture.createPod("good", "  - name: c\n    image: busybox\n    command: [sh, -c, 'echo done; sleep 3']\n",
                    once);
  fixture.createPod("bad", "  - name: c\n    image: busybox\n    command: [sh, -c, 'sleep 1; exit 7']\n",
                    once);
  fixture.until("good", "Completed 0/1");
  fixture.run(1s);
  const Value good = fixture.pod("good");
  CHECK(good["status"]["phase"].asString() == "Succeeded");
  CHECK(api::condition(good, "Ready")["reason"].asString() == "PodCompleted");
  const Value bad = fixture.pod("bad");
  CHECK(bad["status"]["phase"].asString() == "Failed");
  CHECK(api::condition(bad, "Ready")["reason"].asString() == "PodFailed");
  CHECK(fixture.container(bad)["state"]["terminated"]["exitCode"].asInt() == 7);
  CHECK(fixture.container(bad)["state"]["terminated"]["reason"].asString() == "Error");
  CHECK(fixture.kubelet->log("default", "good", "c") == "done\n");
}

TEST_CASE("init containers run one after the other; a sidecar keeps running beside the pod") {
  NodeFixture fixture;
  fixture.createPod("app", "  - name: main\n    image: nginx\n",
                    "  initContainers:\n"
                    "  - {name: first, image: 'busybox:1.36', command: [sh, -c, 'sleep 2']}\n"
                    "  - {name: side, image: 'busybox:1.36', restartPolicy: Always, command: [sh, -c, "
                    "'while true; do echo tick; sleep 1; done']}\n"
                    "  - {name: second, image: 'busybox:1.36', command: [sh, -c, 'sleep 2']}\n");
  fixture.run(2s);
  Value pod = fixture.pod("app");
  CHECK(fixture.waiting(pod) == "PodInitializing");
  CHECK(pod["status"]["phase"].asString() == "Pending");
  CHECK(api::condition(pod, "Initialized")["message"].asString() ==
        "containers with incomplete status: [first side second]");
  fixture.until("app", "Running 1/1");
  pod = fixture.pod("app");
  const Value& init = pod["status"]["initContainerStatuses"];
  CHECK(init.item(0)["state"]["terminated"]["reason"].asString() == "Completed");
  CHECK(init.item(1)["started"].asBool());
  CHECK(init.item(1)["state"].has(Key::intern("running")));
  const std::string firstEnd = init.item(0)["state"]["terminated"]["finishedAt"].toString();
  CHECK(init.item(2)["state"]["terminated"]["startedAt"].asString() >= firstEnd);
  CHECK(fixture.kubelet->log("default", "app", "side").substr(0, 10) == "tick\ntick\n");
}

TEST_CASE("an init container that fails for good fails the pod") {
  NodeFixture fixture;
  fixture.createPod("app", "  - name: main\n    image: nginx\n",
                    "  restartPolicy: Never\n  initContainers:\n"
                    "  - {name: first, image: 'busybox:1.36', command: [sh, -c, 'exit 1']}\n");
  fixture.run(10s);
  const Value pod = fixture.pod("app");
  CHECK(pod["status"]["phase"].asString() == "Failed");
  CHECK(fixture.container(pod)["restartCount"].asInt() == 0);
}

TEST_CASE("a pod that does not fit is rejected") {
  NodeFixture fixture;
  fixture.createPod("big", "  - name: c\n    image: nginx\n    resources: {requests: {cpu: '8'}}\n");
  fixture.run(100ms);
  const Value pod = fixture.pod("big");
  CHECK(pod["status"]["phase"].asString() == "Failed");
  CHECK(pod["status"]["reason"].asString() == "OutOfcpu");
  const std::string why = "Node didn't have enough resource: cpu, requested: 8000, used: 0, capacity: 4000";
  CHECK(pod["status"]["message"].asString() == "Pod was rejected: " + why);
  CHECK(fixture.hasEvent("big", "OutOfcpu: " + why));

  // What ended no longer takes room.
  fixture.createPod("first",
                    "  - name: c\n    image: busybox\n    command: [sleep, '5']\n    resources: "
                    "{requests: {cpu: '3'}}\n",
                    "  restartPolicy: Never\n");
  fixture.until("first", "Completed 0/1");
  fixture.createPod("second", "  - name: c\n    image: nginx\n    resources: {requests: {cpu: '3'}}\n");
  fixture.until("second", "Running 1/1");
}

TEST_CASE("host ports are given once") {
  NodeFixture fixture;
  const std::string container =
      "  - name: c\n    image: nginx\n    ports: [{containerPort: 80, hostPort: 8080}]\n";
  fixture.createPod("one", container);
  fixture.createPod("two", container);
  fixture.run(100ms);
  CHECK(fixture.pod("two")["status"]["reason"].asString() == "NodePorts");
}

}  // namespace pilothouse::kubelet
