#include <string>
#include <unordered_set>

#include "core/api/core_v1/validation_pod_parts.hpp"
#include "core/api/validation/object_meta.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kRequired = "requiredDuringSchedulingIgnoredDuringExecution";
constexpr std::string_view kPreferred = "preferredDuringSchedulingIgnoredDuringExecution";

void validateLabelName(Errors& errors, const FieldPath& path, const Value& name) {
  errors.invalid(path, Value(name.asString()), isQualifiedName(name.asString()));
}

void validateNodeSelectorRequirement(Errors& errors, const FieldPath& path, const Value& requirement,
                                     bool checkValues) {
  const std::string_view op = requirement["operator"].asString();
  const Value& values = requirement["values"];
  if (op == "In" || op == "NotIn") {
    if (values.empty()) {
      errors.required(path.child("values"), "must be specified when `operator` is 'In' or 'NotIn'");
    }
  } else if (op == "Exists" || op == "DoesNotExist") {
    if (!values.empty()) {
      errors.forbidden(path.child("values"),
                       "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    }
  } else if (op == "Gt" || op == "Lt") {
    if (values.size() != 1) {
      errors.required(path.child("values"), "must be specified single value when `operator` is 'Lt' or 'Gt'");
    }
  } else {
    errors.invalid(path.child("operator"), Value(op), "not a valid selector operator");
  }
  validateLabelName(errors, path.child("key"), requirement["key"]);
  for (std::size_t i = 0; checkValues && i < values.size(); ++i) {
    errors.invalid(path.item("values", i), values.item(i), isLabelValue(values.item(i).asString()));
  }
}

void validateNodeFieldRequirement(Errors& errors, const FieldPath& path, const Value& requirement) {
  const std::string_view op = requirement["operator"].asString();
  const Value& values = requirement["values"];
  if (op != "In" && op != "NotIn") {
    errors.invalid(path.child("operator"), Value(op), "not a valid selector operator");
  } else if (values.size() != 1) {
    errors.required(path.child("values"),
                    "must be only one value when `operator` is 'In' or 'NotIn' for node field selector");
  }
  if (requirement["key"].asString() != "metadata.name") {
    return errors.invalid(path.child("key"), Value(requirement["key"].asString()),
                          "not a valid field selector key");
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    errors.invalid(path.item("values", i), values.item(i), isDns1123Subdomain(values.item(i).asString()));
  }
}

void validateNodeSelectorTerm(Errors& errors, const FieldPath& path, const Value& term, bool checkValues) {
  const Value& expressions = term["matchExpressions"];
  for (std::size_t i = 0; i < expressions.size(); ++i) {
    validateNodeSelectorRequirement(errors, path.item("matchExpressions", i), expressions.item(i),
                                    checkValues);
  }
  const Value& fields = term["matchFields"];
  for (std::size_t i = 0; i < fields.size(); ++i) {
    validateNodeFieldRequirement(errors, path.item("matchFields", i), fields.item(i));
  }
}

void validateWeight(Errors& errors, const FieldPath& path, const Value& weight) {
  if (weight.asInt() <= 0 || weight.asInt() > 100) {
    errors.invalid(path.child("weight"), Value(weight.asInt()), "must be in the range 1-100");
  }
}

void validateNodeAffinity(Errors& errors, const FieldPath& path, const Value& affinity) {
  if (const Value& required = affinity[kRequired]; required.isObject()) {
    validateNodeSelector(errors, path.child(kRequired), required);
  }
  const Value& preferred = affinity[kPreferred];
  for (std::size_t i = 0; i < preferred.size(); ++i) {
    const FieldPath at = path.item(kPreferred, i);
    validateWeight(errors, at, preferred.item(i)["weight"]);
    validateNodeSelectorTerm(errors, at.child("preference"), preferred.item(i)["preference"], false);
  }
}

void validateLabelKeys(Errors& errors, const FieldPath& path, const Value& labelKeys, const Value& selector) {
  if (labelKeys.empty()) return;
  if (!selector.isObject()) {
    return errors.forbidden(path, "must not be specified when labelSelector is not set");
  }
  for (std::size_t i = 0; i < labelKeys.size(); ++i) {
    validateLabelName(errors, path.item(i), labelKeys.item(i));
  }
}

void validateMatchLabelKeys(Errors& errors, const FieldPath& path, const Value& term) {
  const Value& selector = term["labelSelector"];
  const Value& match = term["matchLabelKeys"];
  const Value& mismatch = term["mismatchLabelKeys"];
  validateLabelKeys(errors, path.child("matchLabelKeys"), match, selector);
  validateLabelKeys(errors, path.child("mismatchLabelKeys"), mismatch, selector);
  std::unordered_set<std::string_view> mismatched;
  for (const Value& key : mismatch.items()) mismatched.insert(key.asString());
  for (std::size_t i = 0; i < match.size(); ++i) {
    if (mismatched.count(match.item(i).asString()) == 0) continue;
    errors.invalid(path.item("matchLabelKeys", i), match.item(i),
                   "exists in both matchLabelKeys and mismatchLabelKeys");
  }
}

void validatePodAffinityTerm(Errors& errors, const FieldPath& path, const Value& term) {
  validateLabelSelector(errors, path.child("labelSelector"), term["labelSelector"]);
  validateLabelSelector(errors, path.child("namespaceSelector"), term["namespaceSelector"]);
  for (const Value& ns : term["namespaces"].items()) {
    errors.invalid(path.child("namespace"), ns, isDns1123Label(ns.asString()));
  }
  validateMatchLabelKeys(errors, path, term);
  const Value& topologyKey = term["topologyKey"];
  if (topologyKey.asString().empty()) errors.required(path.child("topologyKey"), "can not be empty");
  validateLabelName(errors, path.child("topologyKey"), topologyKey);
}

void validatePodAffinity(Errors& errors, const FieldPath& path, const Value& affinity) {
  const Value& required = affinity[kRequired];
  for (std::size_t i = 0; i < required.size(); ++i) {
    validatePodAffinityTerm(errors, path.item(kRequired, i), required.item(i));
  }
  const Value& preferred = affinity[kPreferred];
  for (std::size_t i = 0; i < preferred.size(); ++i) {
    const FieldPath at = path.item(kPreferred, i);
    validateWeight(errors, at, preferred.item(i)["weight"]);
    validatePodAffinityTerm(errors, at.child("podAffinityTerm"), preferred.item(i)["podAffinityTerm"]);
  }
}

void validateTolerationOperator(Errors& errors, const FieldPath& path, const Value& toleration) {
  const std::string_view op = toleration["operator"].asString();
  const Value& value = toleration["value"];
  if (op.empty() || op == "Equal") {
    const Messages wrong = isLabelValue(value.asString());
    if (!wrong.empty()) errors.invalid(path.child("operator"), value, joined(wrong, ";"));
  } else if (op == "Exists") {
    if (!value.asString().empty()) {
      errors.invalid(path.child("operator"), value, "value must be empty when `operator` is 'Exists'");
    }
  } else {
    errors.notSupported(path.child("operator"), toleration["operator"], {"Equal", "Exists"});
  }
}

void validateInclusionPolicy(Errors& errors, const FieldPath& path, const Value& policy) {
  if (policy.isNull() || policy.asString() == "Honor" || policy.asString() == "Ignore") return;
  errors.notSupported(path, policy, {"Honor", "Ignore"});
}

void validateMinDomains(Errors& errors, const FieldPath& path, const Value& constraint) {
  const Value& domains = constraint["minDomains"];
  if (!domains.isInt()) return;
  if (domains.asInt() <= 0) errors.invalid(path, domains, kNotPositive);
  const Value& action = constraint["whenUnsatisfiable"];
  if (action.asString() != "DoNotSchedule") {
    errors.invalid(path, domains,
                   "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not " + action.toString());
  }
}

void validateSpreadLabelKeys(Errors& errors, const FieldPath& path, const Value& constraint) {
  const Value& labelKeys = constraint["matchLabelKeys"];
  const Value& selector = constraint["labelSelector"];
  if (labelKeys.empty()) return;
  std::unordered_set<std::string_view> selected;
  for (const Key key : selector["matchLabels"].memberKeys()) selected.insert(key.text());
  for (const Value& e : selector["matchExpressions"].items()) selected.insert(e["key"].asString());
  if (!selector.isObject()) errors.forbidden(path, "must not be specified when labelSelector is not set");
  for (std::size_t i = 0; i < labelKeys.size(); ++i) {
    validateLabelName(errors, path.item(i), labelKeys.item(i));
    if (selected.count(labelKeys.item(i).asString()) > 0) {
      errors.invalid(path.item(i), labelKeys.item(i), "exists in both matchLabelKeys and labelSelector");
    }
  }
}

}  // namespace

void validateNodeSelector(Errors& errors, const FieldPath& path, const Value& selector) {
  const Value& terms = selector["nodeSelectorTerms"];
  if (terms.empty()) {
    errors.required(path.child("nodeSelectorTerms"), "must have at least one node selector term");
  }
  for (std::size_t i = 0; i < terms.size(); ++i) {
    validateNodeSelectorTerm(errors, path.item("nodeSelectorTerms", i), terms.item(i), true);
  }
}

void validateTaintEffect(Errors& errors, const FieldPath& path, const Value& effect, bool allowEmpty) {
  const std::string_view text = effect.asString();
  if (text.empty() && !allowEmpty) return errors.required(path);
  if (text == "NoSchedule" || text == "PreferNoSchedule" || text == "NoExecute") return;
  errors.notSupported(path, Value(text), {"NoSchedule", "PreferNoSchedule", "NoExecute"});
}

void validateTolerations(Errors& errors, const FieldPath& path, const Value& tolerations) {
  for (std::size_t i = 0; i < tolerations.size(); ++i) {
    const FieldPath at = path.item(i);
    const Value& toleration = tolerations.item(i);
    const Value& key = toleration["key"];
    const Value op = toleration["operator"].asString();
    const Value effect = toleration["effect"].asString();
    if (!key.asString().empty()) validateLabelName(errors, at.child("key"), key);
    if (key.asString().empty() && op.asString() != "Exists") {
      errors.invalid(
          at.child("operator"), op,
          "operator must be Exists when `key` is empty, which means \"match all values and all keys\"");
    }
    if (!toleration["tolerationSeconds"].isNull() && effect.asString() != "NoExecute") {
      errors.invalid(at.child("effect"), effect,
                     "effect must be 'NoExecute' when `tolerationSeconds` is set");
    }
    validateTolerationOperator(errors, at, toleration);
    if (!effect.asString().empty()) validateTaintEffect(errors, at.child("effect"), effect, true);
  }
}

void validateAffinity(Errors& errors, const FieldPath& path, const Value& affinity) {
  validateNodeAffinity(errors, path.child("nodeAffinity"), affinity["nodeAffinity"]);
  validatePodAffinity(errors, path.child("podAffinity"), affinity["podAffinity"]);
  validatePodAffinity(errors, path.child("podAntiAffinity"), affinity["podAntiAffinity"]);
}

void validateTopologySpread(Errors& errors, const FieldPath& path, const Value& constraints) {
  // A pair that comes again is reported at every place before its last.
  std::unordered_set<std::string> later;
  std::vector<bool> repeated(constraints.size());
  for (std::size_t i = constraints.size(); i-- > 0;) {
    const Value& constraint = constraints.item(i);
    std::string pair =
        "{" + constraint["topologyKey"].toString() + ", " + constraint["whenUnsatisfiable"].toString() + "}";
    repeated[i] = !later.insert(std::move(pair)).second;
  }
  for (std::size_t i = 0; i < constraints.size(); ++i) {
    const FieldPath at = path.item(i);
    const Value& constraint = constraints.item(i);
    const Value& skew = constraint["maxSkew"];
    if (skew.asInt() <= 0) errors.invalid(at.child("maxSkew"), Value(skew.asInt()), kNotPositive);
    const Value& topologyKey = constraint["topologyKey"];
    if (topologyKey.asString().empty()) errors.required(at.child("topologyKey"), "can not be empty");
    const Value action = constraint["whenUnsatisfiable"].asString();
    if (action.asString() != "DoNotSchedule" && action.asString() != "ScheduleAnyway") {
      errors.notSupported(at.child("whenUnsatisfiable"), action, {"DoNotSchedule", "ScheduleAnyway"});
    }
    if (repeated[i]) {
      errors.duplicate(at.child("{topologyKey, whenUnsatisfiable}"),
                       Value("{" + topologyKey.toString() + ", " + action.toString() + "}"));
    }
    validateMinDomains(errors, at.child("minDomains"), constraint);
    validateInclusionPolicy(errors, at.child("nodeAffinityPolicy"), constraint["nodeAffinityPolicy"]);
    validateInclusionPolicy(errors, at.child("nodeTaintsPolicy"), constraint["nodeTaintsPolicy"]);
    validateSpreadLabelKeys(errors, at.child("matchLabelKeys"), constraint);
    validateLabelSelector(errors, at.child("labelSelector"), constraint["labelSelector"]);
  }
}

}  // namespace pilothouse::api
