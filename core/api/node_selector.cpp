#include "core/api/node_selector.hpp"

#include <algorithm>

#include "core/api/keys.hpp"

namespace pilothouse::api {
namespace {

const Key kAffinity = Key::intern("affinity");
const Key kKey = Key::intern("key");
const Key kMatchFields = Key::intern("matchFields");
const Key kNodeAffinity = Key::intern("nodeAffinity");
const Key kNodeSelector = Key::intern("nodeSelector");
const Key kNodeSelectorTerms = Key::intern("nodeSelectorTerms");
const Key kOperator = Key::intern("operator");
const Key kPreference = Key::intern("preference");
const Key kPreferred = Key::intern("preferredDuringSchedulingIgnoredDuringExecution");
const Key kRequired = Key::intern("requiredDuringSchedulingIgnoredDuringExecution");
const Key kValues = Key::intern("values");
const Key kWeight = Key::intern("weight");

std::optional<LabelSelector::Operator> operatorOf(std::string_view text) {
  using Operator = LabelSelector::Operator;
  if (text == "In") return Operator::In;
  if (text == "NotIn") return Operator::NotIn;
  if (text == "Exists") return Operator::Exists;
  if (text == "DoesNotExist") return Operator::DoesNotExist;
  if (text == "Gt") return Operator::GreaterThan;
  if (text == "Lt") return Operator::LessThan;
  return std::nullopt;
}

LabelSelector selectorOf(const Value& expressions) {
  LabelSelector selector = LabelSelector::everything();
  for (const Value& expression : expressions.items()) {
    const auto op = operatorOf(expression[kOperator].asString());
    if (!op) return LabelSelector::nothing();
    const auto values = expression[kValues].items();
    selector.add(
        {Key::intern(expression[kKey].asString()), *op, std::vector<Value>(values.begin(), values.end())});
  }
  return selector;
}

}  // namespace

bool NodeSelectorTerm::matches(const Value& nodeLabels, std::string_view nodeName) const {
  if (empty) return false;
  const bool named = std::all_of(names.begin(), names.end(), [nodeName](const NameRequirement& r) {
    return (r.name.asString() == nodeName) == r.in;
  });
  return named && labels.matches(nodeLabels);
}

NodeSelectorTerm NodeSelectorTerm::from(const Value& term) {
  NodeSelectorTerm result;
  result.empty = term[keys::matchExpressions].empty() && term[kMatchFields].empty();
  result.labels = selectorOf(term[keys::matchExpressions]);
  for (const Value& field : term[kMatchFields].items()) {
    result.names.push_back({field[kOperator].asString() != "NotIn", field[kValues].item(0)});
  }
  return result;
}

bool RequiredNodeAffinity::matches(const Value& nodeLabels, std::string_view nodeName) const {
  if (nodeSelector && !nodeSelector->matches(nodeLabels)) return false;
  if (!terms) return true;
  return std::any_of(terms->begin(), terms->end(),
                     [&](const NodeSelectorTerm& t) { return t.matches(nodeLabels, nodeName); });
}

RequiredNodeAffinity requiredNodeAffinity(const Value& podSpec) {
  RequiredNodeAffinity result;
  if (!podSpec[kNodeSelector].empty()) result.nodeSelector = LabelSelector::fromMap(podSpec[kNodeSelector]);
  const Value& required = podSpec.get(kAffinity, kNodeAffinity, kRequired);
  if (required.isObject()) {
    result.terms.emplace();
    for (const Value& term : required[kNodeSelectorTerms].items()) {
      result.terms->push_back(NodeSelectorTerm::from(term));
    }
  }
  return result;
}

std::vector<PreferredNodeTerm> preferredNodeTerms(const Value& podSpec) {
  std::vector<PreferredNodeTerm> result;
  for (const Value& preferred : podSpec.get(kAffinity, kNodeAffinity, kPreferred).items()) {
    const std::int64_t weight = preferred[kWeight].asInt();
    if (weight != 0) result.push_back({weight, NodeSelectorTerm::from(preferred[kPreference])});
  }
  return result;
}

}  // namespace pilothouse::api
