#include "core/cloud_controller_manager/cloud_controller_manager.hpp"

#include "core/client/credentials.hpp"
#include "core/cloud_controller_manager/cloud_client.hpp"
#include "core/cloud_controller_manager/cloud_node_controller.hpp"
#include "core/cloud_controller_manager/cloud_node_lifecycle_controller.hpp"
#include "core/cloud_controller_manager/route_controller.hpp"
#include "core/cloud_controller_manager/service_controller.hpp"

namespace pilothouse::cloud_controller_manager {
namespace {

constexpr std::string_view kUserAgent = "cloud-controller-manager";

// One life of the process. The cloud's client goes first, so that no late answer finds its asker gone.
struct Process {
  Process(Network& network, ComponentId self, apiserver::ApiServer& server, Cloud& cloud)
      : client(network, self, server, kUserAgent,
               client::serviceAccountCredentials("kube-system", kUserAgent)),
        informers(client),
        context{network.simulator(), client, informers.informer(api::resources::nodes),
                informers.informer(api::resources::services), provider},
        nodeController(context),
        lifecycleController(context),
        serviceController(context),
        routeController(context),
        provider(network, self, cloud) {
    informers.start([this] {
      nodeController.start();
      lifecycleController.start();
      serviceController.start();
      if (provider.hasRoutes()) routeController.start();
    });
  }

  client::Client client;
  client::SharedInformerFactory informers;
  Context context;
  CloudNodeController nodeController;
  CloudNodeLifecycleController lifecycleController;
  ServiceController serviceController;
  RouteController routeController;
  CloudClient provider;
};

}  // namespace

struct CloudControllerManager::State {
  Network& network;
  ComponentId self;
  apiserver::ApiServer& server;
  Cloud& cloud;
  std::unique_ptr<Process> process;
};

CloudControllerManager::CloudControllerManager(Network& network, ComponentId self,
                                               apiserver::ApiServer& server, Cloud& cloud)
    : state_(new State{network, self, server, cloud, nullptr}) {}

CloudControllerManager::~CloudControllerManager() = default;

void CloudControllerManager::start() {
  State& s = *state_;
  if (s.process) return;
  s.network.setUp(s.self, true);
  s.process = std::make_unique<Process>(s.network, s.self, s.server, s.cloud);
}

void CloudControllerManager::stop() {
  state_->process.reset();
  state_->network.setUp(state_->self, false);
}

}  // namespace pilothouse::cloud_controller_manager
