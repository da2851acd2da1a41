#pragma once

#include <memory>
#include <string>

#include "core/apiserver/api_server.hpp"
#include "core/controller_manager/controller_options.hpp"
#include "core/sim/network.hpp"

namespace pilothouse::controller_manager {

struct ControllerManagerOptions {
  /// --cluster-cidr: pod addresses, a /24 a node. A /16 has room for 256 nodes.
  std::string clusterCidr = "10.244.0.0/16";
  JobControllerOptions job{};
  CronJobControllerOptions cronJob{};
  TtlAfterFinishedOptions ttlAfterFinished{};
  HorizontalPodAutoscalerOptions horizontalPodAutoscaler{};
};

/// kube-controller-manager: its controllers over one shared informer a kind.
class ControllerManager {
 public:
  ControllerManager(Network& network, ComponentId self, apiserver::ApiServer& server,
                    ControllerManagerOptions options = {});
  ~ControllerManager();
  ControllerManager(const ControllerManager&) = delete;
  ControllerManager& operator=(const ControllerManager&) = delete;
  void start();
  void stop();  ///< the process dies: queues and caches are forgotten

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace pilothouse::controller_manager
