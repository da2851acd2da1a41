#include <set>
#include <string>
#include <string_view>

#include "core/api/batch_v1/index_intervals.hpp"
#include "core/api/batch_v1/limits.hpp"
#include "core/api/batch_v1/validation.hpp"
#include "core/api/keys.hpp"

namespace pilothouse::api {
namespace {

using Supported = std::initializer_list<std::string_view>;

// Missing, or not one of a set that is told in order.
void validateChoice(Errors& errors, const FieldPath& path, const Value& chosen, Supported supported) {
  if (!chosen.asString().empty()) return errors.requiredOneOf(path, chosen, supported);
  std::string words = "valid values: [";
  for (const std::string_view one : supported) {
    if (words.back() != '[') words += ' ';
    words.append("\"").append(one).append("\"");
  }
  errors.required(path, words + "]");
}

bool hasContainer(const Value& podSpec, const Value& name) {
  for (const std::string_view list : {"containers", "initContainers"}) {
    for (const Value& container : podSpec[list].items()) {
      if (container[keys::name] == name) return true;
    }
  }
  return false;
}

void validateExitCodes(Errors& errors, const FieldPath& path, const Value& codes, const Value& podSpec) {
  const Value& op = codes["operator"];
  validateChoice(errors, path.child("operator"), op, {"In", "NotIn"});
  const Value& container = codes["containerName"];
  if (!container.isNull() && !hasContainer(podSpec, container)) {
    errors.invalid(path.child("containerName"), container,
                   "must be one of the container or initContainer names in the pod template");
  }
  const Value& values = codes["values"];
  const FieldPath at = path.child("values");
  if (values.empty()) {
    errors.invalid(at, values.isNull() ? Value::emptyArray() : values, "at least one value is required");
  } else if (values.size() > kExitCodesMax) {
    errors.tooMany(at, values.size(), kExitCodesMax);
  }
  bool ordered = true;
  std::set<std::int64_t> seen;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::int64_t code = values.item(i).asInt();
    if (op.asString() == "In" && code == 0) {
      errors.invalid(at.item(i), values.item(i), "must not be 0 for the In operator");
    }
    if (!seen.insert(code).second) errors.duplicate(at.item(i), values.item(i));
    if (i > 0 && values.item(i - 1).asInt() > code) ordered = false;
  }
  if (!ordered) errors.invalid(at, values, "must be ordered");
}

void validateConditions(Errors& errors, const FieldPath& path, const Value& patterns) {
  if (patterns.size() > kConditionPatternsMax) errors.tooMany(path, patterns.size(), kConditionPatternsMax);
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    const FieldPath at = path.item(i);
    const std::string_view type = patterns.item(i)[keys::type].asString();
    errors.invalid(at.child("type"), Value(type), isQualifiedName(type));
    validateChoice(errors, at.child("status"), patterns.item(i)[keys::status], {"False", "True", "Unknown"});
  }
}

void validateFailureRule(Errors& errors, const FieldPath& path, const Value& rule, const Value& spec) {
  const Value& action = rule["action"];
  if (action.asString() != "FailIndex") {
    validateChoice(errors, path.child("action"), action, {"Count", "FailIndex", "FailJob", "Ignore"});
  } else if (spec["backoffLimitPerIndex"].isNull()) {
    errors.invalid(path.child("action"), action, "requires the backoffLimitPerIndex to be set");
  }
  const Value& codes = rule["onExitCodes"];
  const Value& patterns = rule["onPodConditions"];
  if (codes.isObject()) {
    validateExitCodes(errors, path.child("onExitCodes"), codes, spec[keys::template_][keys::spec]);
  }
  validateConditions(errors, path.child("onPodConditions"), patterns);
  if (codes.isObject() && !patterns.empty()) {
    errors.invalidPart(path, "specifying both OnExitCodes and OnPodConditions is not supported");
  } else if (!codes.isObject() && patterns.empty()) {
    errors.invalidPart(path, "specifying one of OnExitCodes and OnPodConditions is required");
  }
}

void validateSuccessRule(Errors& errors, const FieldPath& path, const Value& rule, const Value& spec) {
  const Value& count = rule["succeededCount"];
  const Value& indexes = rule["succeededIndexes"];
  const std::int64_t completions = spec["completions"].asInt();
  if (count.isNull() && indexes.isNull()) {
    errors.required(path, "at least one of succeededCount or succeededIndexes must be specified");
  }
  std::int64_t total = 0;
  if (!indexes.isNull()) {
    const FieldPath at = path.child("succeededIndexes");
    if (indexes.asString().size() > kSucceededIndexesMax) errors.tooLong(at, kSucceededIndexesMax);
    const IndexIntervals read = readIndexIntervals(indexes.asString(), completions);
    if (!read.error.empty()) errors.invalid(at, indexes, "error parsing succeededIndexes: " + read.error);
    total = read.total;
  }
  if (count.isNull()) return;
  const FieldPath at = path.child("succeededCount");
  errors.nonNegative(at, count);
  if (count.asInt() > completions) {
    errors.invalid(at, count,
                   "must be less than or equal to " + std::to_string(completions) +
                       " (the number of specified completions)");
  }
  if (!indexes.isNull() && count.asInt() > total) {
    errors.invalid(at, count,
                   "must be less than or equal to " + std::to_string(total) +
                       " (the number of indexes in the specified succeededIndexes field)");
  }
}

}  // namespace

void validatePodFailurePolicy(Errors& errors, const FieldPath& path, const Value& spec) {
  const Value& rules = spec["podFailurePolicy"]["rules"];
  const FieldPath at = path.child("rules");
  if (rules.size() > kPolicyRulesMax) errors.tooMany(at, rules.size(), kPolicyRulesMax);
  for (std::size_t i = 0; i < rules.size(); ++i) {
    validateFailureRule(errors, at.item(i), rules.item(i), spec);
  }
}

void validateSuccessPolicy(Errors& errors, const FieldPath& path, const Value& spec) {
  const Value& rules = spec["successPolicy"]["rules"];
  const FieldPath at = path.child("rules");
  if (rules.empty()) {
    errors.required(at, "at least one rules must be specified when the successPolicy is specified");
  }
  if (rules.size() > kPolicyRulesMax) errors.tooMany(at, rules.size(), kPolicyRulesMax);
  for (std::size_t i = 0; i < rules.size(); ++i) {
    validateSuccessRule(errors, at.item(i), rules.item(i), spec);
  }
}

}  // namespace pilothouse::api
