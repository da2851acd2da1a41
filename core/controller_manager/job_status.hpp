#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/sim/time.hpp"
#include "core/value/value.hpp"

namespace pilothouse::controller_manager {

/// A Job's status while a sync works on it.
struct JobStatus {
  JobStatus() = default;
  explicit JobStatus(const Value& status);
  [[nodiscard]] Value toValue() const;

  std::int64_t active = 0;
  std::int64_t ready = 0;
  std::int64_t terminating = 0;
  std::int64_t succeeded = 0;
  std::int64_t failed = 0;
  Value startTime;
  Value completionTime;
  Value conditions;
  std::string completedIndexes;
  std::optional<std::string> failedIndexes;
  /// uncountedTerminatedPods: uids of ended pods that the counters do not have yet, because the pods still
  /// carry the finalizer.
  std::vector<Value> uncountedSucceeded;
  std::vector<Value> uncountedFailed;

  /// The condition of that type when it is True, or null.
  [[nodiscard]] const Value& ifTrue(std::string_view conditionType) const;
  void addCondition(std::string_view type, std::string_view reason, std::string_view message, SimTime now);
  /// Replaces the condition of its type when something differs, or adds one that is not False
  /// (ensureJobConditionStatus); true when that changed the list.
  bool ensureCondition(std::string_view type, std::string_view status, std::string_view reason,
                       std::string_view message, SimTime now);
  /// Moves uncounted uids for which `hasFinalizer` is false into the counters.
  void countThoseWithout(const std::function<bool(std::string_view uid)>& hasFinalizer);
};

}  // namespace pilothouse::controller_manager
