#pragma once

#include <string>
#include <string_view>

#include "core/client/event_recorder.hpp"
#include "core/controller_manager/controller.hpp"
#include "core/controller_manager/service_pods.hpp"

namespace pilothouse::controller_manager {

/// Writes the Endpoints object of each Service with a selector (pkg/controller/endpoint).
class EndpointsController : public Controller {
 public:
  static constexpr int kWorkers = 5;      // --concurrent-endpoint-syncs
  static constexpr int kMaxRetries = 15;  // maxRetries
  static constexpr std::size_t kMaxCapacity = 1000;

  EndpointsController(const ControllerContext& context, ServicePods& servicePods);
  void start() override;

 private:
  void sync(const std::string& key, client::WorkQueue::Finish finish);
  Value subsetsOf(const Value& service, const std::string& key, bool& truncated) const;
  void answered(const std::string& key, const Value& about, bool creating, const client::Response& response,
                client::WorkQueue::Finish& finish);

  const ControllerContext& context_;
  ServicePods& servicePods_;
  client::Informer& services_;
  client::Informer& endpoints_;
  client::EventRecorder recorder_;
  client::WorkQueue queue_;
  TriggerTimes triggerTimes_;
};

}  // namespace pilothouse::controller_manager
