#include "tests/unit/kubelet/kubelet_fixture.hpp"

namespace pilothouse::kubelet {

using namespace std::chrono_literals;

namespace {

std::string terminated(const Value& status, std::string_view field) {
  return status["state"]["terminated"][Key::intern(field)].toString();
}

std::size_t position(const std::vector<std::string>& events, std::string_view text) {
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (events[i].find(text) != std::string::npos) return i;
  }
  return events.size();
}

}  // namespace

TEST_CASE("a sidecar starts before the containers and stops after them") {
  NodeFixture fixture;
  fixture.createPod("web", "  - {name: app, image: nginx}\n",
                    "  initContainers:\n"
                    "  - {name: logger, image: nginx, restartPolicy: Always, startupProbe: {tcpSocket: "
                    "{port: 80}, periodSeconds: 1}}\n");
  fixture.until("web", "Running 1/1");
  CHECK(fixture.pod("web")["status"]["initContainerStatuses"].item(0)["ready"].asBool());
  std::vector<std::string> events = fixture.events("web");
  CHECK(position(events, "Started container logger") < position(events, "Created container: app"));
  fixture.remove("web");
  // Both are told at once; logger gets its SIGTERM when app has ended.
  fixture.run(60ms);
  events = fixture.events("web");
  CHECK(position(events, "Killing: Stopping container logger") < events.size());
  CHECK(position(events, "Killing: Stopping container app") < events.size());
  fixture.run(2s);
  CHECK(fixture.pod("web").isNull());
}

TEST_CASE("sidecars stop in the reverse order, with what is left of the grace period") {
  NodeFixture fixture;
  const std::string sidecar =
      ", image: busybox, restartPolicy: Always, command: [sh, -c, 'trap \"sleep 2; exit 0\" TERM; "
      "sleep 1000 & wait; sleep 1000']}\n";
  fixture.createPod("web",
                    "  - {name: app, image: busybox, command: [sh, -c, 'trap \"sleep 3; exit 0\" TERM; "
                    "while true; do sleep 1; done']}\n",
                    "  terminationGracePeriodSeconds: 30\n  initContainers:\n  - {name: first" + sidecar +
                        "  - {name: second" + sidecar);
  fixture.until("web", "Running 1/1");
  fixture.remove("web");
  fixture.run(2s);
  const auto running = [&fixture] {
    std::string names;
    const Value containers = fixture.kubelet->containers();
    for (const Value& container : containers.items()) {
      if (container["state"].asString() == "Running") names += container["name"].toString() + " ";
    }
    return names;
  };
  CHECK(running() == "first second app ");
  fixture.run(2500ms);
  CHECK(running() == "first second ");
  const SimTime begun = fixture.simulator.now();
  while (running() != "first ") fixture.run(100ms);
  CHECK(fixture.simulator.now() - begun < 27s);
}

TEST_CASE("a pod whose containers have ended is over although its sidecar runs") {
  NodeFixture fixture;
  fixture.createPod("job", "  - {name: app, image: busybox, command: [sh, -c, 'sleep 3']}\n",
                    "  restartPolicy: Never\n  initContainers:\n"
                    "  - {name: side, image: nginx, restartPolicy: Always}\n");
  fixture.until("job", "Completed 0/1", 20s);
  fixture.run(3s);
  const Value pod = fixture.pod("job");
  CHECK(pod["status"]["phase"].asString() == "Succeeded");
  CHECK_FALSE(pod["status"]["initContainerStatuses"].item(0)["state"]["terminated"].isNull());
  CHECK(fixture.hasEvent("job", "Killing: Stopping container side"));
}

TEST_CASE("a sidecar that ends is started again, and does not fail its pod") {
  NodeFixture fixture;
  fixture.createPod("web", "  - {name: app, image: nginx}\n",
                    "  restartPolicy: Never\n  initContainers:\n"
                    "  - {name: side, image: busybox, restartPolicy: Always, command: [sh, -c, 'sleep 5; "
                    "exit 1']}\n");
  fixture.until("web", "Running 1/1");
  fixture.run(8s);
  const Value pod = fixture.pod("web");
  CHECK(pod["status"]["phase"].asString() == "Running");
  CHECK(pod["status"]["initContainerStatuses"].item(0)["restartCount"].asInt() == 1);
}

TEST_CASE("a pre-stop hook takes its time from the grace period, and at least two seconds are left") {
  NodeFixture fixture;
  fixture.createPod("calm",
                    "  - {name: c, image: busybox, command: [sleep, '1000'], lifecycle: {preStop: {sleep: "
                    "{seconds: 4}}}}\n",
                    "  terminationGracePeriodSeconds: 10\n");
  fixture.createPod("slow",
                    "  - {name: c, image: busybox, command: [sleep, '1000'], lifecycle: {preStop: {exec: "
                    "{command: [sleep, '100']}}}}\n",
                    "  terminationGracePeriodSeconds: 5\n");
  fixture.until("calm", "Running 1/1");
  fixture.until("slow", "Running 1/1");
  fixture.remove("calm");
  fixture.remove("slow");
  fixture.run(6500ms);
  CHECK_FALSE(fixture.pod("slow").isNull());
  fixture.run(1000ms);  // 5 s, then 2 s more
  CHECK(fixture.pod("slow").isNull());
  CHECK(fixture.hasEvent("slow", "FailedPreStopHook: PreStopHook failed"));
  fixture.run(2s);
  CHECK_FALSE(fixture.pod("calm").isNull());
  fixture.run(1s);  // 4 s of the hook, the other 6 s until SIGKILL
  CHECK(fixture.pod("calm").isNull());
}

TEST_CASE("a post-start hook that fails ends its container") {
  NodeFixture fixture;
  fixture.createPod("web",
                    "  - {name: c, image: nginx, lifecycle: {postStart: {exec: {command: [sh, -c, 'echo no "
                    "luck; exit 3']}}}}\n",
                    "  terminationGracePeriodSeconds: 3\n");
  fixture.until("web", "PostStartHookError 0/1", 20s);
  const Value state = fixture.container(fixture.pod("web"))["state"]["waiting"];
  CHECK(state["message"].toString().find("Exec lifecycle hook ([sh -c echo no luck; exit 3]) for Container "
                                         "\"c\" in Pod \"web_default(") == 0);
  CHECK(fixture.hasEvent("web", "FailedPostStartHook: PostStartHook failed"));
  CHECK(fixture.hasEvent("web", "Killing: FailedPostStartHook"));
  CHECK_FALSE(fixture.hasEvent("web", "Error: PostStartHookError"));
}

TEST_CASE("a pod that is active for too long fails") {
  NodeFixture fixture;
  fixture.createPod("late", "  - {name: c, image: nginx}\n", "  activeDeadlineSeconds: 20\n");
  fixture.until("late", "Running 1/1");
  fixture.run(10s);
  CHECK(fixture.shown("late") == "Running 1/1");
  fixture.run(11s);
  const Value pod = fixture.pod("late");
  CHECK(pod["status"]["phase"].asString() == "Failed");
  CHECK(pod["status"]["reason"].asString() == "DeadlineExceeded");
  CHECK(pod["status"]["message"].asString() ==
        "Pod was active on the node longer than the specified deadline");
  CHECK(fixture.hasEvent("late", "DeadlineExceeded: Pod was active on the node longer than the specified"));
}

TEST_CASE("a container's last words are in its status") {
  NodeFixture fixture;
  fixture.createPod(
      "words",
      "  - {name: file, image: busybox, command: [sh, -c, 'echo bye > /dev/termination-log; exit "
      "1']}\n"
      "  - {name: log, image: busybox, terminationMessagePolicy: FallbackToLogsOnError, command: "
      "[sh, -c, 'echo one; echo two; exit 1']}\n"
      "  - {name: none, image: busybox, command: [sh, -c, 'echo one; exit 1']}\n",
      "  restartPolicy: Never\n");
  fixture.until("words", "Error 0/3", 20s);
  const Value pod = fixture.pod("words");
  CHECK(terminated(fixture.container(pod, 0), "message") == "bye\n");
  CHECK(terminated(fixture.container(pod, 1), "message") == "one\ntwo\n");
  CHECK(fixture.container(pod, 2)["state"]["terminated"]["message"].isNull());
}

TEST_CASE("a readiness gate holds a pod back until somebody opens it") {
  NodeFixture fixture;
  fixture.createPod("gated", "  - {name: c, image: nginx}\n",
                    "  readinessGates: [{conditionType: example.com/open}]\n");
  fixture.until("gated", "Running 1/1");
  const Value& ready = api::condition(fixture.pod("gated"), "Ready");
  CHECK(ready["reason"].asString() == "ReadinessGatesNotReady");
  CHECK(ready["message"].asString() ==
        "corresponding condition of pod readiness gate \"example.com/open\" does not exist.");
  apiserver::Request patch = fixture.request(apiserver::Verb::Patch, api::resources::pods, "gated");
  patch.subresource = Key::intern("status");
  patch.patchType = apiserver::PatchType::StrategicMerge;
  patch.body =
      readYaml("status: {conditions: [{type: example.com/open, status: 'True'}]}").documents.front().value;
  REQUIRE(fixture.send(std::move(patch)).ok());
  fixture.run(500ms);
  CHECK(fixture.conditionIs(fixture.pod("gated"), "Ready", "True"));
}

TEST_CASE("where nothing is started again, a failed liveness probe says so") {
  NodeFixture fixture;
  fixture.createPod("once",
                    "  - {name: c, image: nginx, livenessProbe: {tcpSocket: {port: 81}, periodSeconds: 1, "
                    "terminationGracePeriodSeconds: 2}}\n",
                    "  restartPolicy: Never\n");
  fixture.until("once", "Completed 0/1", 20s);
  CHECK(fixture.hasEvent("once", "Killing: Container c failed liveness probe"));
  CHECK_FALSE(fixture.hasEvent("once", "will be restarted"));
}

}  // namespace pilothouse::kubelet
