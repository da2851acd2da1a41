#include "core/cluster/cluster.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/cluster/pace.hpp"

using namespace pilothouse;
using namespace pilothouse::cluster;
using namespace std::chrono_literals;
namespace r = pilothouse::api::resources;

namespace {

std::string guestbook() {
  std::string text;
  std::FILE* file = std::fopen("tests/fixtures/guestbook-all-in-one.yaml", "rb");
  REQUIRE(file != nullptr);
  char buffer[4096];
  for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, file)) > 0;) text.append(buffer, n);
  std::fclose(file);
  return text;
}

struct Fixture {
  Cluster cluster{Session(1, "learning")};

  void run(SimDuration time) { cluster.simulator().runFor(time); }
  std::uint64_t apply(const std::string& manifest) {
    return cluster.input(Key::intern("apply"), Value::object({{Key::intern("manifest"), Value(manifest)}}));
  }
  std::uint64_t input(const char* verb, std::initializer_list<Value::Member> arguments) {
    return cluster.input(Key::intern(verb), Value::object(arguments));
  }
  std::string said(std::uint64_t id) {
    const InputResult* result = cluster.result(id);
    REQUIRE(result != nullptr);
    CHECK(result->finished);
    std::string text;
    for (const Message& message : result->messages) text += message.text + "\n";
    return text;
  }
  int ready(std::string_view app) {
    int count = 0;
    cluster.forEach(r::pods, "default", [&](const Value& pod) {
      if (api::labels(pod)["app"].asString() == app && api::isPodReady(pod)) ++count;
      return true;
    });
    return count;
  }
  std::string onePod(std::string_view app) {
    std::string name;
    cluster.forEach(r::pods, "default", [&](const Value& pod) {
      if (api::labels(pod)["app"].asString() == app) name = api::name(pod);
      return name.empty();
    });
    return name;
  }
  std::string url() {
    const Value& frontend = cluster.find(r::services, "default", "frontend");
    const auto port = frontend.get(keys::spec, keys::ports).item(0)[Key::intern("nodePort")].asInt();
    return "http://worker-1:" + std::to_string(port) + "/";
  }
};

}  // namespace

TEST_CASE("the learning cluster comes up: four nodes ready") {
  Fixture f;
  f.run(60s);
  CHECK(f.cluster.count(r::nodes) == 4);
  f.cluster.forEach(r::nodes, "", [](const Value& node) {
    CHECK_MESSAGE(api::conditionIs(node, "Ready", "True"), std::string(api::name(node)));
    return true;
  });
  REQUIRE(f.cluster.machines().size() == 4);
  CHECK(f.cluster.machines()[0].controlPlane);
  CHECK(f.cluster.machines()[3].name == "worker-3");
  // kubelets renew their leases.
  CHECK(f.cluster.count(r::leases) >= 4);
}

TEST_CASE("the guestbook: applied, scheduled, started, reachable; scaled; healed; deleted") {
  Fixture f;
  f.run(30s);
  const std::uint64_t applied = f.apply(guestbook());
  f.run(60s);
  CHECK(
      f.said(applied) ==
      "service/redis-master created\ndeployment.apps/redis-master created\nservice/redis-replica created\n"
      "deployment.apps/redis-replica created\nservice/frontend created\ndeployment.apps/frontend created\n");
  CHECK(f.cluster.count(r::pods) == 6);
  CHECK(f.ready("guestbook") == 3);
  CHECK(f.ready("redis") == 3);
  std::size_t endpoints = 0;
  f.cluster.forEach(r::endpointSlices, "default", [&](const Value& slice) {
    if (api::labels(slice)["kubernetes.io/service-name"].asString() == "frontend") {
      endpoints += slice[keys::endpoints].size();
    }
    return true;
  });
  CHECK(endpoints == 3);

  const auto request = f.input("request", {{Key::intern("url"), Value(f.url())}});
  f.run(11s);
  CHECK(f.said(request).find("HTTP 200 from 10.244.") == 0);
  const auto inside = f.input("request", {{Key::intern("url"), "http://frontend"},
                                          {Key::intern("from"), Value("default/" + f.onePod("redis"))}});
  const auto nowhere = f.input("request", {{Key::intern("url"), "http://frontent"},
                                           {Key::intern("from"), Value("default/" + f.onePod("redis"))}});
  f.run(11s);
  CHECK(f.said(inside).find("(Service default/frontend)") != std::string::npos);
  CHECK(f.said(nowhere) == "curl: (6) Could not resolve host: frontent\n");

  const auto scaled = f.input(
      "scale", {{Key::intern("resource"), "deployments"}, {keys::name, "frontend"}, {keys::replicas, 5}});
  f.run(30s);
  CHECK(f.said(scaled) == "deployment.apps/frontend scaled\n");
  CHECK(f.ready("guestbook") == 5);

  const std::string victim = f.onePod("guestbook");
  f.input("delete", {{Key::intern("resource"), "pods"}, {keys::name, Value(victim)}});
  f.run(60s);
  CHECK(f.cluster.find(r::pods, "default", victim).isNull());
  CHECK(f.ready("guestbook") == 5);

  f.input("delete", {{Key::intern("resource"), "deployments"}, {keys::name, "frontend"}});
  f.run(60s);
  CHECK(f.ready("guestbook") == 0);
  CHECK(f.cluster.count(r::pods) == 3);
}

TEST_CASE("a manifest that is wrong changes nothing") {
  Fixture f;
  f.run(25s);
  // Heart-beats go on: revisions count for everything but nodes' leases and statuses.
  std::vector<std::string> changed;
  f.cluster.onChange([&](const api::Resource& resource, const Value&, const Value&) {
    if (&resource != &r::leases && &resource != &r::nodes) changed.emplace_back(resource.plural.text());
  });
  std::string manifest = guestbook();
  manifest.replace(manifest.find("replicas: 2"), 11, "replicas: [");
  const auto broken = f.apply(manifest);
  f.run(5s);
  const InputResult* result = f.cluster.result(broken);
  REQUIRE(result != nullptr);
  CHECK(result->finished);
  CHECK_FALSE(result->ok);
  REQUIRE(result->messages.size() == 1);
  CHECK(result->messages[0].text.find("error: error parsing STDIN: error converting YAML to JSON") == 0);
  CHECK(result->messages[0].line > 0);
  CHECK(changed.empty());
  CHECK_FALSE(f.cluster.check(manifest).empty());
  CHECK(f.cluster.check(guestbook()).empty());
}

TEST_CASE("the same session runs the same, live and replayed") {
  const auto inputs = [](Fixture& f) {
    f.run(20s);
    f.apply(guestbook());
    f.run(3s);
    f.input("scale",
            {{Key::intern("resource"), "deployments"}, {keys::name, "frontend"}, {keys::replicas, 6}});
    f.run(20s);
    f.input("delete", {{Key::intern("resource"), "pods"}, {keys::name, Value(f.onePod("guestbook"))}});
    f.input("stop", {{Key::intern("component"), "kube-scheduler"}});
    f.run(40s);
  };
  Fixture a;
  Fixture b;
  inputs(a);
  inputs(b);
  CHECK(a.cluster.trace().digest() == b.cluster.trace().digest());
  CHECK(a.cluster.revision() == b.cluster.revision());

  Cluster replayed(a.cluster.session());
  replayed.simulator().runFor(a.cluster.elapsed());
  CHECK(replayed.trace().digest() == a.cluster.trace().digest());
  CHECK(replayed.revision() == a.cluster.revision());
  CHECK(replayed.session().inputs().size() == 4);
}

TEST_CASE("components that die and come back: the cluster goes on from what etcd has") {
  for (const char* component : {"kube-scheduler", "kube-controller-manager", "kube-apiserver", "etcd",
                                "kubelet/worker-1", "kube-proxy/worker-1", "coredns"}) {
    CAPTURE(component);
    Fixture f;
    f.run(20s);
    const auto stopped = f.input("stop", {{Key::intern("component"), Value(component)}});
    f.run(10s);
    CHECK(f.said(stopped) == std::string(component) + " stopped\n");
    const auto started = f.input("start", {{Key::intern("component"), Value(component)}});
    f.run(60s);
    CHECK(f.said(started) == std::string(component) + " started\n");
    f.apply(guestbook());
    f.run(90s);
    CHECK(f.ready("guestbook") == 3);
    const auto request = f.input("request", {{Key::intern("url"), Value(f.url())}});
    f.run(11s);
    CHECK(f.said(request).find("HTTP 200 from 10.244.") == 0);
  }
}

TEST_CASE("wrong inputs are answered in words") {
  Fixture f;
  const auto unknown = f.input("dance", {});
  const auto component = f.input("stop", {{Key::intern("component"), "kube-dancer"}});
  const auto host = f.input("partition", {{Key::intern("a"), "worker-1"}, {Key::intern("b"), "moon"}});
  const auto url = f.input("request", {{Key::intern("url"), "http://:x/"}});
  const auto pod =
      f.input("request", {{Key::intern("url"), "http://a"}, {Key::intern("from"), "default/none"}});
  const auto kill = f.input("killContainer", {{Key::intern("pod"), "none"}});
  const auto nothing = f.cluster.input(Key::intern("apply"), Value());
  f.run(5s);
  CHECK(f.said(unknown) == "error: unknown input \"dance\"\n");
  CHECK(f.said(component) == "error: component \"kube-dancer\" not found\n");
  CHECK(f.said(host) == "error: host \"moon\" not found\n");
  CHECK(f.said(url) == "curl: (3) URL using bad/illegal format or missing URL\n");
  CHECK(f.said(pod) == "Error from server (NotFound): pods \"none\" not found\n");
  CHECK(f.said(kill) == "Error from server (NotFound): pods \"none\" not found\n");
  CHECK(f.said(nothing) == "error: no objects passed to apply\n");
}

TEST_CASE("what may be looked at: etcd's keys, containers, logs, and who answered a request") {
  Fixture f;
  f.run(30s);
  f.apply(guestbook());
  f.run(60s);
  const auto entries = f.cluster.etcd("/registry/deployments/", 2);
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].key == "/registry/deployments/default/frontend");
  CHECK(entries[0].version > 1);
  CHECK(entries[0].createRevision < entries[0].modRevision);
  CHECK(api::resourceVersion(entries[0].value) == entries[0].modRevision);

  const std::string name = f.onePod("guestbook");
  const Value& pod = f.cluster.find(r::pods, "default", name);
  const std::string node = pod.get(keys::spec, keys::nodeName).toString();
  CHECK(f.cluster.containers(node).size() > 0);
  CHECK(f.cluster.containers("moon").empty());
  CHECK_FALSE(f.cluster.log("default", name, "php-redis").empty());
  CHECK(f.cluster.log("default", "none", "php-redis").empty());

  const CauseId before = f.cluster.trace().last();
  f.input("request", {{Key::intern("url"), Value(f.url())}});
  f.run(1s);
  std::string answered;
  for (auto id = static_cast<std::uint64_t>(before) + 1;
       id <= static_cast<std::uint64_t>(f.cluster.trace().last()); ++id) {
    const TraceRecord* record = f.cluster.trace().find(static_cast<CauseId>(id));
    if (record->kind != MessageKind::Traffic || record->code != 200) continue;
    answered = api::name(record->object);
    CHECK(f.cluster.trace().why(record->id).back().kind == MessageKind::Input);
  }
  CHECK(answered.find("frontend-") == 0);
}

TEST_CASE("a killed container starts again; a node that is cut off is noticed, and comes back") {
  Fixture f;
  f.run(30s);
  f.apply(guestbook());
  f.run(60s);
  const std::string name = f.onePod("guestbook");
  const auto killed = f.input("killContainer", {{keys::namespace_, "default"},
                                                {Key::intern("pod"), Value(name)},
                                                {Key::intern("container"), "php-redis"}});
  f.run(60s);
  CHECK(f.said(killed) == "container php-redis of pod " + name + " killed\n");
  const Value& status =
      f.cluster.find(r::pods, "default", name).get(keys::status, keys::containerStatuses).item(0);
  CHECK(status[Key::intern("restartCount")].asInt() == 1);
  CHECK(f.ready("guestbook") == 3);

  f.input("partition", {{Key::intern("a"), "control-plane"}, {Key::intern("b"), "worker-2"}});
  f.run(90s);
  CHECK(api::conditionIs(f.cluster.find(r::nodes, "", "worker-2"), "Ready", "Unknown"));
  f.input("heal", {{Key::intern("a"), "control-plane"}, {Key::intern("b"), "worker-2"}});
  f.run(90s);
  CHECK(api::conditionIs(f.cluster.find(r::nodes, "", "worker-2"), "Ready", "True"));
  CHECK(f.ready("guestbook") == 3);
}

TEST_CASE("time passes as it is told to") {
  Fixture f;
  Pace pace(f.cluster);
  pace.setSpeed(10);
  pace.advance(0.1, [] { return true; });
  CHECK(f.cluster.elapsed() == 1s);
  CHECK(pace.achieved() == 1);
  pace.advance(100, [] { return true; });  // a tab that slept does not catch up
  CHECK(f.cluster.elapsed() == 3500ms);
  pace.setSpeed(1e9);
  CHECK(pace.speed() == Pace::kSpeedMax);
  pace.advance(0.2, [] { return false; });
  CHECK(pace.achieved() < 1);
  const SimDuration before = f.cluster.elapsed();
  CHECK(pace.stepEvent());
  CHECK(pace.paused());
  CHECK(f.cluster.elapsed() >= before);
  const CauseId last = f.cluster.trace().last();
  CHECK(pace.stepMessage());
  CHECK(f.cluster.trace().last() > last);
  const std::uint64_t revision = f.cluster.revision();
  CHECK(pace.untilChange(60s, [] { return true; }));
  CHECK(f.cluster.revision() > revision);
}
