#include "core/scheduler/plugins/plugins.hpp"

namespace pilothouse::scheduler::plugins {
namespace {

const Key kReason = Key::intern("node(s) were unschedulable");

const Taint& unschedulableTaint() {
  static const Taint taint{"node.kubernetes.io/unschedulable", Value(""), TaintEffect::NoSchedule, {}};
  return taint;
}

/// Cordoned nodes (spec.unschedulable) take no pod but those that tolerate the taint for it.
class NodeUnschedulable final : public Plugin {
 public:
  [[nodiscard]] std::string_view name() const override { return "NodeUnschedulable"; }
  [[nodiscard]] std::uint32_t points() const override { return kFilter; }
  Status filter(const Cycle& cycle, const NodeInfo& node) override {
    if (!node.unschedulable || tolerated(cycle.needs.tolerations, unschedulableTaint())) return {};
    return Status::unresolvable(kReason);
  }
  [[nodiscard]] std::uint32_t events() const override {
    return event_type::kNodeAdd | event_type::kNodeTaint | event_type::kPodUpdate;
  }
  bool mayHelp(const Value&, const PodRequirements& needs, const ClusterEvent& event) override {
    if (event.node == nullptr) return tolerated(needs.tolerations, unschedulableTaint());
    return !event.node->unschedulable;
  }
};

}  // namespace

std::unique_ptr<Plugin> nodeUnschedulable() { return std::make_unique<NodeUnschedulable>(); }

}  // namespace pilothouse::scheduler::plugins
