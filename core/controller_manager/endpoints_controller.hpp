#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

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
  void podsChanged(const std::string& key, const Value& pod, const Value& since);
  void noteWritten(const std::string& key, const Value& subsets, bool truncated);
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
  /// Of Services with more ready pods than an Endpoints object may name: the uids of those that it does name,
  /// sorted. What happens to other pods changes nothing. By key; never iterated.
  std::unordered_map<std::string, std::vector<std::string>> full_;
};

}  // namespace pilothouse::controller_manager
