#pragma once

#include <memory>

#include "core/apiserver/api_server.hpp"
#include "core/apiserver/kubelet_connector.hpp"
#include "core/sim/network.hpp"

namespace pilothouse::metrics_server {

/// metrics-server (sigs.k8s.io/metrics-server 0.7): asks every kubelet each 15 s what its containers have
/// used, keeps the last two answers, and serves metrics.k8s.io/v1beta1 behind kube-apiserver, which passes
/// the requests on.
///
/// Its questions to kubelets leave no trace. They cost work for every node all the time: presets with
/// thousands of nodes run without it, as clusters do that never installed it.
class MetricsServer {
 public:
  static constexpr SimDuration kResolution = std::chrono::seconds(15);  // --metric-resolution

  MetricsServer(Network& network, ComponentId self, apiserver::ApiServer& server,
                apiserver::KubeletConnector& kubelets);
  ~MetricsServer();
  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;
  void start();
  void stop();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace pilothouse::metrics_server
