#pragma once

#include "core/client/event_recorder.hpp"
#include "core/cloud_controller_manager/context.hpp"
#include "core/controller_manager/controller.hpp"

namespace pilothouse::cloud_controller_manager {

inline constexpr std::string_view kShutdown = "node.cloudprovider.kubernetes.io/shutdown";

/// Asks the cloud about nodes that are not Ready: one whose machine is gone is deleted, one whose machine is
/// switched off is tainted (k8s.io/cloud-provider/controllers/nodelifecycle).
class CloudNodeLifecycleController {
 public:
  static constexpr SimDuration kNodeMonitorPeriod = std::chrono::seconds(5);  // --node-monitor-period

  explicit CloudNodeLifecycleController(const Context& context);
  void start();

 private:
  void monitor();
  void judge(const Value& node, const InstanceState& state);

  const Context& context_;
  client::EventRecorder recorder_;
  controller_manager::Timer timer_;
};

}  // namespace pilothouse::cloud_controller_manager
