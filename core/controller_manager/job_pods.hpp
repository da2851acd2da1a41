#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/api/object.hpp"
#include "core/sim/time.hpp"

namespace pilothouse::controller_manager {

/// What the job controller reads of Jobs and of their pods (pkg/controller/job).

/// Complete or Failed is True.
bool isJobFinished(const Value& job);
bool isIndexedJob(const Value& job);
bool isJobSuspended(const Value& job);
bool hasBackoffLimitPerIndex(const Value& job);
/// A pod is replaced only when it has ended, not when its deletion begins.
bool onlyReplacesFailedPods(const Value& job);
/// Another controller takes care of the Job (spec.managedBy).
bool isManagedElsewhere(const Value& job);

bool hasTrackingFinalizer(const Value& pod);
/// Being deleted and not ended yet.
bool isPodTerminating(const Value& pod);
/// Failed, or being deleted where that counts as failure.
bool isPodFailed(const Value& pod, const Value& job);
/// When its containers ended; else when it became not ready; else when it was deleted; else its creation.
SimTime finishedTime(const Value& pod);
/// Failures of a pod's index that its annotations carry.
std::int64_t indexFailures(const Value& pod);
std::int64_t indexIgnoredFailures(const Value& pod);

/// What a podFailurePolicy says of a failed pod.
struct PodFailureMatch {
  std::string failJob;      ///< the message for which the whole Job fails; "" when it does not
  bool counts = true;       ///< towards backoffLimit
  std::string_view action;  ///< of the rule that matched: "FailJob", "FailIndex", "Ignore", "Count" or ""
};
PodFailureMatch matchPodFailurePolicy(const Value& policy, const Value& pod);

/// Whether the index of a failed pod has failed for good (backoffLimitPerIndex, FailIndex).
bool isIndexFailed(const Value& job, const Value& pod);

/// Failures since the last success and the wait that they cause.
struct JobBackoff {
  std::int64_t failuresAfterLastSuccess = 0;
  SimTime lastFailure{};

  void count(std::vector<Value> newSucceeded, std::vector<Value> newFailed);
  /// What is left at `now` of `initial` doubled for each failure but the first, up to `max`.
  [[nodiscard]] SimDuration remaining(SimTime now, SimDuration initial, SimDuration max) const;
};

}  // namespace pilothouse::controller_manager
