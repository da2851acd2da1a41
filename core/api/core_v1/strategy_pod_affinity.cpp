#include <vector>

#include "core/api/core_v1/strategies.hpp"
#include "core/api/keys.hpp"

namespace pilothouse::api {
namespace {

const Key kAffinity = Key::intern("affinity");
const Key kKey = Key::intern("key");
const Key kLabelSelector = Key::intern("labelSelector");
const Key kMatchLabelKeys = Key::intern("matchLabelKeys");
const Key kMismatchLabelKeys = Key::intern("mismatchLabelKeys");
const Key kOperator = Key::intern("operator");
const Key kPodAffinity = Key::intern("podAffinity");
const Key kPodAffinityTerm = Key::intern("podAffinityTerm");
const Key kPodAntiAffinity = Key::intern("podAntiAffinity");
const Key kPreferred = Key::intern("preferredDuringSchedulingIgnoredDuringExecution");
const Key kRequired = Key::intern("requiredDuringSchedulingIgnoredDuringExecution");
const Key kValues = Key::intern("values");

void addRequirements(std::vector<Value>& requirements, const Value& labelKeys, std::string_view op,
                     const Value& labels) {
  for (const Value& key : labelKeys.items()) {
    const Value& value = labels[key.asString()];
    if (value.isNull()) continue;
    requirements.push_back(Value::object({{kKey, key}, {kOperator, op}, {kValues, Value::array({value})}}));
  }
}

Value mergedTerm(const Value& term, const Value& labels) {
  const Value& selector = term[kLabelSelector];
  if (!selector.isObject() || (term[kMatchLabelKeys].empty() && term[kMismatchLabelKeys].empty()))
    return term;
  const auto before = selector[keys::matchExpressions].items();
  std::vector<Value> requirements(before.begin(), before.end());
  addRequirements(requirements, term[kMatchLabelKeys], "In", labels);
  addRequirements(requirements, term[kMismatchLabelKeys], "NotIn", labels);
  if (requirements.size() == before.size()) return term;
  return term.withPath({kLabelSelector, keys::matchExpressions}, Value::array(requirements));
}

Value mergedTerms(const Value& terms, bool weighted, const Value& labels) {
  std::vector<Value> merged(terms.items().begin(), terms.items().end());
  bool changed = false;
  for (Value& term : merged) {
    const Value& inner = weighted ? term[kPodAffinityTerm] : term;
    Value result = mergedTerm(inner, labels);
    if (result.sameAs(inner)) continue;
    term = weighted ? term.with(kPodAffinityTerm, result) : result;
    changed = true;
  }
  return changed ? Value::array(merged) : terms;
}

}  // namespace

Value withMatchLabelKeys(const Value& spec, const Value& labels) {
  if (!spec[kAffinity].isObject()) return spec;
  Value result = spec;
  for (const Key kind : {kPodAffinity, kPodAntiAffinity}) {
    for (const Key list : {kRequired, kPreferred}) {
      const Value terms = result[kAffinity][kind][list];
      if (terms.empty()) continue;
      Value merged = mergedTerms(terms, list == kPreferred, labels);
      if (!merged.sameAs(terms)) result = result.withPath({kAffinity, kind, list}, std::move(merged));
    }
  }
  return result;
}

}  // namespace pilothouse::api
