#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/client/event_recorder.hpp"
#include "core/controller_manager/controller.hpp"
#include "core/controller_manager/endpoint_slice_reconciler.hpp"
#include "core/controller_manager/service_pods.hpp"

namespace pilothouse::controller_manager {

/// Writes the EndpointSlices of Services with a selector (pkg/controller/endpointslice).
class EndpointSliceController : public Controller {
 public:
  static constexpr int kWorkers = 5;      // --concurrent-service-endpoint-syncs
  static constexpr int kMaxRetries = 15;  // maxRetries
  static constexpr SimDuration kSyncBackOff = std::chrono::seconds(1);
  static constexpr SimDuration kMaxSyncBackOff = std::chrono::seconds(1000);

  EndpointSliceController(const ControllerContext& context, ServicePods& servicePods);
  void start() override;

 private:
  struct Sync;
  /// Versions of a Service's slices as this controller last wrote them, by uid; 0 for one that it deleted.
  using Written = std::map<std::string, std::uint64_t, std::less<>>;

  void sliceChanged(const client::Change& change);
  void sync(const std::string& key, client::WorkQueue::Finish finish);
  std::vector<Value> slicesOf(const Value& service) const;
  [[nodiscard]] bool isStale(const std::string& key, const std::vector<Value>& slices) const;
  bool collect(const Value& service, const std::string& key, std::vector<DesiredEndpoints>& desired) const;
  void writeNext(const std::shared_ptr<Sync>& sync);
  void written(const std::shared_ptr<Sync>& sync, const client::Response& response, const Value& removed);
  void retry(Sync& sync);

  const ControllerContext& context_;
  ServicePods& servicePods_;
  client::Informer& services_;
  client::Informer& slices_;
  client::Informer& nodes_;
  client::EventRecorder recorder_;
  client::WorkQueue queue_;
  int byService_;
  TriggerTimes triggerTimes_;
  std::unordered_map<std::string, Written> written_;  ///< by key of the Service; never iterated
  std::unordered_map<std::string, int> failures_;     // never iterated
};

struct EndpointSliceController::Sync {
  std::string key;
  client::WorkQueue::Finish finish;
  Value service;
  Value since;
  SliceChanges changes;
  bool incomplete = false;  ///< some pod's node is not known yet
};

}  // namespace pilothouse::controller_manager
