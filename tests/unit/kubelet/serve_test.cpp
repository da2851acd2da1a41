#include "tests/unit/kubelet/kubelet_fixture.hpp"

namespace pilothouse::kubelet {

using namespace std::chrono_literals;

TEST_CASE("programs answer as their names promise") {
  NodeFixture fixture;
  fixture.createPod("nginx", "  - name: c\n    image: nginx:1.27\n");
  fixture.createPod("frontend", "  - name: c\n    image: gcr.io/google-samples/gb-frontend:v5\n");
  fixture.createPod("redis", "  - name: c\n    image: registry.k8s.io/redis:e2e\n");
  fixture.createPod("hello", "  - name: c\n    image: gcr.io/google-samples/hello-app:2.0\n");
  fixture.createPod("own",
                    "  - name: c\n    image: example.com/shop/api:v3\n    ports: [{containerPort: 9000}]\n");
  fixture.createPod("echo",
                    "  - name: c\n    image: hashicorp/http-echo:1.0\n    args: ['-text=two words', "
                    "'-listen=:8080']\n");
  for (const char* name : {"nginx", "frontend", "redis", "hello", "own", "echo"})
    fixture.until(name, "Running 1/1");
  fixture.run(2s);
  const auto ask = [&fixture](std::string_view pod, std::int64_t port, std::string_view path = "/") {
    return fixture.kubelet->serve(fixture.pod(pod)["status"]["podIP"].toString(), port, path);
  };
  CHECK(ask("nginx", 80).body.find("Welcome to nginx!") != std::string::npos);
  CHECK(ask("nginx", 80, "/nope").status == 404);
  CHECK_FALSE(ask("nginx", 8080).connected);
  CHECK(ask("frontend", 80).body.find("<h2>Guestbook</h2>") != std::string::npos);
  CHECK(ask("redis", 6379, "PING").body == "+PONG");
  CHECK(ask("redis", 6379).status == 0);
  CHECK(ask("hello", 8080).body == "Hello, world!\nVersion: 2.0.0\nHostname: hello\n");
  CHECK(ask("own", 9000).status == 200);
  CHECK_FALSE(ask("own", 9001).connected);
  CHECK(ask("echo", 8080).body == "two words\n");
  CHECK_FALSE(ask("echo", 5678).connected);
  CHECK_FALSE(fixture.kubelet->serve("10.244.1.200", 80, "/").connected);
  CHECK_FALSE(fixture.kubelet->serve("nonsense", 80, "/").connected);
}

TEST_CASE("a server started by a script serves what the script wrote") {
  NodeFixture fixture;
  fixture.createPod("page",
                    "  - name: c\n    image: nginx\n    command: [sh, -c, 'echo my page > "
                    "/usr/share/nginx/html/index.html && nginx -g \"daemon off;\"']\n");
  fixture.until("page", "Running 1/1");
  fixture.run(1s);
  INFO(fixture.kubelet->log("default", "page", "c"));
  CHECK(fixture.kubelet->serve("10.244.1.2", 80, "/").body == "my page\n");
  fixture.remove("page");
  fixture.run(2s);
  CHECK(fixture.pod("page").isNull());  // nginx takes the signal
}

TEST_CASE("containers of a pod share a volume") {
  NodeFixture fixture;
  fixture.createPod(
      "two",
      "  - name: web\n    image: nginx\n    volumeMounts: [{name: html, mountPath: "
      "/usr/share/nginx/html}]\n"
      "  - name: writer\n    image: busybox:1.36\n    command: [sh, -c, 'while true; do date >> "
      "/html/index.html; sleep 1; done']\n    volumeMounts: [{name: html, mountPath: /html}]\n",
      "  volumes: [{name: html, emptyDir: {}}]\n");
  fixture.until("two", "Running 2/2");
  fixture.run(3s);
  static_cast<void>(fixture.kubelet->log("default", "two", "writer"));
  const std::string page = fixture.kubelet->serve("10.244.1.2", 80, "/").body;
  CHECK(page.find("UTC 2026\n") != std::string::npos);
}

TEST_CASE("idle pods need no timers") {
  NodeFixture fixture;
  for (int i = 0; i < 5; ++i)
    fixture.createPod("idle-" + std::to_string(i), "  - name: c\n    image: nginx:1.27\n");
  for (int i = 0; i < 5; ++i) fixture.until("idle-" + std::to_string(i), "Running 1/1");
  fixture.run(30s);
  const std::uint64_t before = fixture.simulator.eventsRun();
  fixture.run(600s);
  const std::uint64_t with = fixture.simulator.eventsRun() - before;
  NodeFixture empty;
  empty.run(30s);
  const std::uint64_t without = empty.simulator.eventsRun();
  empty.run(600s);
  CHECK(with <= empty.simulator.eventsRun() - without + 20);
}

TEST_CASE("the same seed gives the same run") {
  const auto digest = [] {
    NodeFixture fixture;
    fixture.createPod("a", "  - name: c\n    image: nginx:1.27\n");
    fixture.createPod("b", "  - name: c\n    image: busybox\n    command: [sh, -c, 'exit 1']\n");
    fixture.run(300s);
    return fixture.trace.digest();
  };
  CHECK(digest() == digest());
}

}  // namespace pilothouse::kubelet
