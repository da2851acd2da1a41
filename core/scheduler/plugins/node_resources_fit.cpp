#include <algorithm>
#include <string>

#include "core/scheduler/plugins/plugins.hpp"

namespace pilothouse::scheduler::plugins {
namespace {

const Key kTooManyPods = Key::intern("Too many pods");
const Key kCpu = Key::intern("Insufficient cpu");
const Key kMemory = Key::intern("Insufficient memory");
const Key kEphemeralStorage = Key::intern("Insufficient ephemeral-storage");

bool lacks(std::int64_t wanted, std::int64_t allocatable, std::int64_t requested) {
  return wanted > 0 && wanted > allocatable - requested;
}

Status fits(const PodRequirements& needs, const NodeInfo& node, const Resources& used, std::size_t pods) {
  Status status;
  const auto refuse = [&status](Key reason) {
    status.code = Code::Unschedulable;
    status.add(reason);
  };
  if (static_cast<std::int64_t>(pods) + 1 > node.allowedPods) refuse(kTooManyPods);
  const Resources& wanted = needs.requests;
  const Resources& all = node.allocatable;
  if (lacks(wanted.milliCpu, all.milliCpu, used.milliCpu)) refuse(kCpu);
  if (lacks(wanted.memory, all.memory, used.memory)) refuse(kMemory);
  if (lacks(wanted.ephemeralStorage, all.ephemeralStorage, used.ephemeralStorage)) refuse(kEphemeralStorage);
  for (const auto& [name, amount] : wanted.scalar) {
    if (lacks(amount, all.scalarAmount(name), used.scalarAmount(name))) {
      refuse(Key::intern("Insufficient " + std::string(name.text())));
    }
  }
  return status;
}

// leastResourceScorer: the free share of a resource, in hundredths.
std::int64_t freeShare(std::int64_t requested, std::int64_t allocatable) {
  return requested > allocatable ? 0 : (allocatable - requested) * kMaxNodeScore / allocatable;
}

bool grew(const PodRequirements& needs, const Value& before, const NodeInfo& now) {
  const Resources was = Resources::fromList(before.get(keys::status, keys::allocatable));
  const Resources& wanted = needs.requests;
  const Resources& is = now.allocatable;
  if (wanted.milliCpu > 0 && is.milliCpu > was.milliCpu) return true;
  if (wanted.memory > 0 && is.memory > was.memory) return true;
  if (wanted.ephemeralStorage > 0 && is.ephemeralStorage > was.ephemeralStorage) return true;
  return std::any_of(wanted.scalar.begin(), wanted.scalar.end(), [&](const auto& resource) {
    return is.scalarAmount(resource.first) > was.scalarAmount(resource.first);
  });
}

/// A node must have what the pod requests; of those that have, the emptier is better (LeastAllocated).
class NodeResourcesFit final : public Plugin {
 public:
  [[nodiscard]] std::string_view name() const override { return "NodeResourcesFit"; }
  [[nodiscard]] std::uint32_t points() const override { return kFilter | kScore; }
  Status filter(const Cycle& cycle, const NodeInfo& node) override {
    return fits(cycle.needs, node, node.requested, node.pods.size());
  }
  void score(const Cycle& cycle, Nodes nodes, Scores scores) override {
    const Resources& wanted = cycle.needs.nonZeroRequests;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const NodeInfo& node = *nodes[i];
      std::int64_t sum = 0;
      std::int64_t weights = 0;
      if (node.allocatable.milliCpu > 0) {
        sum += freeShare(node.nonZeroMilliCpu + wanted.milliCpu, node.allocatable.milliCpu);
        ++weights;
      }
      if (node.allocatable.memory > 0) {
        sum += freeShare(node.nonZeroMemory + wanted.memory, node.allocatable.memory);
        ++weights;
      }
      scores[i] = weights == 0 ? 0 : sum / weights;
    }
  }
  [[nodiscard]] std::uint32_t events() const override {
    return event_type::kNodeAdd | event_type::kNodeAllocatable | event_type::kAssignedPodDelete |
           event_type::kPodUpdate;
  }
  bool mayHelp(const Value&, const PodRequirements& needs, const ClusterEvent& event) override {
    // A pod that has gone frees its place at least.
    if (event.node == nullptr) return true;
    if (!fits(needs, *event.node, {}, 0).ok()) return false;
    return event.before.isNull() || grew(needs, event.before, *event.node);
  }
};

}  // namespace

std::unique_ptr<Plugin> nodeResourcesFit() { return std::make_unique<NodeResourcesFit>(); }

}  // namespace pilothouse::scheduler::plugins
