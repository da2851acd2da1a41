#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/scheduler/pod_requirements.hpp"
#include "core/value/selector.hpp"

namespace pilothouse::scheduler {

/// An affinity term made ready for a pod's namespace (framework.AffinityTerm).
struct AffinityTerm {
  std::vector<Value> namespaces;
  LabelSelector namespaceSelector = LabelSelector::nothing();
  LabelSelector selector = LabelSelector::nothing();
  Key topologyKey;

  [[nodiscard]] bool matches(std::string_view ns, const Value& namespaceLabels, const Value& labels) const;
  static AffinityTerm from(const PodAffinityTerm& term, const Value& podNamespace);
};

/// The affinity terms that pods on nodes carry, each once, with the nodes of its carriers. Empty, and so
/// without any cost, while no pod uses affinity.
class AffinityCarriers {
 public:
  enum class Kind : std::uint8_t { RequiredAffinity, RequiredAntiAffinity, Preferred, PreferredAnti };
  struct Carried {
    Kind kind{};
    std::int64_t weight = 0;
    AffinityTerm term;
    std::map<std::uint32_t, std::uint32_t> podsBySlot;
  };

  void add(const PodRequirements& pod, const Value& ns, std::uint32_t slot) { change(pod, ns, slot, 1); }
  void remove(const PodRequirements& pod, const Value& ns, std::uint32_t slot) { change(pod, ns, slot, -1); }
  [[nodiscard]] const std::map<std::string, Carried>& all() const { return carried_; }

 private:
  void change(const PodRequirements& pod, const Value& ns, std::uint32_t slot, int by);
  void changeTerm(Kind kind, const PodAffinityTerm& term, const Value& ns, std::uint32_t slot, int by);
  std::map<std::string, Carried> carried_;  ///< by the term's content
};

}  // namespace pilothouse::scheduler
