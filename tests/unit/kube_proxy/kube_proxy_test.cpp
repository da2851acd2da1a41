#include "core/kube_proxy/kube_proxy.hpp"

#include <map>
#include <set>

#include "tests/unit/apiserver/cluster_fixture.hpp"

using namespace pilothouse;
using namespace std::chrono_literals;
using kube_proxy::KubeProxy;
using Kind = kube_proxy::KubeProxy::Verdict::Kind;

namespace {

struct ProxyFixture : apiserver::ClusterFixture {
  ComponentId proxyId = network.join("kube-proxy/worker-1", "worker-1");
  KubeProxy proxy{network, proxyId, server, "worker-1"};
  std::string ip;

  void service(std::string_view more) {
    const auto made =
        create(api::resources::services,
               yaml("apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: "
                    "web}, ports: [{name: http, port: 80, targetPort: 8080}]" +
                    std::string(more) + "}"));
    INFO(made.body[keys::message].asString());
    REQUIRE(made.code == 201);
    ip = made.body[keys::spec][keys::clusterIP].toString();
    simulator.runFor(50ms);
  }
  static std::string endpoint(std::string_view address, std::string_view node, std::string_view conditions) {
    return "{addresses: [" + std::string(address) + "], nodeName: " + std::string(node) +
           ", conditions: " + std::string(conditions) + "}";
  }
  static constexpr std::string_view kReady = "{ready: true, serving: true, terminating: false}";
  static constexpr std::string_view kNotReady = "{ready: false, serving: false, terminating: false}";
  static constexpr std::string_view kEnding = "{ready: false, serving: true, terminating: true}";

  static Value slice(const std::string& name, const std::string& endpoints) {
    return yaml("apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: " + name +
                ", labels: {kubernetes.io/service-name: web}}\naddressType: IPv4\nports: [{name: http, port: "
                "8080, protocol: TCP}]\nendpoints: [" +
                endpoints + "]");
  }
  void endpoints(const std::string& text) {
    const bool there = get(api::resources::endpointSlices, "web-1").ok();
    const auto made = there ? update(api::resources::endpointSlices, slice("web-1", text))
                            : create(api::resources::endpointSlices, slice("web-1", text));
    INFO(made.body[keys::message].asString());
    REQUIRE(made.ok());
    simulator.runFor(50ms);
  }
  std::string go(std::string_view address, std::int64_t port, bool nodeAddress = false,
                 std::string_view client = {}) {
    const auto verdict = proxy.route(address, port, "TCP", nodeAddress, client);
    switch (verdict.kind) {
      case Kind::NoRule:
        return "no rule";
      case Kind::Rejected:
        return "rejected";
      case Kind::Dropped:
        return "dropped";
      case Kind::Forward:
        return verdict.to.address + ":" + std::to_string(verdict.to.port);
    }
    return {};
  }
};

}  // namespace

TEST_CASE("a cluster IP sends to the ready endpoints, each as likely") {
  ProxyFixture f;
  f.proxy.start();
  f.service("");
  CHECK(f.go(f.ip, 80) == "rejected");
  CHECK(f.go(f.ip, 81) == "no rule");
  f.endpoints(f.endpoint("10.244.1.2", "worker-1", f.kReady) + ", " +
              f.endpoint("10.244.2.2", "worker-2", f.kReady) + ", " +
              f.endpoint("10.244.2.3", "worker-2", f.kNotReady));
  std::map<std::string, int> count;
  for (int i = 0; i < 400; ++i) ++count[f.go(f.ip, 80)];
  CHECK(count.size() == 2);
  CHECK(count["10.244.1.2:8080"] > 150);
  CHECK(count["10.244.2.2:8080"] > 150);
  CHECK(f.proxy.route(f.ip, 80, "UDP", false).kind == Kind::NoRule);
  CHECK(f.proxy.route(f.ip, 80, "TCP", false).rule->service == "default/web");
}

TEST_CASE("without a ready endpoint, those that end but still serve get the packets") {
  ProxyFixture f;
  f.proxy.start();
  f.service("");
  f.endpoints(f.endpoint("10.244.1.2", "worker-1", f.kEnding));
  CHECK(f.go(f.ip, 80) == "10.244.1.2:8080");
  f.endpoints(f.endpoint("10.244.1.2", "worker-1", f.kEnding) + ", " +
              f.endpoint("10.244.1.3", "worker-1", f.kReady));
  for (int i = 0; i < 20; ++i) CHECK(f.go(f.ip, 80) == "10.244.1.3:8080");
  f.endpoints(f.endpoint("10.244.1.3", "worker-1", f.kNotReady));
  CHECK(f.go(f.ip, 80) == "rejected");
}

TEST_CASE("a node port is open on the node's addresses only, and Local keeps to its own pods") {
  ProxyFixture f;
  f.proxy.start();
  f.service(", type: NodePort, externalTrafficPolicy: Local");
  f.endpoints(f.endpoint("10.244.2.2", "worker-2", f.kReady));
  const auto rules = f.proxy.rules();
  const auto nodePort = std::find_if(rules.begin(), rules.end(), [](const kube_proxy::Rule& rule) {
    return rule.service == "default/web" && rule.address.empty();
  });
  REQUIRE(nodePort != rules.end());
  CHECK(nodePort->local);
  CHECK(f.go("172.18.0.3", nodePort->port, true) == "dropped");
  CHECK(f.go("172.18.0.3", nodePort->port, false) == "no rule");
  CHECK(f.go(f.ip, 80) == "10.244.2.2:8080");
  f.endpoints(f.endpoint("10.244.2.2", "worker-2", f.kReady) + ", " +
              f.endpoint("10.244.1.2", "worker-1", f.kReady));
  for (int i = 0; i < 20; ++i) CHECK(f.go("172.18.0.3", nodePort->port, true) == "10.244.1.2:8080");
}

TEST_CASE("an internal Local policy drops what has no pod on the node") {
  ProxyFixture f;
  f.proxy.start();
  f.service(", internalTrafficPolicy: Local");
  CHECK(f.go(f.ip, 80) == "rejected");
  f.endpoints(f.endpoint("10.244.2.2", "worker-2", f.kReady));
  CHECK(f.go(f.ip, 80) == "dropped");
}

TEST_CASE("a client keeps its endpoint for as long as affinity lasts") {
  ProxyFixture f;
  f.proxy.start();
  f.service(", sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}");
  std::string all;
  for (int i = 0; i < 8; ++i) {
    all += (i > 0 ? ", " : "") + f.endpoint("10.244.1." + std::to_string(i + 2), "worker-1", f.kReady);
  }
  f.endpoints(all);
  const std::string first = f.go(f.ip, 80, false, "10.244.9.9");
  for (int i = 0; i < 10; ++i) {
    f.simulator.runFor(30s);
    CHECK(f.go(f.ip, 80, false, "10.244.9.9") == first);
  }
  std::set<std::string> later;
  for (int i = 0; i < 20; ++i) {
    f.simulator.runFor(61s);
    later.insert(f.go(f.ip, 80, false, "10.244.9.9"));
  }
  CHECK(later.size() > 1);
  // Its endpoint went: another takes over.
  f.endpoints(f.endpoint("10.244.3.3", "worker-3", f.kReady));
  CHECK(f.go(f.ip, 80, false, "10.244.9.9") == "10.244.3.3:8080");
}

TEST_CASE("headless Services have no rules") {
  ProxyFixture f;
  f.proxy.start();
  f.service(", clusterIP: None");
  for (const auto& rule : f.proxy.rules()) CHECK(rule.service != "default/web");
}

TEST_CASE("rules stay when kube-proxy stops, and are brought up to date when it starts again") {
  ProxyFixture f;
  f.proxy.start();
  f.service("");
  f.endpoints(f.endpoint("10.244.1.2", "worker-1", f.kReady));
  CHECK(f.go(f.ip, 80) == "10.244.1.2:8080");
  f.proxy.stop();
  f.network.setUp(f.proxyId, false);
  f.endpoints(f.endpoint("10.244.1.9", "worker-1", f.kReady));
  CHECK(f.go(f.ip, 80) == "10.244.1.2:8080");
  f.network.setUp(f.proxyId, true);
  f.proxy.start();
  f.simulator.runFor(1s);
  CHECK(f.go(f.ip, 80) == "10.244.1.9:8080");
}

TEST_CASE("a deleted Service has no rule any more") {
  ProxyFixture f;
  f.proxy.start();
  f.service("");
  f.endpoints(f.endpoint("10.244.1.2", "worker-1", f.kReady));
  CHECK(f.go(f.ip, 80) == "10.244.1.2:8080");
  f.remove(api::resources::services, "web");
  f.simulator.runFor(50ms);
  CHECK(f.go(f.ip, 80) == "no rule");
}
