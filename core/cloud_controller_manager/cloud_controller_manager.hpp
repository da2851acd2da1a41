#pragma once

#include <memory>

#include "core/apiserver/api_server.hpp"
#include "core/cloud_controller_manager/cloud.hpp"
#include "core/sim/network.hpp"

namespace pilothouse::cloud_controller_manager {

/// cloud-controller-manager: the controllers that know a cloud (k8s.io/cloud-provider). A cluster on bare
/// metal has none: its Services of type LoadBalancer wait for ever.
class CloudControllerManager {
 public:
  CloudControllerManager(Network& network, ComponentId self, apiserver::ApiServer& server, Cloud& cloud);
  ~CloudControllerManager();
  CloudControllerManager(const CloudControllerManager&) = delete;
  CloudControllerManager& operator=(const CloudControllerManager&) = delete;
  void start();
  void stop();  ///< the process dies; what the cloud made stays

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pilothouse::cloud_controller_manager
