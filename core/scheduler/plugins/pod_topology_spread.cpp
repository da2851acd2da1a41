#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/api/object.hpp"
#include "core/scheduler/natural_log.hpp"
#include "core/scheduler/plugins/plugins.hpp"

namespace pilothouse::scheduler::plugins {
namespace {

const Key kNotMatch = Key::intern("node(s) didn't match pod topology spread constraints");
const Key kNoLabel =
    Key::intern("node(s) didn't match pod topology spread constraints (missing required label)");
const Key kHostname = Key::intern("kubernetes.io/hostname");
const Key kZone = Key::intern("topology.kubernetes.io/zone");

/// Spreads pods over hosts, zones and other domains: topologySpreadConstraints, or for pods of Services and
/// controllers that have none the system's own (hostname maxSkew 3, zone maxSkew 5, ScheduleAnyway).
class PodTopologySpread final : public Plugin {
 public:
  explicit PodTopologySpread(const Listers& listers) : listers_(listers) {}
  [[nodiscard]] std::string_view name() const override { return "PodTopologySpread"; }
  [[nodiscard]] std::uint32_t points() const override { return kPreFilter | kFilter | kPreScore | kScore; }

  Status preFilter(const Cycle& cycle, std::optional<std::vector<Value>>&) override;
  Status filter(const Cycle& cycle, const NodeInfo& node) override;
  Status preScore(const Cycle& cycle, Nodes nodes) override;
  void score(const Cycle& cycle, Nodes nodes, Scores scores) override;

  [[nodiscard]] std::uint32_t events() const override {
    return event_type::kAssignedPod | event_type::kNodeAdd | event_type::kNodeDelete |
           event_type::kNodeLabel | event_type::kPodUpdate;
  }
  bool mayHelp(const Value& pod, const PodRequirements& needs, const ClusterEvent& event) override;

 private:
  struct Constraint {
    Key key;
    std::int64_t maxSkew = 1;
    std::int64_t minDomains = 1;
    bool honorAffinity = true;
    bool honorTaints = false;
    bool selfMatch = false;
    PodCounts::Group group = 0;
    const Topology::Domains* domains = nullptr;
    std::vector<std::int64_t> sums;     ///< matching pods by domain
    std::vector<std::uint8_t> present;  ///< domains that count
    std::int64_t least = 0;             ///< the global minimum
    double weight = 0;
  };
  struct Known {  ///< what defaultSelector said for a pod's siblings
    Value ns, labels, owner;
    std::uint64_t generation = 0;
    std::uint64_t stamp = 0;
    PodCounts::Group group = 0;
    bool none = false;  ///< nothing selects them
  };

  static LabelSelector selectorOf(const SpreadConstraint& constraint, const Value& podLabels);
  void take(const Cycle& cycle, bool hard);
  bool takeDefaults(const Cycle& cycle);
  void sumUp(const Cycle& cycle, bool allKeysNeeded);
  [[nodiscard]] bool hasAllKeys(std::uint32_t slot) const;
  static bool counts(const Constraint& c, const Cycle& cycle, std::uint32_t slot);

  const Listers& listers_;
  std::vector<Constraint> constraints_;  ///< the hard ones from PreFilter on, the soft ones from PreScore on
  bool defaulted_ = false;
  std::array<Known, 64> known_;
  std::size_t nextKnown_ = 0;
};

LabelSelector PodTopologySpread::selectorOf(const SpreadConstraint& constraint, const Value& podLabels) {
  LabelSelector selector = LabelSelector::fromObject(constraint.labelSelector);
  if (selector.matchesNothing()) return selector;
  for (const Key key : constraint.matchLabelKeys) {
    const Value& value = podLabels[key];
    if (!value.isNull()) selector.add({key, LabelSelector::Operator::In, {value}});
  }
  return selector;
}

void PodTopologySpread::take(const Cycle& cycle, bool hard) {
  constraints_.clear();
  for (const SpreadConstraint& spread : cycle.needs.spread) {
    if (spread.hard != hard) continue;
    Constraint& c = constraints_.emplace_back();
    PodSelector selector;
    selector.namespaces = {cycle.ns()};
    selector.labels = selectorOf(spread, cycle.labels());
    c.key = spread.topologyKey;
    c.maxSkew = spread.maxSkew;
    c.minDomains = spread.minDomains;
    c.honorAffinity = spread.honorAffinity && cycle.needs.nodeAffinity.any();
    c.honorTaints = spread.honorTaints;
    c.selfMatch = selector.labels.matches(cycle.labels());
    c.group = cycle.cache.counts().group(selector);
    c.domains = &cycle.cache.domains(c.key);
  }
}

bool PodTopologySpread::hasAllKeys(std::uint32_t slot) const {
  return std::all_of(constraints_.begin(), constraints_.end(),
                     [slot](const Constraint& c) { return c.domains->of(slot) != Topology::kMissing; });
}

// The constraint's node inclusion policies. A slot that is in a domain has a node.
bool PodTopologySpread::counts(const Constraint& c, const Cycle& cycle, std::uint32_t slot) {
  if (!c.honorAffinity && !c.honorTaints) return true;
  const NodeInfo& node = cycle.cache.node(slot);
  if (c.honorAffinity && !cycle.needs.nodeAffinity.matches(node.labels(), node.text())) return false;
  return !c.honorTaints || firstUntolerated(node.taints, cycle.needs.tolerations) == nullptr;
}

Status PodTopologySpread::preFilter(const Cycle& cycle, std::optional<std::vector<Value>>&) {
  take(cycle, true);
  if (constraints_.empty()) return Status::skip();
  for (Constraint& c : constraints_) {
    c.sums.assign(c.domains->count(), 0);
    c.present.assign(c.domains->count(), 0);
  }
  // Over slots and not nodes: rows of numbers, however many nodes there are.
  const auto slots = static_cast<std::uint32_t>(cycle.cache.slots());
  for (std::uint32_t slot = 0; slot < slots; ++slot) {
    if (!hasAllKeys(slot)) continue;
    for (Constraint& c : constraints_) {
      if (!counts(c, cycle, slot)) continue;
      const std::uint32_t domain = c.domains->of(slot);
      const auto& byNode = cycle.cache.counts().counts(c.group);
      c.present[domain] = 1;
      if (slot < byNode.size()) c.sums[domain] += byNode[slot];
    }
  }
  for (Constraint& c : constraints_) {
    c.least = std::numeric_limits<std::int32_t>::max();
    std::int64_t domains = 0;
    for (std::size_t d = 0; d < c.sums.size(); ++d) {
      if (c.present[d] == 0) continue;
      ++domains;
      c.least = std::min(c.least, c.sums[d]);
    }
    if (domains < c.minDomains) c.least = 0;
  }
  return {};
}

Status PodTopologySpread::filter(const Cycle&, const NodeInfo& node) {
  for (const Constraint& c : constraints_) {
    const std::uint32_t domain = c.domains->of(node.slot);
    if (domain == Topology::kMissing) return Status::unresolvable(kNoLabel);
    if (c.sums[domain] + (c.selfMatch ? 1 : 0) - c.least > c.maxSkew) return Status::unschedulable(kNotMatch);
  }
  return {};
}

bool PodTopologySpread::takeDefaults(const Cycle& cycle) {
  constraints_.clear();
  const Value& owner = api::controllerOf(cycle.pod)[keys::uid];
  const std::uint64_t generation = listers_.selectorGeneration();
  const auto seen = std::find_if(known_.begin(), known_.end(), [&](const Known& k) {
    return k.generation == generation && k.labels == cycle.labels() && k.owner == owner && k.ns == cycle.ns();
  });
  Known* known = seen == known_.end() ? &known_[nextKnown_] : &*seen;
  PodCounts& podCounts = cycle.cache.counts();
  if (seen == known_.end() || (!known->none && !podCounts.touch(known->group, known->stamp))) {
    if (seen == known_.end()) nextKnown_ = (nextKnown_ + 1) % known_.size();
    PodSelector selector;
    selector.namespaces = {cycle.ns()};
    selector.labels = listers_.defaultSelector(cycle.pod);
    *known = {cycle.ns(), cycle.labels(), owner, generation, 0, 0, selector.labels.empty()};
    if (!known->none) {
      known->group = podCounts.group(selector);
      known->stamp = podCounts.stamp(known->group);
    }
  }
  if (known->none) return false;
  for (const auto& [key, maxSkew] : {std::pair(kHostname, 3), std::pair(kZone, 5)}) {
    Constraint& c = constraints_.emplace_back();
    c.key = key;
    c.maxSkew = maxSkew;
    c.honorAffinity = cycle.needs.nodeAffinity.any();
    c.group = known->group;
    c.domains = &cycle.cache.domains(key);
  }
  return true;
}

// Sums by domain over all nodes; on hostnames a node is its own domain and needs no sum.
void PodTopologySpread::sumUp(const Cycle& cycle, bool allKeysNeeded) {
  for (Constraint& c : constraints_) {
    if (c.key == kHostname || c.domains->count() == 1) continue;
    const auto& byNode = cycle.cache.counts().counts(c.group);
    const auto& ofSlot = c.domains->ofSlot;
    const std::size_t slots = std::min(byNode.size(), ofSlot.size());
    const bool everyNode = !allKeysNeeded && !c.honorAffinity && !c.honorTaints;
    for (std::uint32_t slot = 0; slot < slots; ++slot) {
      // Domains without a feasible node are summed up too: nobody asks for them.
      if (everyNode || (byNode[slot] != 0 && ofSlot[slot] != Topology::kMissing &&
                        (!allKeysNeeded || hasAllKeys(slot)) && counts(c, cycle, slot))) {
        c.sums[ofSlot[slot]] += byNode[slot];
      }
    }
  }
}

Status PodTopologySpread::preScore(const Cycle& cycle, Nodes nodes) {
  defaulted_ = cycle.needs.spread.empty();
  if (defaulted_) {
    if (!takeDefaults(cycle)) return Status::skip();
  } else {
    take(cycle, false);
    if (constraints_.empty()) return Status::skip();
  }
  std::int64_t considered = 0;
  std::vector<std::int64_t> sizes(constraints_.size(), 0);
  for (Constraint& c : constraints_) {
    c.sums.assign(c.domains->count(), 0);
    c.present.assign(c.domains->count(), 0);
  }
  for (const NodeInfo* node : nodes) {
    if (!defaulted_ && !hasAllKeys(node->slot)) continue;
    ++considered;
    for (std::size_t i = 0; i < constraints_.size(); ++i) {
      Constraint& c = constraints_[i];
      if (c.key == kHostname) continue;
      std::uint8_t& present = c.present[c.domains->of(node->slot)];
      if (present == 0) ++sizes[i];
      present = 1;
    }
  }
  for (std::size_t i = 0; i < constraints_.size(); ++i) {
    const std::int64_t size = constraints_[i].key == kHostname ? considered : sizes[i];
    constraints_[i].weight = naturalLog(static_cast<std::uint64_t>(size) + 2);
  }
  sumUp(cycle, !defaulted_);
  return {};
}

void PodTopologySpread::score(const Cycle& cycle, Nodes nodes, Scores scores) {
  constexpr std::int64_t kIgnored = -1;
  std::int64_t lowest = std::numeric_limits<std::int64_t>::max();
  std::int64_t highest = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const NodeInfo& node = *nodes[i];
    if (!defaulted_ && !hasAllKeys(node.slot)) {
      scores[i] = kIgnored;
      continue;
    }
    double sum = 0;
    for (const Constraint& c : constraints_) {
      const std::uint32_t domain = c.domains->of(node.slot);
      if (domain == Topology::kMissing) continue;
      std::int64_t count = c.sums[domain];
      if (c.key == kHostname) {
        const auto& byNode = cycle.cache.counts().counts(c.group);
        count = node.slot < byNode.size() ? byNode[node.slot] : 0;
      }
      sum += static_cast<double>(count) * c.weight + static_cast<double>(c.maxSkew - 1);
    }
    scores[i] = static_cast<std::int64_t>(std::round(sum));
    lowest = std::min(lowest, scores[i]);
    highest = std::max(highest, scores[i]);
  }
  for (std::int64_t& s : scores) {
    if (s == kIgnored) {
      s = 0;
    } else {
      s = highest == 0 ? kMaxNodeScore : kMaxNodeScore * (highest + lowest - s) / highest;
    }
  }
}

bool PodTopologySpread::mayHelp(const Value& pod, const PodRequirements& needs, const ClusterEvent& event) {
  if ((event.types & event_type::kPodUpdate) != 0) return true;
  if ((event.types & event_type::kAssignedPod) != 0) {
    const Value& other = event.after.isNull() ? event.before : event.after;
    if (api::namespaceOf(other) != api::namespaceOf(pod)) return false;
    return std::any_of(needs.spread.begin(), needs.spread.end(), [&](const SpreadConstraint& c) {
      const LabelSelector selector = selectorOf(c, api::labels(pod));
      return (!event.before.isNull() && selector.matches(api::labels(event.before))) ||
             (!event.after.isNull() && selector.matches(api::labels(event.after)));
    });
  }
  // A node with all the keys came, changed or went.
  const auto hasKeys = [&needs](const Value& node) {
    return !node.isNull() &&
           std::all_of(needs.spread.begin(), needs.spread.end(), [&](const SpreadConstraint& c) {
             return !c.hard || api::labels(node).has(c.topologyKey);
           });
  };
  return hasKeys(event.before) || hasKeys(event.after);
}

}  // namespace

std::unique_ptr<Plugin> podTopologySpread(const Listers& listers) {
  return std::make_unique<PodTopologySpread>(listers);
}

}  // namespace pilothouse::scheduler::plugins
