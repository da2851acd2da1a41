#include "tests/unit/kubelet/kubelet_fixture.hpp"

namespace pilothouse::kubelet {

using namespace std::chrono_literals;

TEST_CASE("a readiness probe keeps the pod unready until the server answers") {
  NodeFixture fixture;
  fixture.createPod("app",
                    "  - name: c\n    image: tomcat:10.1\n    readinessProbe:\n"
                    "      httpGet: {path: /, port: 8080}\n      periodSeconds: 2\n");
  fixture.until("app", "Running 0/1");
  Value pod = fixture.pod("app");
  CHECK(pod["status"]["phase"].asString() == "Running");
  CHECK(fixture.container(pod)["started"].asBool());
  const SimDuration waited = fixture.until("app", "Running 1/1");
  CHECK(waited > 3s);  // tomcat takes 3.5 s; probes come at 0, 2 and 4 s
  CHECK(waited < 4200ms);
  CHECK(fixture.hasEvent("app",
                         "Unhealthy: Readiness probe failed: Get \"http://10.244.1.2:8080/\": dial tcp "
                         "10.244.1.2:8080: connect: connection refused (x2)"));
}

TEST_CASE("a path that is not there is no sign of readiness") {
  NodeFixture fixture;
  fixture.createPod("app",
                    "  - name: c\n    image: nginx\n    ports: [{name: web, containerPort: 80}]\n"
                    "    readinessProbe: {httpGet: {path: /nope, port: web}, initialDelaySeconds: 3}\n");
  fixture.until("app", "Running 0/1");
  fixture.run(9500ms);  // 3 s of delay, rounded up to the first tick
  CHECK_FALSE(fixture.hasEvent("app", "Unhealthy"));
  fixture.run(1s);
  CHECK(fixture.hasEvent("app", "Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 404"));
}

TEST_CASE("three failed liveness probes restart the container") {
  NodeFixture fixture;
  fixture.createPod(
      "live",
      "  - name: c\n    image: busybox:1.36\n    args: [/bin/sh, -c, 'touch /tmp/healthy; sleep 30; rm "
      "-f /tmp/healthy; sleep 600']\n    livenessProbe: {exec: {command: [cat, /tmp/healthy]}, "
      "initialDelaySeconds: 5, periodSeconds: 5}\n",
      "  terminationGracePeriodSeconds: 3\n");
  fixture.until("live", "Running 1/1");
  fixture.run(29s);
  CHECK_FALSE(fixture.hasEvent("live", "Unhealthy"));
  fixture.run(16s);
  CHECK(fixture.hasEvent("live",
                         "Unhealthy: Liveness probe failed: cat: can't open '/tmp/healthy': No such file or "
                         "directory\n (x3)"));
  CHECK(fixture.hasEvent("live", "Killing: Container c failed liveness probe, will be restarted"));
  fixture.run(5s);
  const Value status = fixture.container(fixture.pod("live"));
  CHECK(status["restartCount"].asInt() == 1);
  CHECK(status["lastState"]["terminated"]["exitCode"].asInt() == 137);
  CHECK(fixture.shown("live") == "Running 1/1");
}

TEST_CASE("a liveness probe over HTTP: agnhost turns bad after ten seconds") {
  NodeFixture fixture;
  fixture.createPod("http",
                    "  - name: c\n    image: registry.k8s.io/e2e-test-images/agnhost:2.40\n"
                    "    args: [liveness]\n    livenessProbe: {httpGet: {path: /healthz, port: 8080}, "
                    "initialDelaySeconds: 3, periodSeconds: 3}\n");
  fixture.until("http", "Running 1/1");
  fixture.run(25s);
  CHECK(fixture.hasEvent("http", "Unhealthy: Liveness probe failed: HTTP probe failed with statuscode: 500"));
  CHECK(fixture.container(fixture.pod("http"))["restartCount"].asInt() == 1);
}

TEST_CASE("a startup probe holds the others back") {
  NodeFixture fixture;
  fixture.createPod("slow",
                    "  - name: c\n    image: tomcat:10.1\n"
                    "    startupProbe: {tcpSocket: {port: 8080}, periodSeconds: 1, failureThreshold: 30}\n"
                    "    livenessProbe: {tcpSocket: {port: 8080}, periodSeconds: 1, failureThreshold: 1}\n"
                    "    readinessProbe: {tcpSocket: {port: 8080}, periodSeconds: 1}\n");
  fixture.until("slow", "Running 0/1");
  CHECK_FALSE(fixture.container(fixture.pod("slow"))["started"].asBool());
  fixture.until("slow", "Running 1/1", 6s);
  const Value status = fixture.container(fixture.pod("slow"));
  CHECK(status["started"].asBool());
  CHECK(status["restartCount"].asInt() == 0);
  CHECK(fixture.hasEvent("slow",
                         "Startup probe failed: dial tcp 10.244.1.2:8080: connect: connection refused"));
  CHECK_FALSE(fixture.hasEvent("slow", "Liveness probe failed"));
}

TEST_CASE("gRPC probes ask servers that speak it") {
  NodeFixture fixture;
  fixture.createPod("cart",
                    "  - name: c\n    image: gcr.io/google-samples/microservices-demo/cartservice:v0.10.1\n"
                    "    readinessProbe: {grpc: {port: 7070}, periodSeconds: 1}\n");
  fixture.createPod(
      "web", "  - name: c\n    image: nginx\n    readinessProbe: {grpc: {port: 80}, periodSeconds: 1}\n");
  fixture.until("cart", "Running 1/1");
  fixture.run(4s);
  CHECK(fixture.shown("web") == "Running 0/1");
  CHECK(fixture.hasEvent("web",
                         "Readiness probe failed: error: this server does not implement the grpc health"));
}

TEST_CASE("a container that stops being ready is told so, and back") {
  NodeFixture fixture;
  fixture.createPod(
      "flip",
      "  - name: c\n    image: busybox:1.36\n    command: [sh, -c, 'touch /tmp/ok; sleep 8; rm /tmp/ok; "
      "sleep 8; touch /tmp/ok; sleep 1000']\n    readinessProbe: {exec: {command: [test, -f, /tmp/ok]}, "
      "periodSeconds: 1, failureThreshold: 2}\n");
  fixture.until("flip", "Running 1/1", 10s);
  fixture.until("flip", "Running 0/1", 12s);
  CHECK(api::conditionIs(fixture.pod("flip"), "ContainersReady", "False"));
  fixture.until("flip", "Running 1/1", 12s);
  CHECK(fixture.container(fixture.pod("flip"))["restartCount"].asInt() == 0);
}

TEST_CASE("a port that no container names is an error of the probe, not of the container") {
  NodeFixture fixture;
  fixture.createPod(
      "app",
      "  - name: c\n    image: nginx\n"
      "    livenessProbe: {httpGet: {path: /, port: http}, periodSeconds: 1, failureThreshold: 1}\n");
  fixture.until("app", "Running 1/1");
  fixture.run(10s);
  CHECK(fixture.hasEvent(
      "app",
      "Unhealthy: Liveness probe errored and resulted in unknown state: strconv.Atoi: parsing "
      "\"http\": invalid syntax"));
  CHECK(fixture.container(fixture.pod("app"))["restartCount"].asInt() == 0);
}

TEST_CASE("servers answer their probes while the runtime is down") {
  NodeFixture fixture;
  fixture.createPod(
      "app",
      "  - name: c\n    image: nginx:1.27\n"
      "    readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 1, failureThreshold: 1}\n");
  fixture.until("app", "Running 1/1");
  fixture.network.setUp(fixture.runtimeId, false);
  fixture.run(30s);
  CHECK(fixture.shown("app") == "Running 1/1");
  CHECK(api::conditionIs(fixture.get(api::resources::nodes, "worker-1"), "Ready", "False"));
}

}  // namespace pilothouse::kubelet
