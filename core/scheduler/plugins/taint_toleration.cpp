#include <algorithm>

#include "core/scheduler/plugins/plugins.hpp"

namespace pilothouse::scheduler::plugins {
namespace {

/// Keeps pods from nodes with NoSchedule and NoExecute taints that they do not tolerate, and prefers nodes
/// with the fewest untolerated PreferNoSchedule taints.
class TaintToleration final : public Plugin {
 public:
  [[nodiscard]] std::string_view name() const override { return "TaintToleration"; }
  [[nodiscard]] std::uint32_t points() const override { return kFilter | kScore; }
  Status filter(const Cycle& cycle, const NodeInfo& node) override {
    if (node.taints.empty()) return {};
    const Taint* taint = firstUntolerated(node.taints, cycle.needs.tolerations);
    return taint == nullptr ? Status{} : Status::unresolvable(taint->message);
  }
  void score(const Cycle& cycle, Nodes nodes, Scores scores) override {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (!nodes[i]->softTaints) continue;
      scores[i] = std::count_if(nodes[i]->taints.begin(), nodes[i]->taints.end(), [&cycle](const Taint& t) {
        return t.effect == TaintEffect::PreferNoSchedule && !tolerated(cycle.needs.tolerations, t);
      });
    }
    normalizeScores(scores, true);
  }
  [[nodiscard]] std::uint32_t events() const override {
    return event_type::kNodeAdd | event_type::kNodeTaint | event_type::kPodUpdate;
  }
  bool mayHelp(const Value&, const PodRequirements& needs, const ClusterEvent& event) override {
    return event.node == nullptr || firstUntolerated(event.node->taints, needs.tolerations) == nullptr;
  }
};

}  // namespace

std::unique_ptr<Plugin> taintToleration() { return std::make_unique<TaintToleration>(); }

}  // namespace pilothouse::scheduler::plugins
