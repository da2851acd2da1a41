// kubectl logs: through the API server to the kubelet, which reads the container's log.
#include "tests/unit/kubelet/streams_fixture.hpp"

namespace pilothouse::kubelet {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kCounter =
    "  - name: app\n    image: busybox\n    command: [sh, -c, 'for i in 1 2 3; do echo line $i; sleep 10; "
    "done']\n";

TEST_CASE("A container's log is what its program has said") {
  StreamsFixture node;
  node.createPod("counter", kCounter, "  restartPolicy: Never\n");
  node.until("counter", "Running 1/1");
  node.run(12s);
  const auto log = node.logs("counter");
  CHECK(log->started.code == 200);
  CHECK(log->out == "line 1\nline 2\n");
  CHECK(log->closed);
  CHECK(log->status[keys::status].asString() == "Success");

  SUBCASE("tail, limit and time stamps choose what is shown") {
    CHECK(node.logs("counter", "tailLines: 1")->out == "line 2\n");
    CHECK(node.logs("counter", "tailLines: 0")->out.empty());
    CHECK(node.logs("counter", "limitBytes: 9")->out == "line 1\nli");
    CHECK(node.logs("counter", "sinceSeconds: 5")->out == "line 2\n");
    const std::string stamped = node.logs("counter", "{timestamps: true, tailLines: 1}")->out;
    REQUIRE(stamped.size() == std::string("2026-01-01T00:00:14.000000000Z line 2\n").size());
    CHECK(stamped.substr(0, 17) == "2026-01-01T00:00:");
    CHECK(stamped.substr(29) == "Z line 2\n");
    CHECK(node.logs("counter", "sinceTime: '" + stamped.substr(0, 30) + "'")->out == "line 2\n");
  }
  SUBCASE("What follows comes as it is said, until the container ends") {
    const auto follow = node.logs("counter", "follow: true");
    CHECK(follow->out == "line 1\nline 2\n");
    node.run(10s);
    CHECK(follow->out == "line 1\nline 2\nline 3\n");
    CHECK_FALSE(follow->closed);
    node.run(10s);
    CHECK(follow->closed);
    CHECK(follow->status[keys::status].asString() == "Success");
    CHECK(node.logs("counter")->out == "line 1\nline 2\nline 3\n");
  }
  SUBCASE("Somebody who hangs up is sent nothing more") {
    auto follow = node.logs("counter", "follow: true");
    follow->stream.reset();
    node.run(30s);
    CHECK(follow->out == "line 1\nline 2\n");
    CHECK_FALSE(follow->closed);
  }
}

TEST_CASE("The log of the attempt before is kept") {
  StreamsFixture node;
  node.createPod(
      "crash", "  - name: app\n    image: busybox\n    command: [sh, -c, 'echo start $HOSTNAME; exit 3']\n");
  node.until("crash", "CrashLoopBackOff 0/1");
  CHECK(node.logs("crash")->out == "start crash\n");
  // The first attempt has no predecessor until a second one has begun.
  while (node.container(node.pod("crash"))["restartCount"].asInt() < 1) node.run(1s);
  node.until("crash", "CrashLoopBackOff 0/1");
  CHECK(node.logs("crash", "previous: true")->out == "start crash\n");
}

TEST_CASE("Without a log there are reasons") {
  StreamsFixture node;
  node.createPod("two",
                 "  - {name: a, image: busybox, command: [sleep, infinity]}\n"
                 "  - {name: b, image: nginx}\n",
                 "  initContainers:\n  - {name: first, image: busybox, command: [echo, prepared]}\n");
  node.createPod("missing", "  - {name: app, image: 'busybox:nosuch'}\n");
  node.until("two", "Running 2/2");
  node.until("missing", "ImagePullBackOff 0/1");
  const auto refused = [&](std::string_view pod, std::string_view yaml, int code) {
    const auto log = node.logs(pod, yaml);
    CHECK(log->started.code == code);
    return log->message();
  };
  CHECK(refused("two", "{}", 400) ==
        "a container name must be specified for pod two, choose one of: [first a b]");
  CHECK(refused("two", "container: c", 400) == "container c is not valid for pod two");
  CHECK(refused("two", "{container: a, previous: true}", 400) ==
        "previous terminated container \"a\" in pod \"two\" not found");
  CHECK(refused("missing", "{}", 400) ==
        "container \"app\" in pod \"missing\" is waiting to start: trying and failing to pull image");
  CHECK(refused("nobody", "{}", 404) == "pods \"nobody\" not found");
  CHECK(refused("two", "{container: a, tailLines: -1}", 422) ==
        "PodLogOptions \"two\" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0");
  CHECK(node.logs("two", "container: first")->out == "prepared\n");
  CHECK(node.logs("two", "container: b")->out.find("start worker processes") != std::string::npos);
}

TEST_CASE("A pod without a node has an empty log") {
  StreamsFixture node;
  node.create(api::resources::pods,
              "apiVersion: v1\nkind: Pod\nmetadata: {name: waiting, namespace: default}\n"
              "spec:\n  containers:\n  - {name: app, image: nginx}\n");
  const auto log = node.logs("waiting");
  CHECK(log->started.code == 200);
  CHECK(log->closed);
  CHECK(log->out.empty());
}

TEST_CASE("A kubelet that cannot be reached is named by its address") {
  StreamsFixture node;
  node.createPod("web", "  - {name: nginx, image: nginx}\n");
  node.until("web", "Running 1/1");
  SUBCASE("A process that is down refuses") {
    node.kubelet->stop();
    node.network.setUp(node.kubeletId, false);
    const auto log = node.logs("web", "{follow: true, tailLines: 5}");
    CHECK(log->started.code == 500);
    CHECK(log->message() ==
          "Get \"https://172.18.0.3:10250/containerLogs/default/web/nginx?follow=true&tailLines=5\": "
          "dial tcp 172.18.0.3:10250: connect: connection refused");
  }
  SUBCASE("A host that is cut off does not answer") {
    node.network.partition("control-plane", "worker-1");
    const auto log = node.logs("web");
    CHECK_FALSE(log->answered);
    node.run(31s);
    CHECK(log->message() ==
          "Get \"https://172.18.0.3:10250/containerLogs/default/web/nginx\": "
          "dial tcp 172.18.0.3:10250: i/o timeout");
  }
  SUBCASE("A connection breaks when its node is cut off") {
    const auto log = node.logs("web", "follow: true");
    CHECK(log->started.code == 200);
    node.network.partition("control-plane", "worker-1");
    node.kubelet->killContainer("default", "web", "nginx", 1);
    node.run(2min);
    CHECK(log->closed);
    CHECK(log->status.isNull());
  }
}

}  // namespace
}  // namespace pilothouse::kubelet
