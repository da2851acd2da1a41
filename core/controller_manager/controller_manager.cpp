#include "core/controller_manager/controller_manager.hpp"

#include <deque>
#include <utility>
#include <vector>

#include "core/client/credentials.hpp"
#include "core/controller_manager/claim_pods.hpp"
#include "core/controller_manager/deployment_controller.hpp"
#include "core/controller_manager/disruption_controller.hpp"
#include "core/controller_manager/endpoint_slice_controller.hpp"
#include "core/controller_manager/endpoints_controller.hpp"
#include "core/controller_manager/garbage_collector.hpp"
#include "core/controller_manager/job_controller.hpp"
#include "core/controller_manager/namespace_controller.hpp"
#include "core/controller_manager/node_ipam.hpp"
#include "core/controller_manager/node_lifecycle_controller.hpp"
#include "core/controller_manager/owned_pods.hpp"
#include "core/controller_manager/persistent_volume_controller.hpp"
#include "core/controller_manager/pod_gc.hpp"
#include "core/controller_manager/protection_controllers.hpp"
#include "core/controller_manager/replica_set.hpp"
#include "core/controller_manager/resource_quota_controller.hpp"
#include "core/controller_manager/root_certificate.hpp"
#include "core/controller_manager/service_accounts_controller.hpp"
#include "core/controller_manager/service_pods.hpp"
#include "core/controller_manager/taint_eviction.hpp"

namespace pilothouse::controller_manager {
namespace {

constexpr std::string_view kUserAgent = "kube-controller-manager";

namespace r = api::resources;

// One life of the process. Members that others use come first, so that they are destroyed last.
struct Process {
  Process(Network& network, ComponentId self, apiserver::ApiServer& server,
          const ControllerManagerOptions& options)
      : server_(server),
        client(network, self, server, kUserAgent),
        informers(client),
        ownedPods(informers.informer(r::pods)),
        servicePods(informers.informer(r::services), informers.informer(r::pods)),
        claimPods(informers.informer(r::pods)),
        context{network.simulator(),
                client,
                informers,
                ownedPods,
                informers.informer(r::replicaSets).store().addIndex(appendOwnerUids),
                informers.informer(r::replicaSets).store().addIndex(appendOrphanNamespace),
                options.clusterCidr} {
    add<DeploymentController>("deployment-controller");
    add<ReplicaSetController>("replicaset-controller",
                              ReplicaKind{r::replicaSets, "replicaset-controller", false});
    if (const api::Resource* resource = api::findResource("", "replicationcontrollers")) {
      add<ReplicaSetController>("replication-controller",
                                ReplicaKind{*resource, "replication-controller", true});
    }
    add<EndpointsController>("endpoint-controller", servicePods);
    add<EndpointSliceController>("endpointslice-controller", servicePods);
    add<NamespaceController>("namespace-controller");
    add<GarbageCollector>("generic-garbage-collector");
    add<NodeIpamController>("node-controller");
    add<NodeLifecycleController>("node-controller");
    add<TaintEvictionController>("node-controller");
    add<PodGcController>("pod-garbage-collector");
    add<RootCaPublisher>("root-ca-cert-publisher", kRootCertificate);
    if (const api::Resource* accounts = api::findResource("", "serviceaccounts")) {
      add<ServiceAccountsController>("service-account-controller", *accounts);
    }
    if (const api::Resource* budgets = api::findResource("policy", "poddisruptionbudgets")) {
      add<DisruptionController>("disruption-controller", *budgets);
    }
    if (const api::Resource* quotas = api::findResource("", "resourcequotas")) {
      add<ResourceQuotaController>("resourcequota-controller", *quotas);
    }
    if (const api::Resource* jobs = api::findResource("batch", "jobs")) {
      add<JobController>("job-controller", *jobs, options.job);
    }
    add<PersistentVolumeController>("persistent-volume-binder", claimPods);
    add<PvcProtectionController>("pvc-protection-controller", claimPods);
    add<PvProtectionController>("pv-protection-controller");
    informers.start([this] {
      for (const auto& controller : controllers) controller->start();
    });
  }

  // Each controller writes as its own ServiceAccount (--use-service-account-credentials); what they read
  // comes from informers that they share.
  template <typename C, typename... More>
  void add(std::string_view account, More&&... more) {
    Identity& own = identities.emplace_back(client, server_, account, context);
    controllers.push_back(std::make_unique<C>(own.context, more...));
  }

  struct Identity {
    Identity(client::Client& process, apiserver::ApiServer& server, std::string_view account,
             const ControllerContext& shared)
        : client(process.network(), process.self(), server, kUserAgent,
                 client::serviceAccountCredentials("kube-system", account)),
          context{shared.simulator,          client,
                  shared.informers,          shared.ownedPods,
                  shared.replicaSetsByOwner, shared.replicaSetOrphans,
                  shared.clusterCidr} {}
    client::Client client;
    ControllerContext context;
  };

  apiserver::ApiServer& server_;
  client::Client client;
  client::SharedInformerFactory informers;
  OwnedPods ownedPods;
  ServicePods servicePods;
  ClaimPods claimPods;
  ControllerContext context;
  std::deque<Identity> identities;
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
  s.process = std::make_unique<Process>(s.network, s.self, s.server, s.options);
}

void ControllerManager::stop() {
  State& s = *state_;
  s.process.reset();
  s.network.setUp(s.self, false);
}

}  // namespace pilothouse::controller_manager
