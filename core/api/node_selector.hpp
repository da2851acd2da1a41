#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/value/selector.hpp"
#include "core/value/value.hpp"

namespace pilothouse::api {

/// One term of a node selector: all its requirements must hold (component-helpers' nodeaffinity).
struct NodeSelectorTerm {
  LabelSelector labels;  ///< matchExpressions
  struct NameRequirement {
    bool in = true;  ///< In, else NotIn
    Value name;
  };
  std::vector<NameRequirement> names;  ///< matchFields: metadata.name is the only field there is
  bool empty = false;                  ///< an empty term matches nothing

  [[nodiscard]] bool matches(const Value& nodeLabels, std::string_view nodeName) const;
  static NodeSelectorTerm from(const Value& term);
};

/// spec.nodeSelector and affinity.nodeAffinity of a pod.
struct RequiredNodeAffinity {
  std::optional<LabelSelector> nodeSelector;
  std::optional<std::vector<NodeSelectorTerm>> terms;  ///< any of them must match

  [[nodiscard]] bool any() const { return nodeSelector.has_value() || terms.has_value(); }
  [[nodiscard]] bool matches(const Value& nodeLabels, std::string_view nodeName) const;
};

struct PreferredNodeTerm {
  std::int64_t weight = 0;
  NodeSelectorTerm term;
};

RequiredNodeAffinity requiredNodeAffinity(const Value& podSpec);
std::vector<PreferredNodeTerm> preferredNodeTerms(const Value& podSpec);

}  // namespace pilothouse::api
