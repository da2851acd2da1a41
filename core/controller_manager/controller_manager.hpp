#pragma once

#include <memory>

#include "core/apiserver/api_server.hpp"
#include "core/sim/network.hpp"

namespace pilothouse::controller_manager {

/// kube-controller-manager: its controllers over one shared informer a kind.
class ControllerManager {
 public:
  ControllerManager(Network& network, ComponentId self, apiserver::ApiServer& server);
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
