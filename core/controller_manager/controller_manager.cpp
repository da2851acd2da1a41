#include "core/controller_manager/controller_manager.hpp"

#include <utility>
#include <vector>

#include "core/controller_manager/deployment_controller.hpp"
#include "core/controller_manager/endpoint_slice_controller.hpp"
#include "core/controller_manager/endpoints_controller.hpp"
#include "core/controller_manager/garbage_collector.hpp"
#include "core/controller_manager/namespace_controller.hpp"
#include "core/controller_manager/node_ipam.hpp"
#include "core/controller_manager/node_lifecycle_controller.hpp"
#include "core/controller_manager/owned_pods.hpp"
#include "core/controller_manager/pod_gc.hpp"
#include "core/controller_manager/replica_set.hpp"
#include "core/controller_manager/service_pods.hpp"
#include "core/controller_manager/taint_eviction.hpp"

namespace pilothouse::controller_manager {
namespace {

constexpr std::string_view kUserAgent = "kube-controller-manager";

namespace r = api::resources;

// One life of the process. Members that others use come first, so that they are destroyed last.
struct Process {
  Process(Network& network, ComponentId self, apiserver::ApiServer& server, const std::string& clusterCidr)
      : client(network, self, server, kUserAgent),
        informers(client),
        ownedPods(informers.informer(r::pods)),
        servicePods(informers.informer(r::services), informers.informer(r::pods)),
        context{network.simulator(),
                client,
                informers,
                ownedPods,
                informers.informer(r::replicaSets).store().addIndex(appendOwnerUids),
                informers.informer(r::replicaSets).store().addIndex(appendOrphanNamespace),
                clusterCidr} {
    add<DeploymentController>();
    add<ReplicaSetController>();
    controllers.push_back(std::make_unique<EndpointsController>(context, servicePods));
    controllers.push_back(std::make_unique<EndpointSliceController>(context, servicePods));
    add<NamespaceController>();
    add<GarbageCollector>();
    add<NodeIpamController>();
    add<NodeLifecycleController>();
    add<TaintEvictionController>();
    add<PodGcController>();
    informers.start([this] {
      for (const auto& controller : controllers) controller->start();
    });
  }

  template <typename C>
  void add() {
    controllers.push_back(std::make_unique<C>(context));
  }

  client::Client client;
  client::SharedInformerFactory informers;
  OwnedPods ownedPods;
  ServicePods servicePods;
  ControllerContext context;
  std::vector<std::unique_ptr<Controller>> controllers;
};

}  // namespace

struct ControllerManager::State {
  Network& network;
  ComponentId self;
  apiserver::ApiServer& server;
  ControllerManagerOptions options;
  std::unique_ptr<Process> process;
};

ControllerManager::ControllerManager(Network& network, ComponentId self, apiserver::ApiServer& server,
                                     ControllerManagerOptions options)
    : state_(std::make_shared<State>(State{network, self, server, std::move(options), nullptr})) {}

ControllerManager::~ControllerManager() = default;

void ControllerManager::start() {
  State& s = *state_;
  if (s.process) return;
  s.network.setUp(s.self, true);
  s.process = std::make_unique<Process>(s.network, s.self, s.server, s.options.clusterCidr);
}

void ControllerManager::stop() {
  State& s = *state_;
  s.process.reset();
  s.network.setUp(s.self, false);
}

}  // namespace pilothouse::controller_manager
