#include <algorithm>
#include <limits>

#include "core/api/object.hpp"
#include "core/scheduler/plugins/plugins.hpp"

namespace pilothouse::scheduler::plugins {
namespace {

const Key kAffinityRules = Key::intern("node(s) didn't match pod affinity rules");
const Key kAntiAffinityRules = Key::intern("node(s) didn't match pod anti-affinity rules");
const Key kExistingRules = Key::intern("node(s) didn't satisfy existing pods anti-affinity rules");

constexpr std::int64_t kHardPodAffinityWeight = 1;

/// Sums by topology domain.
struct Sums {
  const Topology::Domains* domains = nullptr;
  std::vector<std::int64_t> byDomain;
  bool any = false;

  void start(const Topology::Domains& of) {
    domains = &of;
    byDomain.assign(of.count(), 0);
  }
  void add(std::uint32_t slot, std::int64_t amount) {
    const std::uint32_t domain = domains->of(slot);
    if (domain == Topology::kMissing) return;
    byDomain[domain] += amount;
    any = true;
  }
  [[nodiscard]] std::int64_t at(std::uint32_t slot) const {
    const std::uint32_t domain = domains->of(slot);
    return domain == Topology::kMissing ? 0 : byDomain[domain];
  }
};

/// Affinity and anti-affinity between pods: the incoming pod's terms over the pods there are, and theirs over
/// the incoming pod. Costs nothing while nobody uses them.
class InterPodAffinity final : public Plugin {
 public:
  explicit InterPodAffinity(const Listers& listers) : listers_(listers) {}
  [[nodiscard]] std::string_view name() const override { return "InterPodAffinity"; }
  [[nodiscard]] std::uint32_t points() const override { return kPreFilter | kFilter | kPreScore | kScore; }

  Status preFilter(const Cycle& cycle, std::optional<std::vector<Value>>&) override;
  Status filter(const Cycle& cycle, const NodeInfo& node) override;
  Status preScore(const Cycle& cycle, Nodes nodes) override;
  void score(const Cycle& cycle, Nodes nodes, Scores scores) override;

  [[nodiscard]] std::uint32_t events() const override {
    return event_type::kAssignedPod | event_type::kNodeAdd | event_type::kNodeLabel | event_type::kPodUpdate;
  }
  bool mayHelp(const Value& pod, const PodRequirements& needs, const ClusterEvent& event) override;

 private:
  [[nodiscard]] PodSelector selectorOf(const AffinityTerm& term) const;
  [[nodiscard]] PodSelector allOf(const std::vector<AffinityTerm>& terms) const;
  void addCounts(const Cycle& cycle, const PodSelector& selector, std::int64_t weight, Sums& sums) const;
  static std::vector<AffinityTerm> terms(const std::vector<PodAffinityTerm>& of, const Value& ns);
  [[nodiscard]] bool allows(const Value& pod, const Value& other, const PodRequirements& needs) const;

  const Listers& listers_;
  std::vector<Sums> affinity_;
  std::vector<Sums> antiAffinity_;
  std::vector<Sums> existing_;
  std::vector<Sums> scores_;
  bool selfMatch_ = false;
};

std::vector<AffinityTerm> InterPodAffinity::terms(const std::vector<PodAffinityTerm>& of, const Value& ns) {
  std::vector<AffinityTerm> result;
  for (const PodAffinityTerm& term : of) result.push_back(AffinityTerm::from(term, ns));
  return result;
}

PodSelector InterPodAffinity::selectorOf(const AffinityTerm& term) const {
  PodSelector selector;
  selector.terminatingToo = true;
  selector.namespaces = term.namespaces;
  selector.labels = term.selector;
  if (term.namespaceSelector.empty()) {
    selector.allNamespaces = true;
    selector.namespaces.clear();
  } else if (!term.namespaceSelector.matchesNothing()) {
    for (Value& ns : listers_.namespacesMatching(term.namespaceSelector)) {
      const bool known =
          std::find(selector.namespaces.begin(), selector.namespaces.end(), ns) != selector.namespaces.end();
      if (!known) selector.namespaces.push_back(std::move(ns));
    }
  }
  return selector;
}

// Pods that match every term (podMatchesAllAffinityTerms).
PodSelector InterPodAffinity::allOf(const std::vector<AffinityTerm>& terms) const {
  PodSelector all = selectorOf(terms.front());
  for (std::size_t i = 1; i < terms.size(); ++i) {
    const PodSelector next = selectorOf(terms[i]);
    if (all.allNamespaces) {
      all.allNamespaces = next.allNamespaces;
      all.namespaces = next.namespaces;
    } else if (!next.allNamespaces) {
      std::erase_if(all.namespaces, [&next](const Value& ns) {
        return std::find(next.namespaces.begin(), next.namespaces.end(), ns) == next.namespaces.end();
      });
    }
    if (next.labels.matchesNothing()) all.labels = LabelSelector::nothing();
    for (const auto& requirement : next.labels.requirements()) all.labels.add(requirement);
  }
  return all;
}

void InterPodAffinity::addCounts(const Cycle& cycle, const PodSelector& selector, std::int64_t weight,
                                 Sums& sums) const {
  PodCounts& podCounts = cycle.cache.counts();
  const auto& byNode = podCounts.counts(podCounts.group(selector));
  for (std::uint32_t slot = 0; slot < byNode.size(); ++slot) {
    if (byNode[slot] != 0) sums.add(slot, weight * byNode[slot]);
  }
}

Status InterPodAffinity::preFilter(const Cycle& cycle, std::optional<std::vector<Value>>&) {
  affinity_.clear();
  antiAffinity_.clear();
  existing_.clear();
  const auto& carried = cycle.cache.carriers().all();
  if (carried.empty() && cycle.needs.affinity.required.empty() && cycle.needs.antiAffinity.required.empty()) {
    return Status::skip();
  }
  if (!carried.empty()) {
    const Value namespaceLabels = listers_.namespaceLabels(cycle.ns().asString());
    for (const auto& [identity, carrier] : carried) {
      if (carrier.kind != AffinityCarriers::Kind::RequiredAntiAffinity) continue;
      if (!carrier.term.matches(cycle.ns().asString(), namespaceLabels, cycle.labels())) continue;
      Sums& sums = existing_.emplace_back();
      sums.start(cycle.cache.domains(carrier.term.topologyKey));
      for (const auto& [slot, pods] : carrier.podsBySlot) sums.add(slot, pods);
      if (!sums.any) existing_.pop_back();
    }
  }
  const std::vector<AffinityTerm> wanted = terms(cycle.needs.affinity.required, cycle.ns());
  if (!wanted.empty()) {
    const PodSelector all = allOf(wanted);
    for (const AffinityTerm& term : wanted) {
      affinity_.emplace_back().start(cycle.cache.domains(term.topologyKey));
      addCounts(cycle, all, 1, affinity_.back());
    }
    selfMatch_ = all.matches(cycle.ns().asString(), cycle.labels());
  }
  for (const AffinityTerm& term : terms(cycle.needs.antiAffinity.required, cycle.ns())) {
    antiAffinity_.emplace_back().start(cycle.cache.domains(term.topologyKey));
    addCounts(cycle, selectorOf(term), 1, antiAffinity_.back());
  }
  return affinity_.empty() && antiAffinity_.empty() && existing_.empty() ? Status::skip() : Status{};
}

Status InterPodAffinity::filter(const Cycle&, const NodeInfo& node) {
  bool podsExist = true;
  bool nobody = true;
  for (const Sums& sums : affinity_) {
    if (sums.domains->of(node.slot) == Topology::kMissing) return Status::unresolvable(kAffinityRules);
    if (sums.at(node.slot) <= 0) podsExist = false;
    if (sums.any) nobody = false;
  }
  // The first pod of a group that wants to be together may go anywhere.
  if (!podsExist && !(nobody && selfMatch_)) return Status::unresolvable(kAffinityRules);
  for (const Sums& sums : antiAffinity_) {
    if (sums.at(node.slot) > 0) return Status::unschedulable(kAntiAffinityRules);
  }
  for (const Sums& sums : existing_) {
    if (sums.at(node.slot) > 0) return Status::unschedulable(kExistingRules);
  }
  return {};
}

Status InterPodAffinity::preScore(const Cycle& cycle, Nodes) {
  scores_.clear();
  const auto start = [&](Key key) -> Sums& {
    Sums& sums = scores_.emplace_back();
    sums.start(cycle.cache.domains(key));
    return sums;
  };
  const auto& own = cycle.needs.affinity.preferred;
  const auto& ownAnti = cycle.needs.antiAffinity.preferred;
  for (const PodAffinityTerm& t : own) {
    addCounts(cycle, selectorOf(AffinityTerm::from(t, cycle.ns())), t.weight, start(t.topologyKey));
  }
  for (const PodAffinityTerm& t : ownAnti) {
    addCounts(cycle, selectorOf(AffinityTerm::from(t, cycle.ns())), -t.weight, start(t.topologyKey));
  }
  const auto& carried = cycle.cache.carriers().all();
  if (!carried.empty()) {
    const Value namespaceLabels = listers_.namespaceLabels(cycle.ns().asString());
    for (const auto& [identity, carrier] : carried) {
      using Kind = AffinityCarriers::Kind;
      if (carrier.kind == Kind::RequiredAntiAffinity) continue;
      if (!carrier.term.matches(cycle.ns().asString(), namespaceLabels, cycle.labels())) continue;
      std::int64_t weight = kHardPodAffinityWeight;
      if (carrier.kind == Kind::Preferred) weight = carrier.weight;
      if (carrier.kind == Kind::PreferredAnti) weight = -carrier.weight;
      Sums& sums = start(carrier.term.topologyKey);
      for (const auto& [slot, pods] : carrier.podsBySlot) sums.add(slot, weight * pods);
    }
  }
  std::erase_if(scores_, [](const Sums& sums) { return !sums.any; });
  return scores_.empty() ? Status::skip() : Status{};
}

void InterPodAffinity::score(const Cycle&, Nodes nodes, Scores scores) {
  std::int64_t lowest = std::numeric_limits<std::int64_t>::max();
  std::int64_t highest = std::numeric_limits<std::int64_t>::min();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (const Sums& sums : scores_) scores[i] += sums.at(nodes[i]->slot);
    lowest = std::min(lowest, scores[i]);
    highest = std::max(highest, scores[i]);
  }
  const auto range = static_cast<double>(highest - lowest);
  for (std::int64_t& s : scores) {
    const double share = highest > lowest ? static_cast<double>(s - lowest) / range : 0;
    s = static_cast<std::int64_t>(static_cast<double>(kMaxNodeScore) * share);
  }
}

// Would `other`, coming or going, touch one of the pod's terms, or one of its own touch the pod?
bool InterPodAffinity::allows(const Value& pod, const Value& other, const PodRequirements& needs) const {
  const std::string_view otherNs = api::namespaceOf(other);
  const Value otherNsLabels = listers_.namespaceLabels(otherNs);
  const Value& ns = api::meta(pod)[keys::namespace_];
  const auto touches = [&](const std::vector<PodAffinityTerm>& of) {
    return std::any_of(of.begin(), of.end(), [&](const PodAffinityTerm& t) {
      return AffinityTerm::from(t, ns).matches(otherNs, otherNsLabels, api::labels(other));
    });
  };
  if (touches(needs.affinity.required) || touches(needs.antiAffinity.required)) return true;
  const PodRequirements theirs = decodeRequirements(other[keys::spec]);
  const Value nsLabels = listers_.namespaceLabels(ns.asString());
  return std::any_of(theirs.antiAffinity.required.begin(), theirs.antiAffinity.required.end(),
                     [&](const PodAffinityTerm& t) {
                       return AffinityTerm::from(t, api::meta(other)[keys::namespace_])
                           .matches(ns.asString(), nsLabels, api::labels(pod));
                     });
}

bool InterPodAffinity::mayHelp(const Value& pod, const PodRequirements& needs, const ClusterEvent& event) {
  if ((event.types & event_type::kAssignedPod) == 0) return true;
  return (!event.before.isNull() && allows(pod, event.before, needs)) ||
         (!event.after.isNull() && allows(pod, event.after, needs));
}

}  // namespace

std::unique_ptr<Plugin> interPodAffinity(const Listers& listers) {
  return std::make_unique<InterPodAffinity>(listers);
}

}  // namespace pilothouse::scheduler::plugins
