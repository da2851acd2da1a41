#pragma once

#include "core/client/event_recorder.hpp"
#include "core/client/work_queue.hpp"
#include "core/cloud_controller_manager/context.hpp"
#include "core/controller_manager/controller.hpp"

namespace pilothouse::cloud_controller_manager {

/// The taint with which a kubelet registers under --cloud-provider=external.
inline constexpr std::string_view kUninitialized = "node.cloudprovider.kubernetes.io/uninitialized";

/// Tells a new node what the cloud knows of its machine, providerID, addresses, type, zone and region, and
/// takes its `uninitialized` taint away (k8s.io/cloud-provider/controllers/node).
class CloudNodeController {
 public:
  static constexpr SimDuration kStatusUpdateFrequency =
      std::chrono::minutes(5);  // --node-status-update-frequency

  explicit CloudNodeController(const Context& context);
  void start();

 private:
  void sync(const std::string& key, client::WorkQueue::Finish finish);
  void initialize(const Value& node, const InstanceMetadata& metadata, client::WorkQueue::Finish finish);
  void initializeAddresses(const Value& node, const InstanceMetadata& metadata,
                           client::WorkQueue::Finish finish);
  void updateAddresses();
  void updateAddresses(const Value& node);

  const Context& context_;
  client::EventRecorder recorder_;
  client::WorkQueue queue_;
  controller_manager::Timer timer_;
};

}  // namespace pilothouse::cloud_controller_manager
