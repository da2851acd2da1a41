// metrics.k8s.io: what nodes and pods use, by two answers of their kubelets.
#include "core/metrics_server/metrics_server.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/client/client.hpp"
#include "core/etcd/client.hpp"
#include "core/value/document.hpp"

namespace pilothouse::metrics_server {
namespace {

using namespace std::chrono_literals;
namespace r = api::resources;
using apiserver::Verb;

/// A kubelet whose containers use what the test says.
struct FakeKubelet : apiserver::KubeletApi {
  Simulator& simulator;
  ComponentId self;
  std::uint64_t milliCores = 100;
  SimTime started{};

  FakeKubelet(Simulator& s, ComponentId id) : simulator(s), self(id), started(s.now()) {}
  [[nodiscard]] ComponentId component() const override { return self; }
  [[nodiscard]] apiserver::ResourceMetrics resourceMetrics() override {
    apiserver::ResourceMetrics metrics;
    metrics.when = simulator.now();
    const auto age = static_cast<std::uint64_t>((simulator.now() - started).count());
    metrics.node = {age / 1000 * (milliCores + 50), 512ULL << 20, started};
    metrics.containers.push_back({"default", "web", "app", {age / 1000 * milliCores, 64ULL << 20, started}});
    return metrics;
  }
  apiserver::StreamId connect(apiserver::Request, apiserver::Responder, apiserver::StreamSink) override {
    return 0;
  }
  void sendToStream(apiserver::StreamId, std::uint8_t, std::string) override {}
  void endStdin(apiserver::StreamId) override {}
  void closeStream(apiserver::StreamId) override {}
};

struct Fixture : apiserver::KubeletConnector {
  Simulator simulator{1};
  Trace trace;
  Network network{simulator, trace};
  etcd::Member member{network, network.join("etcd", "control-plane")};
  ComponentId serverId = network.join("kube-apiserver", "control-plane");
  etcd::Client etcd{network, serverId, {&member}};
  apiserver::ApiServer server{network, serverId, etcd, {}};
  client::Client user{network, network.join("user", "outside"), server, "kubectl"};
  FakeKubelet kubelet{simulator, network.join("kubelet/worker-1", "worker-1")};
  ComponentId self = network.join("metrics-server", "control-plane");
  MetricsServer metrics{network, self, server, *this};
  const api::Resource& nodeMetrics = *api::findResource("metrics.k8s.io", "nodes");
  const api::Resource& podMetrics = *api::findResource("metrics.k8s.io", "pods");

  Fixture() {
    server.start();
    metrics.start();
    run(200ms);
    create(r::nodes, "{apiVersion: v1, kind: Node, metadata: {name: worker-1, labels: {zone: a}}}");
    create(r::nodes, "{apiVersion: v1, kind: Node, metadata: {name: worker-2}}");
    status(r::nodes, "worker-1", "{addresses: [{type: InternalIP, address: 172.18.0.3}]}");
    create(
        r::pods,
        "{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: default}, spec: {nodeName: worker-1, "
        "containers: [{name: app, image: nginx}]}}");
    status(r::pods, "web", "{phase: Running}");
  }
  apiserver::KubeletApi* kubeletAt(std::string_view address) override {
    return address == "172.18.0.3" ? &kubelet : nullptr;
  }
  void run(SimDuration duration) { simulator.runFor(duration); }
  client::Response send(client::Request request) {
    client::Response answer;
    bool answered = false;
    user.send(std::move(request), [&](client::Response response) {
      answer = std::move(response);
      answered = true;
    });
    for (int i = 0; i < 200 && !answered; ++i) run(1ms);
    REQUIRE(answered);
    return answer;
  }
  client::Request request(Verb verb, const api::Resource& resource, std::string_view name = {}) const {
    client::Request made;
    made.verb = verb;
    made.resource = &resource;
    if (resource.namespaced) made.namespace_ = "default";
    if (!name.empty()) made.name = Value(name);
    return made;
  }
  void create(const api::Resource& resource, std::string_view yaml) {
    client::Request made = request(Verb::Create, resource);
    made.fieldValidation = apiserver::FieldValidation::Ignore;
    made.body = readYaml(yaml).documents.front().value;
    const client::Response response = send(std::move(made));
    INFO(response.status().message);
    REQUIRE(response.ok());
  }
  void status(const api::Resource& resource, std::string_view name, std::string_view yaml) {
    client::Request made = request(Verb::Patch, resource, name);
    made.patchType = apiserver::PatchType::Merge;
    made.subresource = Key::intern("status");
    made.body = Value::object({{keys::status, readYaml(yaml).documents.front().value}});
    REQUIRE(send(std::move(made)).ok());
  }
};

TEST_CASE("There are metrics after the second answer of a kubelet") {
  Fixture f;
  CHECK(f.send(f.request(Verb::List, f.nodeMetrics)).body[keys::items].empty());
  const client::Response early = f.send(f.request(Verb::Get, f.podMetrics, "web"));
  CHECK(early.code == 404);
  CHECK(early.status().message == "podmetrics.metrics.k8s.io \"default/web\" not found");
  f.run(40s);
  const Value list = f.send(f.request(Verb::List, f.nodeMetrics)).body;
  CHECK(list[keys::kind].asString() == "NodeMetricsList");
  REQUIRE(list[keys::items].size() == 1);
  const Value& node = list[keys::items].item(0);
  CHECK(api::name(node) == "worker-1");
  CHECK(api::labels(node)["zone"].asString() == "a");
  CHECK(node["usage"]["memory"].asString() == "512Mi");
  const std::string cpu = node["usage"]["cpu"].toString();
  CHECK(cpu.back() == 'n');
  CHECK(std::stoll(cpu) == doctest::Approx(150e6).epsilon(0.001));
  CHECK(node["window"].asString().substr(0, 2) == "15");
  const Value pod = f.send(f.request(Verb::Get, f.podMetrics, "web")).body;
  CHECK(pod[keys::kind].asString() == "PodMetrics");
  CHECK(std::stoll(pod[keys::containers].item(0)["usage"]["cpu"].toString()) ==
        doctest::Approx(100e6).epsilon(0.001));

  SUBCASE("Selectors choose") {
    client::Request made = f.request(Verb::List, f.nodeMetrics);
    apiserver::RequestOptions options;
    options.labelSelector = "zone=b";
    made.options = std::make_shared<const apiserver::RequestOptions>(options);
    CHECK(f.send(std::move(made)).body[keys::items].empty());
  }
  SUBCASE("A node that does not answer has none") {
    f.network.partition("worker-1", "control-plane");
    f.run(31s);
    CHECK(f.send(f.request(Verb::List, f.nodeMetrics)).body[keys::items].empty());
    CHECK(f.send(f.request(Verb::Get, f.nodeMetrics, "worker-1")).status().message ==
          "nodemetrics.metrics.k8s.io \"worker-1\" not found");
  }
  SUBCASE("Without metrics-server the API is not available") {
    f.metrics.stop();
    f.network.setUp(f.self, false);
    const client::Response response = f.send(f.request(Verb::List, f.podMetrics));
    CHECK(response.code == 503);
    CHECK(response.status().reason == "ServiceUnavailable");
  }
  SUBCASE("Its questions leave no trace") {
    const auto before = f.trace.last();
    f.run(60s);
    for (auto id = static_cast<std::uint64_t>(before) + 1; id <= static_cast<std::uint64_t>(f.trace.last());
         ++id) {
      CHECK_FALSE(f.trace.find(static_cast<CauseId>(id))->to == f.kubelet.self);
    }
  }
}

}  // namespace
}  // namespace pilothouse::metrics_server
