#include <doctest/doctest.h>

#include "core/docker/seen.hpp"

namespace pilothouse::docker {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

/// One machine with Docker on it, and somebody at its keyboard.
struct Machine {
  Simulator simulator{7};
  std::shared_ptr<ContainerRuntime> runtime = std::make_shared<ContainerRuntime>(
      simulator, kubelet::RuntimeOptions{"machine-1", "192.168.0.11", "172.17.0.0/24", nullptr});
  std::shared_ptr<Engine> engine = std::make_shared<Engine>(simulator, runtime);

  /// Every line that a command says, errors with "! " before them.
  Lines type(const Lines& words, SimDuration wait = 60s) {
    auto said = std::make_shared<Lines>();
    auto over = std::make_shared<bool>(false);
    const Output out{
        [said](bool error, const std::string& line) { said->push_back((error ? "! " : "") + line); },
        [over] { *over = true; }};
    if (words.front() == "docker") {
      docker(engine, words, out);
    } else {
      crictl(engine, words, out);
    }
    for (SimDuration waited{}; !*over && waited < wait; waited += 100ms) simulator.runFor(100ms);
    REQUIRE(*over);
    return *said;
  }
  Lines docker_(std::initializer_list<std::string> words) {
    Lines all{"docker"};
    all.insert(all.end(), words);
    return type(all);
  }
  bool running(std::string_view name) {
    const std::vector<Seen> all = seenContainers(*engine);
    const Seen* seen = findSeen(all, name);
    return seen != nullptr && seen->running();
  }
};

bool has(const Lines& lines, std::string_view text) {
  for (const std::string& line : lines) {
    if (line.find(text) != std::string::npos) return true;
  }
  return false;
}

TEST_CASE("A container is run from an image that has to be pulled first, and answers on its port") {
  Machine machine;
  const Lines said = machine.docker_({"run", "-d", "--name", "web", "-p", "8080:80", "nginx:1.27"});
  REQUIRE(said.size() == 4);
  CHECK(said[0] == "Unable to find image 'nginx:1.27' locally");
  CHECK(said[1] == "1.27: Pulling from library/nginx");
  CHECK(said[2] == "Status: Downloaded newer image for nginx:1.27");
  CHECK(said[3].size() == 64);
  machine.simulator.runFor(5s);
  const Lines listed = machine.docker_({"ps"});
  REQUIRE(listed.size() == 2);
  CHECK(listed[0].substr(0, 12) == "CONTAINER ID");
  CHECK(listed[1].find("0.0.0.0:8080->80/tcp") != std::string::npos);
  CHECK(listed[1].find("Up 5 seconds") != std::string::npos);
  CHECK(machine.runtime->serve(machine.engine->find("web")->address, 80, "/").connected);
}

TEST_CASE("Two containers cannot have one port of the machine, nor one name") {
  Machine machine;
  machine.docker_({"run", "-d", "--name", "web", "-p", "80:80", "nginx"});
  const Lines port = machine.docker_({"run", "-d", "--name", "other", "-p", "80:80", "httpd"});
  CHECK(has(port, "Bind for 0.0.0.0:80 failed: port is already allocated"));
  CHECK_FALSE(machine.running("other"));
  CHECK(has(machine.docker_({"ps", "-a"}), "Created"));
  const Lines name = machine.docker_({"run", "-d", "--name", "web", "nginx"});
  CHECK(has(name,
            "! docker: Error response from daemon: Conflict. The container name \"/web\" is already in use"));
  machine.docker_({"rm", "-f", "web"});
  CHECK(machine.docker_({"start", "other"}) == Lines{"other"});
  CHECK(machine.running("other"));
}

TEST_CASE("What crashes at night stays down, unless it was told to come again") {
  Machine machine;
  machine.docker_({"run", "-d", "--name", "plain", "busybox", "sh", "-c", "sleep 3; exit 1"});
  machine.docker_(
      {"run", "-d", "--name", "again", "--restart", "always", "busybox", "sh", "-c", "sleep 3; exit 1"});
  machine.docker_(
      {"run", "-d", "--name", "twice", "--restart", "on-failure:2", "busybox", "sh", "-c", "exit 3"});
  machine.simulator.runFor(30s);
  CHECK_FALSE(machine.running("plain"));
  CHECK(has(machine.docker_({"ps", "-a"}), "Exited (1)"));
  CHECK(machine.engine->find("again")->restarts >= 5);
  CHECK(machine.engine->find("twice")->restarts == 2);
  CHECK_FALSE(machine.running("twice"));
  machine.docker_({"stop", "-t", "0", "again"});
  machine.simulator.runFor(30s);
  CHECK_FALSE(machine.running("again"));
}

TEST_CASE("A container is moved by hand: stopped on one machine, run on another") {
  Machine one;
  one.docker_({"run", "-d", "--name", "web", "nginx"});
  CHECK(one.docker_({"rm", "web"}).front().find("container is running") != std::string::npos);
  one.docker_({"stop", "web"});
  CHECK(one.docker_({"rm", "web"}) == Lines{"web"});
  CHECK(one.docker_({"ps", "-a"}).size() == 1);
  CHECK(one.docker_({"logs", "web"}) == Lines{"! Error response from daemon: No such container: web"});
}

TEST_CASE("In the foreground, docker run lasts as long as its container and shows what that said") {
  Machine machine;
  CHECK(machine.docker_({"run", "--rm", "busybox", "sh", "-c", "sleep 2; echo done"}).back() == "done");
  machine.simulator.runFor(1s);
  CHECK(machine.docker_({"ps", "-a"}).size() == 1);
}

TEST_CASE("Logs and commands in a container") {
  Machine machine;
  machine.docker_({"run", "-d", "--name", "talker", "busybox", "sh", "-c", "echo hello; sleep 1000"});
  machine.simulator.runFor(1s);
  CHECK(machine.docker_({"logs", "talker"}) == Lines{"hello"});
  CHECK(machine.docker_({"exec", "talker", "echo", "inside"}) == Lines{"inside"});
  CHECK(has(machine.docker_({"exec", "talker", "nonsense"}), "executable file not found in $PATH"));
  CHECK(machine.docker_({"frobnicate"}) == Lines{"! docker: 'frobnicate' is not a docker command."});
  CHECK(has(machine.docker_({"run", "-d", "no-such-image-anywhere.invalid/x"}), "pull access denied"));
  CHECK(has(machine.docker_({"run", "--gpus", "all", "nginx"}), "unknown flag: --gpus"));
  CHECK(has(machine.docker_({"run", "-p", "99999:80", "nginx"}), "invalid argument \"99999:80\""));
}

TEST_CASE("crictl sees pods' containers and stops them behind the kubelet's back") {
  Machine machine;
  const Value pod =
      Value::object({{Key::intern("metadata"), Value::object({{Key::intern("name"), "web"},
                                                              {Key::intern("namespace"), "default"},
                                                              {Key::intern("uid"), "u-1"}})},
                     {Key::intern("spec"), Value::emptyObject()}});
  RuntimeId container = 0;
  machine.runtime->runPodSandbox(pod, [&](const kubelet::CriAnswer& sandbox) {
    kubelet::ContainerConfig config;
    config.spec = Value::object({{Key::intern("name"), "nginx"}, {Key::intern("image"), "nginx:1.27"}});
    machine.runtime->createContainer(sandbox.id, std::move(config), [&](const kubelet::CriAnswer& created) {
      container = created.id;
      machine.runtime->startContainer(created.id, [](const kubelet::CriAnswer&) {});
    });
  });
  machine.docker_({"run", "-d", "--name", "byhand", "nginx"});
  const Lines listed = machine.type({"crictl", "ps"});
  REQUIRE(listed.size() == 2);  // what was run by hand is not Kubernetes' business
  CHECK(has(listed, "web"));
  CHECK(has(machine.docker_({"ps"}), "k8s_nginx_web_default_u-1_0"));
  const std::string id = machine.runtime->idText(container);
  CHECK(machine.type({"crictl", "stop", id.substr(0, 13)}) == Lines{id.substr(0, 13)});
  CHECK(machine.type({"crictl", "ps"}).size() == 1);
  CHECK(has(machine.type({"crictl", "ps", "-a"}), "Exited"));
  CHECK(has(machine.type({"crictl", "inspect", id}), "\"CONTAINER_EXITED\""));
  CHECK(has(machine.type({"crictl", "stop", "ffff"}), "code = NotFound"));
}

}  // namespace
}  // namespace pilothouse::docker
