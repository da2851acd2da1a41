#include "core/cluster/cluster.hpp"

#include <algorithm>
#include <utility>

#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/apiserver/storage.hpp"
#include "core/cluster/cluster_state.hpp"
#include "core/cluster/component_status.hpp"
#include "core/kubectl/check.hpp"

namespace pilothouse::cluster {
namespace {

constexpr std::string_view kControlPlane = "control-plane";
constexpr std::string_view kOutside = "outside";
constexpr std::string_view kApiServerAddress = "172.18.0.2";

apiserver::ApiServerOptions apiServerOptions() {
  apiserver::ApiServerOptions options;
  options.advertiseAddress = kApiServerAddress;
  return options;
}

std::string on(std::string_view component, std::string_view node) {
  return std::string(component).append("/").append(node);
}

// The only member is called "etcd", each of several as its node too.
std::vector<std::unique_ptr<etcd::Member>> makeEtcd(Network& network, std::string_view preset) {
  std::vector<std::unique_ptr<etcd::Member>> members;
  std::vector<etcd::Member*> all;
  const std::vector<std::string> hosts = etcdHosts(preset);
  for (const std::string& host : hosts) {
    etcd::MemberOptions options;
    options.name = host;
    const ComponentId id = network.join(hosts.size() == 1 ? "etcd" : on("etcd", host), host);
    members.push_back(std::make_unique<etcd::Member>(network, id, std::move(options)));
    all.push_back(members.back().get());
  }
  etcd::Member::join(all);
  return members;
}

std::vector<etcd::Member*> endpoints(const std::vector<std::unique_ptr<etcd::Member>>& members) {
  std::vector<etcd::Member*> all;
  for (const auto& member : members) all.push_back(member.get());
  return all;
}

kubelet::KubeletOptions withNetwork(kubelet::KubeletOptions options, kubelet::ContainerNetwork& network) {
  options.network = &network;
  return options;
}

// Before anything is scheduled.
Simulator& startedAt(Simulator& simulator, SimTime start) {
  simulator.runUntil(start);
  return simulator;
}

}  // namespace

Node::Node(Network& network, apiserver::ApiServer& server, const NodePlan& plan,
           kubelet::ContainerNetwork& containers)
    : name(plan.options.nodeName),
      networkStack(network.join(on("network", name), name)),
      kubeletId(network.join(on("kubelet", name), name)),
      runtimeId(network.join(on("containerd", name), name)),
      proxyId(network.join(on("kube-proxy", name), name)),
      kubelet(network, kubeletId, runtimeId, server, withNetwork(plan.options, containers)),
      proxy(network, proxyId, server, name),
      commandLine(std::make_shared<docker::Engine>(network.simulator(), kubelet.runtime())) {}

// The inputs of a recorded session are logged again as they come.
Cluster::State::State(Session recorded)
    : session(recorded.seed(), recorded.preset()),
      simulator(recorded.seed()),
      network(startedAt(simulator, recorded.start()), trace),
      etcd(makeEtcd(network, session.preset())),
      apiServerId(network.join("kube-apiserver", kControlPlane)),
      controllerManagerId(network.join("kube-controller-manager", kControlPlane)),
      schedulerId(network.join("kube-scheduler", kControlPlane)),
      dnsId(network.join("coredns", kControlPlane)),
      userId(network.join("user", kOutside)),
      etcdClient(network, apiServerId, endpoints(etcd)),
      apiServer(network, apiServerId, etcdClient, apiServerOptions()),
      controllerManager(network, controllerManagerId, apiServer),
      scheduler(network, schedulerId, apiServer),
      dns(network, dnsId, apiServer),
      dataPath(network, dns, dnsId, userId, apiServerId, std::string(kApiServerAddress)),
      user(network, userId, apiServer, "kubectl") {
  session.setStart(recorded.start());
  for (const api::Resource* resource : api::storedResources()) {
    stored.push_back({resource, apiserver::storageKey(*resource, "", ""), 0});
  }
  std::sort(stored.begin(), stored.end(),
            [](const Stored& a, const Stored& b) { return a.prefix < b.prefix; });
  dataPath.setNames({[this](std::string_view address) { return api::meta(podAt(address)); },
                     [this](std::string_view service) {
                       const auto slash = service.find('/');
                       return api::meta(find(api::resources::services, service.substr(0, slash),
                                             service.substr(slash + 1)));
                     }});
  newest = etcd.front().get();
  for (const auto& member : etcd) {
    member->onCommit(
        [this, from = member.get()](const std::vector<etcd::Event>& events) { committed(*from, events); });
  }
  for (const NodePlan& plan : planNodes(session.preset())) addNode(plan);
  start();
  for (const SessionInput& input : recorded.inputs()) {
    inputIds.push_back(inputIds.size() + 1);
    schedule(inputIds.back(), recorded.start() + input.when, input.verb, input.arguments);
  }
}

void Cluster::State::addNode(const NodePlan& plan) {
  nodes.push_back(std::make_unique<Node>(network, apiServer, plan, dataPath));
  Node& node = *nodes.back();
  nodeByName.emplace(node.name, &node);
  nodeByAddress.emplace(plan.options.internalIp, &node);
  dataPath.add({node.name, plan.options.internalIp, plan.options.podCidr, node.networkStack, &node.kubelet,
                &node.proxy});
  Machine machine{node.name, plan.controlPlane, {}};
  if (plan.controlPlane) {
    for (const auto& member : etcd) {
      if (network.host(member->component()) == node.name) machine.components.push_back(member->component());
    }
    if (node.name == kControlPlane) {
      for (const ComponentId component : {apiServerId, controllerManagerId, schedulerId, dnsId}) {
        machine.components.push_back(component);
      }
    }
  }
  for (const ComponentId component : {node.kubeletId, node.runtimeId, node.proxyId, node.networkStack}) {
    machine.components.push_back(component);
  }
  machines.push_back(std::move(machine));
}

void Cluster::State::start() {
  apiServer.setKubelets(*this);
  ComponentsByName components{{"controller-manager", controllerManagerId}};
  for (const auto& member : etcd) {
    components.emplace_back("etcd-" + std::to_string(components.size() - 1), member->component());
  }
  components.emplace_back("scheduler", schedulerId);
  serveComponentStatuses(apiServer, network, std::move(components));
  if (hasMetricsServer(session.preset())) {
    const ComponentId id = network.join("metrics-server", kControlPlane);
    metricsServer = std::make_unique<metrics_server::MetricsServer>(network, id, apiServer, *this);
  }
  apiServer.start();
  controllerManager.start();
  scheduler.start();
  dns.start();
  if (metricsServer != nullptr) metricsServer->start();
  for (const auto& node : nodes) {
    node->kubelet.start();
    node->proxy.start();
  }
}

Node* Cluster::State::node(std::string_view name) const {
  const auto at = nodeByName.find(std::string(name));
  return at == nodeByName.end() ? nullptr : at->second;
}

apiserver::KubeletApi* Cluster::State::kubeletAt(std::string_view address) {
  const auto at = nodeByAddress.find(std::string(address));
  return at == nodeByAddress.end() ? nullptr : &at->second->kubelet.api();
}

Cluster::Cluster(Session session) : state_(std::make_unique<State>(std::move(session))) {}
Cluster::~Cluster() = default;

Simulator& Cluster::simulator() { return state_->simulator; }
Network& Cluster::network() { return state_->network; }
Trace& Cluster::trace() { return state_->trace; }
const Session& Cluster::session() const { return state_->session; }
const std::vector<Machine>& Cluster::machines() const { return state_->machines; }
client::Client& Cluster::user() { return state_->user; }
apiserver::ApiServer& Cluster::apiServer() { return state_->apiServer; }
SimDuration Cluster::elapsed() { return state_->simulator.now() - state_->session.start(); }

std::vector<Message> Cluster::check(std::string_view manifest) const {
  std::vector<Message> messages;
  for (kubectl::Message& said : kubectl::check(manifest, "", state_->simulator.now())) {
    messages.push_back(
        {said.error, std::move(said.text), said.at.line, said.at.column, std::move(said.field)});
  }
  return messages;
}

}  // namespace pilothouse::cluster
