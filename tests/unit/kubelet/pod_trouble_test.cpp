#include "tests/unit/kubelet/kubelet_fixture.hpp"

namespace pilothouse::kubelet {

using namespace std::chrono_literals;

TEST_CASE("an image that is not there: ErrImagePull, then ImagePullBackOff with growing delays") {
  NodeFixture fixture;
  fixture.createPod("bad", "  - name: c\n    image: nginx:1.161\n");
  fixture.until("bad", "ErrImagePull 0/1");
  const std::string why =
      "rpc error: code = NotFound desc = failed to pull and unpack image \"docker.io/library/nginx:1.161\": "
      "failed to resolve reference \"docker.io/library/nginx:1.161\": docker.io/library/nginx:1.161: not "
      "found";
  Value pod = fixture.pod("bad");
  CHECK(fixture.container(pod)["state"]["waiting"]["message"].asString() == why);
  CHECK(fixture.container(pod)["image"].asString() == "nginx:1.161");
  CHECK(pod["status"]["phase"].asString() == "Pending");

  const SimDuration shown = fixture.until("bad", "ImagePullBackOff 0/1");
  CHECK(shown >= 9s);  // the pod worker looks again after 10 to 15 s
  CHECK(shown <= 16s);
  pod = fixture.pod("bad");
  CHECK(fixture.container(pod)["state"]["waiting"]["message"].asString() ==
        "Back-off pulling image \"nginx:1.161\": ErrImagePull: " + why);
  fixture.run(2s);
  const std::vector<std::string> events = fixture.events("bad");
  REQUIRE(events.size() >= 5);
  CHECK(events[0].find("Pulling: Pulling image \"nginx:1.161\"") == 0);
  CHECK(events[1].find("Failed: Failed to pull image \"nginx:1.161\": " + why) == 0);
  CHECK(events[2].find("Failed: Error: ErrImagePull") == 0);
  CHECK(events[3].find("BackOff: Back-off pulling image \"nginx:1.161\"") == 0);
  CHECK(events[4].find("Failed: Error: ImagePullBackOff") == 0);

  // 10, 20, 40, 80, 160 and then always 300 s apart, each a retry of 10 to 15 s more at most.
  fixture.run(30min);
  const std::size_t pulls = fixture.messages(MessageKind::Cri, "PullImage");
  CHECK(pulls >= 9);
  CHECK(pulls <= 11);
}

TEST_CASE("names that no registry has fail in the registry's words") {
  NodeFixture fixture;
  fixture.createPod("nowhere", "  - name: c\n    image: registry.example.invalid/team/app:v1\n");
  fixture.createPod("shouting", "  - name: c\n    image: NGINX\n");
  fixture.createPod("never", "  - name: c\n    image: nginx\n    imagePullPolicy: Never\n");
  fixture.run(3s);
  CHECK(fixture.container(fixture.pod("nowhere"))["state"]["waiting"]["message"].asString() ==
        "rpc error: code = Unknown desc = failed to pull and unpack image "
        "\"registry.example.invalid/team/app:v1\": failed to resolve reference "
        "\"registry.example.invalid/team/app:v1\": failed to do request: Head "
        "\"https://registry.example.invalid/v2/team/app/manifests/v1\": dial tcp: lookup "
        "registry.example.invalid on 10.96.0.10:53: no such host");
  CHECK(fixture.shown("shouting") == "InvalidImageName 0/1");
  CHECK(fixture.hasEvent("shouting",
                         "InspectFailed: Failed to apply default image tag \"NGINX\": couldn't parse "
                         "image name \"NGINX\": invalid reference format: repository name "
                         "(library/NGINX) must be lowercase"));
  CHECK(fixture.shown("never") == "ErrImageNeverPull 0/1");
}

TEST_CASE("an image pulled once is there for the next pod, and the node lists it") {
  NodeFixture fixture;
  fixture.createPod("one", "  - name: c\n    image: nginx:1.27\n");
  fixture.until("one", "Running 1/1");
  fixture.createPod("two", "  - name: c\n    image: nginx:1.27\n");
  CHECK(fixture.until("two", "Running 1/1") < 1s);
  CHECK(fixture.events("two")[0] == "Pulled: Container image \"nginx:1.27\" already present on machine");
  fixture.run(12s);
  const Value images = fixture.get(api::resources::nodes, "worker-1")["status"]["images"];
  REQUIRE(images.size() == 1);
  CHECK(images.item(0)["names"].item(1).asString() == "docker.io/library/nginx:1.27");
}

TEST_CASE("a container that keeps failing is restarted after 0, 10, 20, 40, 80, 160, 300 s") {
  NodeFixture fixture;
  fixture.createPod("crash",
                    "  - name: c\n    image: busybox:1.36\n    command: [sh, -c, 'echo hello; exit 3']\n");
  std::vector<SimTime> starts;
  std::vector<std::string> delays;
  std::int64_t seen = -1;
  std::string message;
  while (starts.size() < 9) {
    fixture.run(50ms);
    const Value pod = fixture.pod("crash");
    const Value status = fixture.container(pod);
    const Value& waiting = status["state"]["waiting"];
    if (waiting["reason"].asString() == "CrashLoopBackOff" && waiting["message"].toString() != message) {
      message = waiting["message"].toString();
      delays.push_back(message.substr(9, message.find(' ', 9) - 9));
      CHECK(message == "back-off " + delays.back() + " restarting failed container=c pod=crash_default(" +
                           std::string(api::uid(pod)) + ")");
      CHECK(status["lastState"]["terminated"]["exitCode"].asInt() == 3);
    }
    if (status["restartCount"].asInt() != seen) {
      seen = status["restartCount"].asInt();
      starts.push_back(fixture.simulator.now());
    }
  }
  CHECK(delays == std::vector<std::string>{"10s", "20s", "40s", "1m20s", "2m40s", "5m0s"});
  const SimDuration expected[] = {0s, 0s, 10s, 20s, 40s, 80s, 160s, 300s, 300s};
  for (std::size_t i = 2; i < starts.size(); ++i) {
    CAPTURE(i);
    const SimDuration gap = starts[i] - starts[i - 1];
    CHECK(gap >= expected[i]);
    CHECK(gap <= expected[i] + 16s);  // the pod worker's own retries are 10 to 15 s apart
  }
  CHECK(fixture.hasEvent("crash", "BackOff: Back-off restarting failed container c in pod crash_default("));
  CHECK(fixture.shown("crash") != "Running 1/1");
  CHECK(fixture.pod("crash")["status"]["phase"].asString() == "Running");
}

TEST_CASE("ten good minutes forget the back-off") {
  NodeFixture fixture;
  fixture.createPod("flaky",
                    "  - name: c\n    image: busybox:1.36\n    command: [sh, -c, 'sleep 700; exit 1']\n");
  fixture.until("flaky", "Running 1/1");
  fixture.run(701s);
  fixture.until("flaky", "Running 1/1", 5s);
  fixture.run(701s);
  fixture.until("flaky", "Running 1/1", 5s);  // no CrashLoopBackOff
  CHECK(fixture.container(fixture.pod("flaky"))["restartCount"].asInt() == 2);
}

TEST_CASE("restartPolicy OnFailure restarts only what failed") {
  NodeFixture fixture;
  fixture.createPod("mixed",
                    "  - name: fails\n    image: busybox:1.36\n    command: [sh, -c, 'sleep 1; exit 1']\n"
                    "  - name: ends\n    image: busybox:1.36\n    command: [sh, -c, 'sleep 1']\n",
                    "  restartPolicy: OnFailure\n");
  fixture.run(30s);
  const Value pod = fixture.pod("mixed");
  CHECK(fixture.container(pod, 0)["restartCount"].asInt() >= 1);
  CHECK(fixture.container(pod, 1)["restartCount"].asInt() == 0);
  CHECK(pod["status"]["phase"].asString() == "Running");
}

TEST_CASE("a container killed from under kubelet is started again") {
  NodeFixture fixture;
  fixture.createPod("web", "  - name: c\n    image: nginx:1.27\n");
  fixture.until("web", "Running 1/1");
  CHECK(fixture.kubelet->killContainer("default", "web", "c", 137));
  fixture.run(2s);
  const Value pod = fixture.pod("web");
  CHECK(fixture.shown("web") == "Running 1/1");
  CHECK(fixture.container(pod)["restartCount"].asInt() == 1);
  CHECK(fixture.container(pod)["lastState"]["terminated"]["exitCode"].asInt() == 137);
  CHECK_FALSE(fixture.kubelet->killContainer("default", "web", "other", 137));
}

TEST_CASE("a program that the image does not have cannot be started") {
  NodeFixture fixture;
  fixture.createPod("typo", "  - name: c\n    image: busybox:1.36\n    command: [bsh, -c, 'true']\n");
  fixture.run(4s);
  const Value pod = fixture.pod("typo");
  const std::string why =
      "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create "
      "failed: unable to start container process: error during container init: exec: \"bsh\": executable "
      "file "
      "not found in $PATH: unknown";
  CHECK(fixture.hasEvent("typo", "Failed: Error: " + why));
  const Value status = fixture.container(pod);
  CHECK(status["lastState"]["terminated"]["reason"].asString() == "StartError");
  CHECK(status["lastState"]["terminated"]["exitCode"].asInt() == 128);
  CHECK(fixture.shown("typo") == "RunContainerError 0/1");
}

TEST_CASE("a container that outgrows its memory limit is OOMKilled") {
  NodeFixture fixture;
  fixture.createPod("hog",
                    "  - name: c\n    image: polinux/stress\n    command: [stress]\n    args: [--vm, '1', "
                    "--vm-bytes, 250M]\n    resources: {limits: {memory: 200Mi}}\n",
                    "  restartPolicy: Never\n");
  fixture.run(8s);
  CHECK(fixture.container(fixture.pod("hog"))["state"]["terminated"]["reason"].asString() == "OOMKilled");
}

TEST_CASE("a missing ConfigMap or key holds the container up until it is there") {
  NodeFixture fixture;
  fixture.createPod(
      "app",
      "  - name: c\n    image: busybox:1.36\n    command: [sh, -c, 'echo level=$LEVEL; sleep "
      "1000']\n    env: [{name: LEVEL, valueFrom: {configMapKeyRef: {name: conf, key: level}}}]\n");
  fixture.until("app", "CreateContainerConfigError 0/1");
  CHECK(fixture.container(fixture.pod("app"))["state"]["waiting"]["message"].asString() ==
        "configmap \"conf\" not found");
  CHECK(fixture.hasEvent("app", "Failed: Error: configmap \"conf\" not found"));
  fixture.create(
      api::resources::configMaps,
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: conf, namespace: default}\ndata: {other: x}\n");
  fixture.run(20s);
  CHECK(fixture.hasEvent("app", "Failed: Error: couldn't find key level in ConfigMap default/conf"));
  apiserver::Request patch = fixture.request(apiserver::Verb::Patch, api::resources::configMaps, "conf");
  patch.patchType = apiserver::PatchType::Merge;
  patch.body = readYaml("data: {level: debug}").documents[0].value;
  CHECK(fixture.send(patch).ok());
  fixture.until("app", "Running 1/1", 40s);
  CHECK(fixture.kubelet->log("default", "app", "c") == "level=debug\n");
}

TEST_CASE("volumes of ConfigMaps and Secrets are files; a missing one keeps the pod creating") {
  NodeFixture fixture;
  fixture.createPod(
      "app",
      "  - name: c\n    image: busybox:1.36\n"
      "    command: [sh, -c, 'cat /etc/conf/app.ini; cat /etc/secret/password; ls /etc/conf']\n"
      "    volumeMounts: [{name: conf, mountPath: /etc/conf}, {name: secret, mountPath: /etc/secret}]\n",
      "  restartPolicy: Never\n"
      "  volumes: [{name: conf, configMap: {name: conf}}, {name: secret, secret: {secretName: pw}}]\n");
  fixture.create(api::resources::configMaps,
                 "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: conf, namespace: default}\n"
                 "data: {app.ini: \"a=1\\n\"}\n");
  fixture.run(3s);
  CHECK(fixture.shown("app") == "ContainerCreating 0/1");
  CHECK(fixture.hasEvent(
      "app", "FailedMount: MountVolume.SetUp failed for volume \"secret\" : secret \"pw\" not found"));
  fixture.create(api::resources::secrets,
                 "apiVersion: v1\nkind: Secret\nmetadata: {name: pw, namespace: default}\n"
                 "data: {password: aHVudGVyMg==}\n");
  fixture.until("app", "Completed 0/1");
  CHECK(fixture.kubelet->log("default", "app", "c") == "a=1\nhunter2app.ini\n");
}

TEST_CASE("the pod's own fields reach its environment") {
  NodeFixture fixture;
  fixture.createPod("self",
                    "  - name: c\n    image: busybox:1.36\n    command: [echo]\n"
                    "    args: [$(NAME), $(IP), $(NODE), $(GREETING), $(NOT_SET)]\n    env:\n"
                    "    - {name: NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}\n"
                    "    - {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}\n"
                    "    - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}\n"
                    "    - {name: GREETING, value: hello $(NAME)}\n",
                    "  restartPolicy: Never\n");
  fixture.until("self", "Completed 0/1");
  CHECK(fixture.kubelet->log("default", "self", "c") == "self 10.244.1.2 worker-1 hello self $(NOT_SET)\n");
}

TEST_CASE("a database without a password says why it ends") {
  NodeFixture fixture;
  fixture.createPod("db", "  - name: c\n    image: mysql:8.0\n");
  fixture.until("db", "CrashLoopBackOff 0/1");
  fixture.run(2s);
  CHECK(fixture.kubelet->log("default", "db", "c").find("password option is not specified") !=
        std::string::npos);
  fixture.createPod("db2",
                    "  - name: c\n    image: mysql:8.0\n    env: [{name: MYSQL_ROOT_PASSWORD, value: x}]\n");
  fixture.until("db2", "Running 1/1");
}

}  // namespace pilothouse::kubelet
