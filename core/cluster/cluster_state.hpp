#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/apiserver/api_server.hpp"
#include "core/apiserver/kubelet_connector.hpp"
#include "core/client/client.hpp"
#include "core/cluster/cluster.hpp"
#include "core/cluster/data_path.hpp"
#include "core/cluster/preset.hpp"
#include "core/controller_manager/controller_manager.hpp"
#include "core/docker/engine.hpp"
#include "core/etcd/client.hpp"
#include "core/kubectl/output.hpp"
#include "core/kubectl/scale.hpp"
#include "core/metrics_server/metrics_server.hpp"
#include "core/scheduler/scheduler.hpp"

namespace pilothouse::cluster {

/// A node with its components.
struct Node {
  Node(Network& network, apiserver::ApiServer& server, const NodePlan& plan,
       kubelet::ContainerNetwork& containers);

  std::string name;
  ComponentId networkStack;
  ComponentId kubeletId;
  ComponentId runtimeId;
  ComponentId proxyId;
  kubelet::Kubelet kubelet;
  kube_proxy::KubeProxy proxy;
  std::shared_ptr<docker::Engine> commandLine;  ///< crictl's hands on the runtime
};

/// The cluster's parts, in the order in which they are built; they go in the opposite order.
struct Cluster::State : apiserver::KubeletConnector {
  explicit State(Session recorded);

  Session session;
  Simulator simulator;
  Trace trace;
  Network network;

  std::vector<std::unique_ptr<etcd::Member>> etcd;  ///< the first is beside the API server
  ComponentId apiServerId;
  ComponentId controllerManagerId;
  ComponentId schedulerId;
  ComponentId dnsId;
  ComponentId userId;
  etcd::Client etcdClient;
  apiserver::ApiServer apiServer;
  controller_manager::ControllerManager controllerManager;
  scheduler::Scheduler scheduler;
  dns::Dns dns;
  DataPath dataPath;
  std::unique_ptr<metrics_server::MetricsServer> metricsServer;  ///< null: not installed
  std::vector<std::unique_ptr<Node>> nodes;
  std::unordered_map<std::string, Node*> nodeByName;     // never iterated
  std::unordered_map<std::string, Node*> nodeByAddress;  // never iterated
  std::vector<Machine> machines;
  client::Client user;

  std::map<std::uint64_t, InputResult> results;
  std::vector<std::uint64_t> inputIds;

  using Watcher = std::function<void(const api::Resource&, const Value& before, const Value& after)>;
  std::map<std::uint64_t, Watcher> watchers;
  std::uint64_t lastWatcher = 0;
  struct Stored {
    const api::Resource* resource;
    std::string prefix;  ///< of its keys
    std::size_t count = 0;
  };
  std::vector<Stored> stored;            ///< by prefix
  const etcd::Member* newest = nullptr;  ///< the first that applied `committedRevision`
  std::uint64_t committedRevision = 0;

  // cluster.cpp
  void addNode(const NodePlan& plan);
  void start();
  [[nodiscard]] Node* node(std::string_view name) const;
  apiserver::KubeletApi* kubeletAt(std::string_view address) override;

  // views.cpp
  void committed(const etcd::Member& member, const std::vector<etcd::Event>& events);
  /// What the member has that is furthest: all others have a beginning of it.
  [[nodiscard]] const etcd::MvccStore& store() const { return newest->server().store(); }
  [[nodiscard]] Stored* storedAt(std::string_view key);
  [[nodiscard]] const Value& find(const api::Resource& resource, std::string_view ns,
                                  std::string_view name) const;

  /// The pod with that address, or null. Walks all pods: for what a person asks, not for loops.
  [[nodiscard]] const Value& podAt(std::string_view address) const;

  // inputs.cpp
  void schedule(std::uint64_t id, SimTime when, Key verb, Value arguments);
  void run(std::uint64_t id, Key verb, const Value& arguments);
  void say(std::uint64_t id, Message message);
  void finish(std::uint64_t id);
  void reply(std::uint64_t id, bool error, std::string text);
  kubectl::Output outputOf(std::uint64_t id);
  /// A process of that name is started or stopped; false when there is none.
  bool setRunning(std::string_view component, bool starts);
};

}  // namespace pilothouse::cluster
