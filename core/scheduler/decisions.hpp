#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/scheduler/fit_error.hpp"

namespace pilothouse::scheduler {

/// The outcome of one attempt, as PodScheduler hands it over; views into its working memory.
struct Attempt {
  const Value& pod;
  const NodeInfo* chosen;  ///< null: none
  std::size_t evaluated;
  Nodes feasible;
  const Diagnosis& diagnosis;
  const std::vector<Framework::PluginScores>& scores;  ///< in the order of `feasible`
  std::size_t scoreRows;
  const std::vector<std::int64_t>& totals;
};

/// Bounded memory of how the last pods were decided: about 1 KB each, texts shared.
class Decisions {
 public:
  static constexpr std::size_t kPodsMax = 1024;
  static constexpr std::size_t kNodesMax = 64;  ///< a larger table keeps only its best
  static constexpr std::size_t kNodesBest = 20;

  void add(const Attempt& attempt);
  void clear();
  /// {"pod","node","evaluated","feasible","nodeCount","nodes":[{name,reason?,scores:{plugin:n},total}],
  /// "reasons":[{reason,nodes}]} of the latest attempt; null when it is unknown. Nodes come best first, then
  /// those that were refused.
  [[nodiscard]] Value find(std::string_view ns, std::string_view name, const Framework& framework) const;

 private:
  struct Row {
    Value node;
    std::int64_t total = 0;
    std::uint32_t firstReason = 0;  ///< in `reasons`
    std::uint8_t reasons = 0;       ///< 0: feasible
  };
  struct Decision {
    Value ns, name, node;
    std::uint32_t evaluated = 0;
    std::uint32_t feasible = 0;
    std::uint32_t nodeCount = 0;
    std::vector<Row> rows;
    std::vector<std::uint8_t> plugins;
    std::vector<std::int32_t> scores;  ///< of row i's plugin j: scores[i * plugins.size() + j]
    std::vector<Key> reasons;
    std::vector<std::pair<Key, std::uint32_t>> counts;
  };
  static void addFeasible(const Attempt& attempt, std::size_t most, Decision& decision);
  static void addRefused(const Attempt& attempt, Decision& decision);

  std::vector<Decision> ring_;
  std::size_t next_ = 0;
};

}  // namespace pilothouse::scheduler
