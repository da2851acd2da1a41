#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/scheduler/cache.hpp"
#include "core/scheduler/decisions.hpp"
#include "core/scheduler/fit_error.hpp"
#include "core/scheduler/framework.hpp"
#include "core/sim/random.hpp"

namespace pilothouse::scheduler {

/// How many feasible nodes are enough (numFeasibleNodesToFind): all up to 100, then 50 - nodes/125 percent,
/// at least 5 % and at least 100 nodes.
std::size_t feasibleNodesToFind(std::size_t nodeCount);

/// Chooses a node for one pod: filters, scores, selects (schedulePod in pkg/scheduler/schedule_one.go).
class PodScheduler {
 public:
  struct Result {
    const NodeInfo* node = nullptr;  ///< null: none fits
    std::string message;             ///< why none fits, as the event says it
    std::uint32_t refusedBy = 0;
    std::size_t evaluated = 0;
  };

  PodScheduler(Framework& framework, Cache& cache, Random& random);
  /// Decides and remembers the decision.
  Result schedule(const Value& pod, const PodRequirements& needs);
  [[nodiscard]] const Decisions& decisions() const { return decisions_; }

 private:
  void findNodesThatFit(const Cycle& cycle);
  void filter(const Cycle& cycle, const std::vector<NodeInfo*>& nodes, std::size_t start, std::size_t wanted);
  const NodeInfo* prioritize(const Cycle& cycle);
  const NodeInfo* selectHost();

  Framework& framework_;
  Cache& cache_;
  Random& random_;
  Decisions decisions_;
  std::size_t nextStart_ = 0;
  // Working memory of a cycle.
  std::vector<const NodeInfo*> feasible_;
  std::vector<std::int64_t> totals_;
  Diagnosis diagnosis_;
};

}  // namespace pilothouse::scheduler
