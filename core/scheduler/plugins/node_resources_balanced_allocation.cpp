#include <algorithm>
#include <cmath>

#include "core/scheduler/plugins/plugins.hpp"

namespace pilothouse::scheduler::plugins {
namespace {

double usedShare(std::int64_t requested, std::int64_t allocatable) {
  return std::min(1.0, static_cast<double>(requested) / static_cast<double>(allocatable));
}

/// Prefers nodes whose cpu and memory would be used to a similar share.
class NodeResourcesBalancedAllocation final : public Plugin {
 public:
  [[nodiscard]] std::string_view name() const override { return "NodeResourcesBalancedAllocation"; }
  [[nodiscard]] std::uint32_t points() const override { return kPreScore | kScore; }
  Status preScore(const Cycle& cycle, Nodes) override {
    const Resources& wanted = cycle.needs.requests;
    return wanted.milliCpu == 0 && wanted.memory == 0 ? Status::skip() : Status{};
  }
  void score(const Cycle& cycle, Nodes nodes, Scores scores) override {
    const Resources& wanted = cycle.needs.requests;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const Resources& all = nodes[i]->allocatable;
      const Resources& used = nodes[i]->requested;
      double deviation = 0;  // of two shares from their mean; of one there is none
      if (all.milliCpu > 0 && all.memory > 0) {
        const double cpu = usedShare(used.milliCpu + wanted.milliCpu, all.milliCpu);
        const double memory = usedShare(used.memory + wanted.memory, all.memory);
        deviation = std::abs((cpu - memory) / 2);
      }
      scores[i] = static_cast<std::int64_t>((1 - deviation) * static_cast<double>(kMaxNodeScore));
    }
  }
};

}  // namespace

std::unique_ptr<Plugin> nodeResourcesBalancedAllocation() {
  return std::make_unique<NodeResourcesBalancedAllocation>();
}

}  // namespace pilothouse::scheduler::plugins
