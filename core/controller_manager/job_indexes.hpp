#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/value/value.hpp"

namespace pilothouse::controller_manager {

/// Indexes of an Indexed Job as sorted intervals that neither overlap nor touch (orderedIntervals of
/// pkg/controller/job/indexed_job_utils.go).
class JobIndexes {
 public:
  struct Interval {
    std::int64_t first = 0;
    std::int64_t last = 0;
  };

  /// "1,3-5,7" as a status holds it; what is malformed or not below `completions` is left out.
  static JobIndexes parse(std::string_view text, std::int64_t completions);

  void add(std::int64_t index);
  void add(const JobIndexes& others);
  [[nodiscard]] bool has(std::int64_t index) const;
  [[nodiscard]] std::int64_t total() const;
  [[nodiscard]] bool empty() const { return intervals_.empty(); }
  /// How many are in both.
  [[nodiscard]] std::int64_t common(const JobIndexes& others) const;
  [[nodiscard]] std::string toString() const;
  /// The first `count` indexes below `completions` that are not in it.
  [[nodiscard]] std::vector<std::int64_t> firstAbsent(std::int64_t count, std::int64_t completions) const;

 private:
  void merge(Interval interval);
  std::vector<Interval> intervals_;
};

inline constexpr std::int64_t kNoCompletionIndex = -1;
/// batch.kubernetes.io/job-completion-index of a pod, or kNoCompletionIndex.
std::int64_t completionIndex(const Value& pod);

/// The message of the first rule of a successPolicy that is met ("Matched rules at index 0"); "" for none.
std::string matchSuccessPolicy(const Value& successPolicy, std::int64_t completions,
                               const JobIndexes& succeeded);

}  // namespace pilothouse::controller_manager
