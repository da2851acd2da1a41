#include "core/scheduler/plugins/plugins.hpp"

namespace pilothouse::scheduler::plugins {
namespace {

/// A pod with spec.schedulingGates stays out of the queue until the last gate is removed.
class SchedulingGates final : public Plugin {
 public:
  [[nodiscard]] std::string_view name() const override { return "SchedulingGates"; }
  [[nodiscard]] std::uint32_t points() const override { return kPreEnqueue; }
  bool preEnqueue(const PodRequirements& needs) const override { return !needs.gated; }
  [[nodiscard]] std::uint32_t events() const override { return event_type::kPodUpdate; }
  bool mayHelp(const Value&, const PodRequirements& needs, const ClusterEvent&) override {
    return !needs.gated;
  }
};

}  // namespace

std::unique_ptr<Plugin> schedulingGates() { return std::make_unique<SchedulingGates>(); }

}  // namespace pilothouse::scheduler::plugins
