#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
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
  struct UidHash {
    std::size_t operator()(const Value& uid) const { return static_cast<std::size_t>(uid.hash()); }
  };
  /// What is known to be right in the slices of a Service with many endpoints, so that a pod's change costs
  /// that pod's slice and not all of them.
  struct Placement {
    bool valid = false;                                 ///< all is written that was to be
    bool broken = false;                                ///< the Service has changed
    Value service;                                      ///< for which it holds
    std::unordered_map<Value, Value, UidHash> sliceOf;  ///< by uid of the pod; never iterated
    std::vector<Value> changed;                         ///< pods, since the last sync began
    /// Slices that changed, with their versions (0: deleted): someone else's hand, unless an answer that
    /// comes after its event tells that it was ours.
    std::vector<std::pair<std::string, std::uint64_t>> suspects;
  };
  /// Versions of a Service's slices as this controller last wrote them, by uid; 0 for one that it deleted.
  using Written = std::map<std::string, std::uint64_t, std::less<>>;

  void sliceChanged(const client::Change& change);
  void sync(const std::string& key, client::WorkQueue::Finish finish);
  std::vector<Value> slicesOf(const Value& service) const;
  [[nodiscard]] bool isStale(const std::string& key, const std::vector<Value>& slices) const;
  void podsChanged(const std::string& key, const Value& pod, const Value& since);
  bool reconcileChanged(Sync& sync, const std::vector<Value>& slices);
  void reconcileAll(Sync& sync, const std::vector<Value>& slices);
  static void notePlaces(Placement& placement, const Value& slice);
  bool isTrusted(const std::string& key, const Placement& placement) const;
  bool desire(const Value& service, const Value& pod, DesiredEndpoints::Pod& desired) const;
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
  std::unordered_map<std::string, Written> written_;       ///< by key of the Service; never iterated
  std::unordered_map<std::string, int> failures_;          // never iterated
  std::unordered_map<std::string, Placement> placements_;  ///< by key of the Service; never iterated
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
