#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "core/controller_manager/controller.hpp"

namespace pilothouse::controller_manager {

/// Removes pods that no kubelet will: of nodes that are gone, terminating without a node, and finished ones
/// beyond a number (pkg/controller/podgc).
///
/// Upstream walks all pods every period; here only what changes noted is looked at.
class PodGcController : public Controller {
 public:
  static constexpr SimDuration kCheckPeriod = std::chrono::seconds(20);     // gcCheckPeriod
  static constexpr SimDuration kQuarantineTime = std::chrono::seconds(40);  // quarantineTime
  static constexpr std::size_t kTerminatedPodThreshold = 12500;             // --terminated-pod-gc-threshold

  explicit PodGcController(const ControllerContext& context);
  void start() override;

 private:
  void podChanged(const client::Change& change);
  void collect();
  void collectOrphaned();
  void collectUnscheduledTerminating();
  void collectTerminated();
  void removeAll(const std::string& node);
  void markFailedAndDelete(const Value& pod, const Value& condition);
  void remove(const Value& pod);

  const ControllerContext& context_;
  client::Informer& nodes_;
  client::Informer& pods_;
  Timer timer_;
  std::size_t terminated_ = 0;
  std::map<std::string, SimTime> missingNodes_;  ///< with pods; since when
  std::set<std::string> unscheduledTerminating_;
};

}  // namespace pilothouse::controller_manager
