#include "core/cloud_controller_manager/cloud_controller_manager.hpp"

#include <cstdio>

#include "core/cloud_controller_manager/cloud_node_lifecycle_controller.hpp"
#include "tests/unit/controller_manager/fixture.hpp"

namespace pilothouse::cloud_controller_manager {
namespace {

using controller_manager::Fixture;
using namespace std::chrono_literals;
namespace r = api::resources;

const Key kIngress = Key::intern("ingress");

std::string contents(const char* path) {
  std::string text;
  std::FILE* file = std::fopen(path, "rb");
  REQUIRE(file != nullptr);
  char buffer[4096];
  for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, file)) > 0;) text.append(buffer, n);
  std::fclose(file);
  return text;
}

/// A cluster's API server and controllers with a cloud and its cloud-controller-manager.
struct CloudFixture : Fixture {
  Cloud cloud;
  CloudControllerManager ccm;

  explicit CloudFixture(const Flavor& flavor)
      : cloud(network, network.join("cloud", "cloud"), flavor),
        ccm(network, network.join("cloud-controller-manager", "control-plane"), server, cloud) {
    for (const Document& document :
         readYaml(contents("core/cluster/addons/cloud-controller-manager.yaml")).documents) {
      const std::string kind = document.value[keys::kind].toString();
      if (kind == "ServiceAccount") {
        createObject(*api::findResource("", "serviceaccounts"), document.value);
      } else if (kind == "ClusterRole") {
        createObject(*api::findResource("rbac.authorization.k8s.io", "clusterroles"), document.value);
      } else if (kind == "ClusterRoleBinding") {
        createObject(*api::findResource("rbac.authorization.k8s.io", "clusterrolebindings"), document.value);
      }
    }
    ccm.start();
    run(1s);
  }

  /// As a kubelet with --cloud-provider=external registers, on a machine of the cloud.
  void addNode(const std::string& name, const std::string& address) {
    cloud.launch(name, address);
    apply(r::nodes, "{apiVersion: v1, kind: Node, metadata: {name: " + name +
                        "}, spec: {taints: [{key: node.cloudprovider.kubernetes.io/uninitialized, value: "
                        "\"true\", effect: NoSchedule}]}}");
    heartBeat(name);
  }
  Value addService(const std::string& name, const std::string& more = {}) {
    return apply(r::services, "{apiVersion: v1, kind: Service, metadata: {name: " + name +
                                  "}, spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]" +
                                  more + "}}");
  }
  Value ingress(std::string_view service) {
    return get(r::services, service).get(keys::status, Key::intern("loadBalancer"))[kIngress];
  }
  static std::string label(const Value& node, std::string_view key) {
    return api::labels(node)[Key::intern(key)].toString();
  }
  static std::string address(const Value& node, std::string_view type) {
    for (const Value& one : node["status"]["addresses"].items()) {
      if (one["type"].asString() == type) return one["address"].toString();
    }
    return {};
  }
};

TEST_CASE("A node learns from its cloud what its machine is, and can be used then") {
  CloudFixture fixture(aws());
  fixture.addNode("worker-1", "10.0.1.17");
  fixture.run(3s);
  const Value node = fixture.get(r::nodes, "worker-1");
  CHECK(node["spec"]["taints"].isNull());
  CHECK(node["spec"]["providerID"].asString().substr(0, 20) == "aws:///us-east-1a/i-");
  CHECK(fixture.label(node, "topology.kubernetes.io/zone") == "us-east-1a");
  CHECK(fixture.label(node, "topology.kubernetes.io/region") == "us-east-1");
  CHECK(fixture.label(node, "node.kubernetes.io/instance-type") == "m5.xlarge");
  CHECK(fixture.address(node, "InternalDNS") == "ip-10-0-1-17.ec2.internal");
  CHECK(fixture.hasEvent("worker-1", "Synced: Node synced successfully"));
}

TEST_CASE("A Service of type LoadBalancer gets one, each cloud in its way, and gives it back") {
  SUBCASE("Amazon answers with a name, which resolves when the balancer is in service") {
    CloudFixture fixture(aws());
    fixture.addNode("worker-1", "10.0.1.17");
    fixture.run(2s);
    fixture.addService("shop");
    fixture.run(2s);
    CHECK(fixture.ingress("shop").isNull());
    fixture.run(3s);
    const std::string host = fixture.ingress("shop").items().front()["hostname"].toString();
    CHECK(host.find(".us-east-1.elb.amazonaws.com") != std::string::npos);
    CHECK(fixture.cloud.resolve(host).empty());
    fixture.run(80s);
    REQUIRE(fixture.cloud.resolve(host).size() == 1);
    const Cloud::Entry entry = fixture.cloud.enter(fixture.cloud.resolve(host).front(), 80, "TCP");
    CHECK(entry.node == "worker-1");
    CHECK(entry.port ==
          fixture.get(r::services, "shop")["spec"]["ports"].items().front()["nodePort"].asInt());
  }
  SUBCASE("Google answers with an address, late, and packets pass through") {
    CloudFixture fixture(gce());
    fixture.addNode("worker-1", "10.128.0.4");
    fixture.addService("shop");
    fixture.run(30s);
    CHECK(fixture.ingress("shop").isNull());
    fixture.run(30s);
    const std::string address = fixture.ingress("shop").items().front()["ip"].toString();
    const Cloud::Entry entry = fixture.cloud.enter(address, 80, "TCP");
    CHECK(entry.passThrough);
    CHECK(entry.port == 80);
    CHECK(entry.node == "worker-1");
  }
}

TEST_CASE("A Service's deletion waits until its balancer is gone") {
  CloudFixture fixture(azure());
  fixture.addNode("worker-1", "10.224.0.4");
  fixture.addService("shop");
  fixture.run(40s);
  CHECK(fixture.hasEvent("shop", "EnsuringLoadBalancer: Ensuring load balancer"));
  CHECK(fixture.hasEvent("shop", "EnsuredLoadBalancer: Ensured load balancer"));
  CHECK(fixture.get(r::services, "shop")["metadata"]["finalizers"].items().front().asString() ==
        "service.kubernetes.io/load-balancer-cleanup");
  fixture.remove(r::services, "shop");
  fixture.run(1s);
  CHECK(fixture.exists(r::services, "shop"));
  fixture.run(20s);
  CHECK_FALSE(fixture.exists(r::services, "shop"));
  CHECK(fixture.cloud.balancers().empty());
  CHECK(fixture.hasEvent("shop", "DeletedLoadBalancer: Deleted load balancer"));
}

TEST_CASE("A Service that is no LoadBalancer any more loses its balancer and keeps its life") {
  CloudFixture fixture(azure());
  fixture.addNode("worker-1", "10.224.0.4");
  fixture.addService("shop");
  fixture.run(40s);
  fixture.patch(r::services, "shop", "{spec: {type: ClusterIP}}");
  fixture.run(30s);
  CHECK(fixture.ingress("shop").isNull());
  CHECK(fixture.get(r::services, "shop")["metadata"]["finalizers"].isNull());
  CHECK(fixture.cloud.balancers().empty());
  CHECK(fixture.hasEvent("shop", "Type: LoadBalancer -> ClusterIP"));
}

TEST_CASE("A cloud that refuses is told of, and asked again later") {
  CloudFixture fixture(gce());
  fixture.addNode("worker-1", "10.128.0.4");
  fixture.cloud.setBalancersMax(0);
  fixture.addService("shop");
  fixture.run(45s);
  CHECK(fixture.hasEvent(
      "shop",
      "SyncLoadBalancerFailed: Error syncing load balancer: failed to ensure load balancer: googleapi: Error "
      "403: QUOTA_EXCEEDED - Quota 'FORWARDING_RULES' exceeded.  Limit: 15.0 globally."));
  fixture.cloud.setBalancersMax(15);
  fixture.run(60s);
  CHECK(fixture.ingress("shop").size() == 1);
}

TEST_CASE("A balancer hears of new nodes, and of nodes that go") {
  CloudFixture fixture(azure());
  fixture.addNode("worker-1", "10.224.0.4");
  fixture.addService("shop");
  fixture.run(40s);
  fixture.addNode("worker-2", "10.224.0.5");
  fixture.run(10s);
  REQUIRE(fixture.cloud.balancers().size() == 1);
  CHECK(fixture.cloud.balancers().begin()->second.targets.size() == 2);
  CHECK(fixture.hasEvent("shop", "UpdatedLoadBalancer: Updated load balancer with new hosts"));
  fixture.remove(r::nodes, "worker-1", {}, "");
  fixture.run(10s);
  CHECK(fixture.cloud.balancers().begin()->second.targets.size() == 1);
}

TEST_CASE("The node of a machine that is gone is deleted; that of one switched off is tainted") {
  CloudFixture fixture(aws());
  fixture.addNode("worker-1", "10.0.1.17");
  fixture.addNode("worker-2", "10.0.1.18");
  fixture.run(3s);
  const auto notReady = [&](std::string_view node) {
    fixture.patch(r::nodes, node, "{status: {conditions: [{type: Ready, status: Unknown}]}}",
                  Key::intern("status"));
  };
  fixture.cloud.setState("worker-1", Instance::State::Terminated);
  fixture.cloud.setState("worker-2", Instance::State::Stopped);
  fixture.run(6s);
  CHECK(fixture.exists(r::nodes, "worker-1", ""));  // as long as it says that it is well
  notReady("worker-1");
  notReady("worker-2");
  fixture.run(6s);
  CHECK_FALSE(fixture.exists(r::nodes, "worker-1", ""));
  CHECK(fixture.hasEvent(
      "worker-1", "DeletingNode: Deleting node worker-1 because it does not exist in the cloud provider"));
  bool shutdown = false;
  const Value tainted = fixture.get(r::nodes, "worker-2");
  for (const Value& taint : tainted["spec"]["taints"].items()) {
    shutdown = shutdown || taint["key"].asString() == kShutdown;
  }
  CHECK(shutdown);
}

TEST_CASE("Where pods' ranges are routes, a node's network is available once its route is made") {
  CloudFixture fixture(gce());
  fixture.addNode("worker-1", "10.128.0.4");
  fixture.run(25s);
  CHECK(fixture.conditionText(fixture.get(r::nodes, "worker-1"), "NetworkUnavailable") ==
        "False RouteCreated");
  REQUIRE(fixture.cloud.routes().size() == 1);
  CHECK(fixture.cloud.routes().begin()->second.cidr ==
        fixture.get(r::nodes, "worker-1")["spec"]["podCIDR"].asString());
  fixture.remove(r::nodes, "worker-1", {}, "");
  fixture.run(25s);
  CHECK(fixture.cloud.routes().empty());
}

}  // namespace
}  // namespace pilothouse::cloud_controller_manager
