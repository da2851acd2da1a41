#include <algorithm>

#include "core/api/object.hpp"
#include "core/scheduler/plugins/plugins.hpp"

namespace pilothouse::scheduler::plugins {
namespace {

const Key kReason = Key::intern("node(s) didn't have free ports for the requested pod ports");

bool anyConflict(const std::vector<HostPort>& wanted, const std::vector<HostPort>& used) {
  return std::any_of(wanted.begin(), wanted.end(), [&used](const HostPort& port) {
    return std::any_of(used.begin(), used.end(), [&port](const HostPort& u) { return u.conflicts(port); });
  });
}

/// Two pods of a node cannot have the same host port.
class NodePorts final : public Plugin {
 public:
  [[nodiscard]] std::string_view name() const override { return "NodePorts"; }
  [[nodiscard]] std::uint32_t points() const override { return kPreFilter | kFilter; }
  Status preFilter(const Cycle& cycle, std::optional<std::vector<Value>>&) override {
    return cycle.needs.hostPorts.empty() ? Status::skip() : Status{};
  }
  Status filter(const Cycle& cycle, const NodeInfo& node) override {
    return anyConflict(cycle.needs.hostPorts, node.usedPorts) ? Status::unschedulable(kReason) : Status{};
  }
  [[nodiscard]] std::uint32_t events() const override {
    return event_type::kNodeAdd | event_type::kAssignedPodDelete;
  }
  bool mayHelp(const Value&, const PodRequirements& needs, const ClusterEvent& event) override {
    if ((event.types & event_type::kAssignedPodDelete) == 0) return true;
    return anyConflict(needs.hostPorts, decodeRequirements(event.before[keys::spec]).hostPorts);
  }
};

}  // namespace

std::unique_ptr<Plugin> nodePorts() { return std::make_unique<NodePorts>(); }

}  // namespace pilothouse::scheduler::plugins
