#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/client/event_recorder.hpp"
#include "core/controller_manager/budget_pods.hpp"
#include "core/controller_manager/controller.hpp"

namespace pilothouse::controller_manager {

/// Writes the status of PodDisruptionBudgets: how many of their pods may be evicted now
/// (pkg/controller/disruption).
class DisruptionController : public Controller {
 public:
  /// A pod whose eviction was granted is taken for gone this long (DeletionTimeout).
  static constexpr SimDuration kDeletionTimeout = std::chrono::minutes(2);

  DisruptionController(const ControllerContext& context, const api::Resource& budgets);
  void start() override;

 private:
  struct Counts {
    std::int64_t expected = 0;
    std::int64_t desired = 0;
    std::int64_t healthy = 0;
    Value disrupted;  ///< pods by name and the time of their eviction
    std::vector<std::string> unmanaged;
    SimDuration recheck{};  ///< 0: not needed
    std::string error;
  };

  void sync(const std::string& key, client::WorkQueue::Finish finish);
  Counts count(const Value& budget, const std::string& key);
  void countExpected(const Value& budget, const std::string& key, Counts& counts);
  void countDisrupted(const Value& budget, const std::string& key, Counts& counts);
  std::int64_t expectedScale(const std::string& key, Counts& counts);
  /// spec.replicas of a pod's controller or of what controls that; nothing when it is of no such kind.
  [[nodiscard]] std::optional<std::int64_t> scaleOf(const Value& controller, const std::string& ns) const;
  void write(const Value& budget, Value status, client::WorkQueue::Finish finish);

  const ControllerContext& context_;
  const api::Resource& resource_;
  client::Informer& budgets_;
  client::Informer& replicaSets_;
  client::Informer& deployments_;
  client::Informer* statefulSets_ = nullptr;
  client::Informer* replicationControllers_ = nullptr;
  client::EventRecorder recorder_;
  client::WorkQueue queue_;
  BudgetPods pods_;
};

}  // namespace pilothouse::controller_manager
