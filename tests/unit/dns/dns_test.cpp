#include "core/dns/dns.hpp"

#include "tests/unit/apiserver/cluster_fixture.hpp"

using namespace pilothouse;
using namespace std::chrono_literals;
using Code = dns::DnsAnswer::Code;

namespace {

struct DnsFixture : apiserver::ClusterFixture {
  ComponentId dnsId = network.join("coredns", "control-plane");
  dns::Dns dns{network, dnsId, server};

  Value service(const std::string& name, std::string_view spec) {
    const auto made = create(
        api::resources::services,
        yaml("apiVersion: v1\nkind: Service\nmetadata: {name: " + name + "}\nspec: " + std::string(spec)));
    INFO(made.body[keys::message].asString());
    REQUIRE(made.code == 201);
    simulator.runFor(20ms);
    return made.body;
  }
  void slice(const std::string& service, std::string_view endpoints) {
    const auto made =
        create(api::resources::endpointSlices,
               yaml("apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: " + service +
                    "-1, labels: {kubernetes.io/service-name: " + service +
                    "}}\naddressType: IPv4\nports: [{name: http, port: 80, protocol: TCP}]\nendpoints: [" +
                    std::string(endpoints) + "]"));
    INFO(made.body[keys::message].asString());
    REQUIRE(made.code == 201);
    simulator.runFor(20ms);
  }
  /// Addresses joined, or "NXDOMAIN" / "nothing" / "SERVFAIL".
  static std::string text(const dns::DnsAnswer& answer) {
    if (answer.code == Code::NxDomain) return "NXDOMAIN";
    if (answer.code == Code::ServFail) return "SERVFAIL";
    std::string all = answer.canonicalName.empty() ? "" : answer.canonicalName + " ";
    for (const std::string& address : answer.addresses) all += (all.empty() ? "" : " ") + address;
    return all.empty() ? "nothing" : all;
  }
  std::string ask(std::string_view name) { return text(dns.resolve(name)); }
  std::string askFrom(std::string_view ns, std::string_view name) { return text(dns.resolveFrom(ns, name)); }
};

}  // namespace

TEST_CASE("a Service's name is its cluster IP, in any case of letters") {
  DnsFixture f;
  f.dns.start();
  const std::string ip =
      f.service("web", "{ports: [{name: http, port: 80}]}")[keys::spec][keys::clusterIP].toString();
  CHECK(f.ask("web.default.svc.cluster.local") == ip);
  CHECK(f.ask("Web.Default.SVC.cluster.local.") == ip);
  CHECK(f.ask("_http._tcp.web.default.svc.cluster.local") == ip);
  CHECK(f.ask("_other._tcp.web.default.svc.cluster.local") == "NXDOMAIN");
  CHECK(f.ask("web.other.svc.cluster.local") == "NXDOMAIN");
  CHECK(f.ask("nobody.default.svc.cluster.local") == "NXDOMAIN");
  CHECK(f.ask("default.svc.cluster.local") == "nothing");
  CHECK(f.ask("svc.cluster.local") == "nothing");
  CHECK(f.ask("nowhere.svc.cluster.local") == "NXDOMAIN");
  CHECK(f.ask("a.b.c.d.web.default.svc.cluster.local") == "NXDOMAIN");
  CHECK(f.ask("") == "NXDOMAIN");
  CHECK(f.ask("..cluster.local") == "NXDOMAIN");
  CHECK(f.ask(std::string(100000, '.') + "cluster.local") == "NXDOMAIN");
}

TEST_CASE("a headless Service's name is its ready pods, and each has its own") {
  DnsFixture f;
  f.dns.start();
  f.service("db", "{clusterIP: None, selector: {app: db}, ports: [{name: http, port: 80}]}");
  CHECK(f.ask("db.default.svc.cluster.local") == "NXDOMAIN");
  f.slice("db",
          "{addresses: [10.244.1.2], hostname: db-0, conditions: {ready: true}}, {addresses: [10.244.2.2], "
          "conditions: {ready: true}}, {addresses: [10.244.3.2], conditions: {ready: false}}");
  CHECK(f.ask("db.default.svc.cluster.local") == "10.244.1.2 10.244.2.2");
  CHECK(f.ask("db-0.db.default.svc.cluster.local") == "10.244.1.2");
  CHECK(f.ask("10-244-2-2.db.default.svc.cluster.local") == "10.244.2.2");
  CHECK(f.ask("db-9.db.default.svc.cluster.local") == "NXDOMAIN");
}

TEST_CASE("an ExternalName is an alias, followed within the cluster") {
  DnsFixture f;
  f.dns.start();
  const std::string ip = f.service("web", "{ports: [{port: 80}]}")[keys::spec][keys::clusterIP].toString();
  f.service("out", "{type: ExternalName, externalName: www.example.com}");
  f.service("in", "{type: ExternalName, externalName: web.default.svc.cluster.local}");
  f.service("loop", "{type: ExternalName, externalName: loop.default.svc.cluster.local}");
  CHECK(f.dns.resolve("out.default.svc.cluster.local").canonicalName == "www.example.com");
  CHECK(f.dns.resolve("in.default.svc.cluster.local").addresses == std::vector<std::string>{ip});
  CHECK(f.dns.resolve("loop.default.svc.cluster.local").addresses.empty());
}

TEST_CASE("a pod's name is its address with dashes") {
  DnsFixture f;
  f.dns.start();
  f.simulator.runFor(100ms);
  CHECK(f.ask("10-244-1-5.default.pod.cluster.local") == "10.244.1.5");
  CHECK(f.ask("10-244-1.default.pod.cluster.local") == "NXDOMAIN");
  CHECK(f.ask("10-244-1-500.default.pod.cluster.local") == "NXDOMAIN");
  CHECK(f.ask("10-244-1-5.nowhere.pod.cluster.local") == "NXDOMAIN");
  CHECK(f.ask("example.com") == "NXDOMAIN");
}

TEST_CASE("pods need not write the whole name") {
  DnsFixture f;
  f.dns.start();
  const std::string ip = f.service("web", "{ports: [{port: 80}]}")[keys::spec][keys::clusterIP].toString();
  CHECK(f.askFrom("default", "web") == ip);
  CHECK(f.askFrom("kube-system", "web") == "NXDOMAIN");
  CHECK(f.askFrom("kube-system", "web.default") == ip);
  CHECK(f.askFrom("kube-system", "web.default.svc") == ip);
  CHECK(f.askFrom("kube-system", "web.default.svc.cluster.local") == ip);
  CHECK(f.askFrom("default", "web.") == "NXDOMAIN");
  CHECK(f.askFrom("default", "kubernetes") == "10.96.0.1");
}

TEST_CASE("a DNS server that is not there, or not ready, says so") {
  DnsFixture f;
  CHECK(f.askFrom("default", "kubernetes") == "SERVFAIL");
  f.dns.start();
  CHECK(f.askFrom("default", "kubernetes") == "SERVFAIL");
  f.simulator.runFor(1s);
  CHECK(f.askFrom("default", "kubernetes") == "10.96.0.1");
  f.dns.stop();
  CHECK(f.askFrom("default", "kubernetes") == "SERVFAIL");
}
