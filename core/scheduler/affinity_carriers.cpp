#include "core/scheduler/affinity_carriers.hpp"

#include <algorithm>

namespace pilothouse::scheduler {

bool AffinityTerm::matches(std::string_view ns, const Value& namespaceLabels, const Value& labels) const {
  const bool named =
      std::any_of(namespaces.begin(), namespaces.end(), [ns](const Value& n) { return n.asString() == ns; });
  return (named || namespaceSelector.matches(namespaceLabels)) && selector.matches(labels);
}

AffinityTerm AffinityTerm::from(const PodAffinityTerm& term, const Value& podNamespace) {
  AffinityTerm result;
  if (term.namespaces.empty() && term.namespaceSelector.isNull()) {
    result.namespaces.push_back(podNamespace);
  } else {
    const auto named = term.namespaces.items();
    result.namespaces.assign(named.begin(), named.end());
  }
  result.namespaceSelector = LabelSelector::fromObject(term.namespaceSelector);
  result.selector = LabelSelector::fromObject(term.labelSelector);
  result.topologyKey = term.topologyKey;
  return result;
}

void AffinityCarriers::change(const PodRequirements& pod, const Value& ns, std::uint32_t slot, int by) {
  for (const auto& t : pod.affinity.required) changeTerm(Kind::RequiredAffinity, t, ns, slot, by);
  for (const auto& t : pod.antiAffinity.required) changeTerm(Kind::RequiredAntiAffinity, t, ns, slot, by);
  for (const auto& t : pod.affinity.preferred) changeTerm(Kind::Preferred, t, ns, slot, by);
  for (const auto& t : pod.antiAffinity.preferred) changeTerm(Kind::PreferredAnti, t, ns, slot, by);
}

void AffinityCarriers::changeTerm(Kind kind, const PodAffinityTerm& term, const Value& ns, std::uint32_t slot,
                                  int by) {
  AffinityTerm ready = AffinityTerm::from(term, ns);
  std::string identity = std::to_string(static_cast<int>(kind)) + " " + std::to_string(term.weight) + " ";
  for (const Value& n : ready.namespaces) identity.append(n.asString()).append(",");
  if (!ready.namespaceSelector.matchesNothing()) identity += " in " + ready.namespaceSelector.toString();
  identity.append(" by ").append(term.topologyKey.text());
  if (!ready.selector.matchesNothing()) identity += " of " + ready.selector.toString();
  if (by > 0) {
    const auto [at, isNew] = carried_.try_emplace(std::move(identity));
    if (isNew) at->second = {kind, term.weight, std::move(ready), {}};
    ++at->second.podsBySlot[slot];
    return;
  }
  const auto at = carried_.find(identity);
  if (at == carried_.end()) return;
  const auto place = at->second.podsBySlot.find(slot);
  if (place != at->second.podsBySlot.end() && --place->second == 0) at->second.podsBySlot.erase(place);
  if (at->second.podsBySlot.empty()) carried_.erase(at);
}

}  // namespace pilothouse::scheduler
