#include <algorithm>

#include "core/api/object.hpp"
#include "core/scheduler/plugins/plugins.hpp"

namespace pilothouse::scheduler::plugins {
namespace {

const Key kReason = Key::intern("node(s) didn't match Pod's node affinity/selector");
const Key kConflict = Key::intern("pod affinity terms conflict");

/// spec.nodeSelector and node affinity, required and preferred.
class NodeAffinity final : public Plugin {
 public:
  [[nodiscard]] std::string_view name() const override { return "NodeAffinity"; }
  [[nodiscard]] std::uint32_t points() const override { return kPreFilter | kFilter | kPreScore | kScore; }

  Status preFilter(const Cycle& cycle, std::optional<std::vector<Value>>& onlyNodes) override {
    const RequiredNodeAffinity& affinity = cycle.needs.nodeAffinity;
    if (!affinity.any()) return Status::skip();
    if (!affinity.terms || affinity.terms->empty()) return {};
    std::vector<Value> names;
    for (const NodeSelectorTerm& term : *affinity.terms) {
      if (!restricts(term, names)) return {};
    }
    if (names.empty()) return Status::unresolvable(kConflict);
    onlyNodes = std::move(names);
    return {};
  }
  Status filter(const Cycle& cycle, const NodeInfo& node) override {
    return cycle.needs.nodeAffinity.matches(node.labels(), node.text()) ? Status{}
                                                                        : Status::unresolvable(kReason);
  }
  Status preScore(const Cycle& cycle, Nodes) override {
    return cycle.needs.preferredNodes.empty() ? Status::skip() : Status{};
  }
  void score(const Cycle& cycle, Nodes nodes, Scores scores) override {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      for (const PreferredNodeTerm& preferred : cycle.needs.preferredNodes) {
        if (preferred.term.matches(nodes[i]->labels(), nodes[i]->text())) scores[i] += preferred.weight;
      }
    }
    normalizeScores(scores, false);
  }
  [[nodiscard]] std::uint32_t events() const override {
    return event_type::kNodeAdd | event_type::kNodeLabel | event_type::kPodUpdate;
  }
  bool mayHelp(const Value&, const PodRequirements& needs, const ClusterEvent& event) override {
    if (event.node == nullptr) return true;
    if (!needs.nodeAffinity.matches(event.node->labels(), event.node->text())) return false;
    return event.before.isNull() ||
           !needs.nodeAffinity.matches(api::labels(event.before), api::name(event.before));
  }

 private:
  // A term that names its node by metadata.name (a DaemonSet's pod) adds it; false when it does not.
  static bool restricts(const NodeSelectorTerm& term, std::vector<Value>& names) {
    const NodeSelectorTerm::NameRequirement* only = nullptr;
    bool conflict = false;
    for (const auto& required : term.names) {
      if (!required.in) continue;
      if (only != nullptr && !(only->name == required.name)) conflict = true;
      only = &required;
    }
    if (only == nullptr) return false;
    const bool known = std::find(names.begin(), names.end(), only->name) != names.end();
    if (!conflict && !known) names.push_back(only->name);
    return true;
  }
};

}  // namespace

std::unique_ptr<Plugin> nodeAffinity() { return std::make_unique<NodeAffinity>(); }

}  // namespace pilothouse::scheduler::plugins
