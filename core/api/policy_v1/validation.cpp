#include "core/api/policy_v1/validation.hpp"

#include "core/api/apps_v1/workload.hpp"
#include "core/api/keys.hpp"
#include "core/api/validation/conditions.hpp"
#include "core/api/validation/int_or_percent.hpp"
#include "core/api/validation/object_meta.hpp"

namespace pilothouse::api {
namespace {

const Key kMaxUnavailable = Key::intern("maxUnavailable");
const Key kMinAvailable = Key::intern("minAvailable");
const Key kUnhealthyPodEvictionPolicy = Key::intern("unhealthyPodEvictionPolicy");

// The spec as the type that kube-apiserver has inside names its fields.
Value internalSpec(const Value& spec) {
  return Value::object({{Key::intern("MinAvailable"), spec[kMinAvailable]},
                        {Key::intern("Selector"), spec[keys::selector]},
                        {Key::intern("MaxUnavailable"), spec[kMaxUnavailable]},
                        {Key::intern("UnhealthyPodEvictionPolicy"), spec[kUnhealthyPodEvictionPolicy]}});
}

void validateSpec(Errors& errors, const Value& spec) {
  const FieldPath path("spec");
  if (!spec[kMinAvailable].isNull() && !spec[kMaxUnavailable].isNull()) {
    errors.invalid(path, internalSpec(spec), "minAvailable and maxUnavailable cannot be both set");
  }
  for (const Key key : {kMinAvailable, kMaxUnavailable}) {
    validateIntOrPercent(errors, path.child(key.text()), spec[key]);
    validateNotMoreThanAll(errors, path.child(key.text()), spec[key]);
  }
  validateLabelSelector(errors, path.child("selector"), spec[keys::selector]);
  const Value& policy = spec[kUnhealthyPodEvictionPolicy];
  if (!policy.isNull() && policy.asString() != "AlwaysAllow" && policy.asString() != "IfHealthyBudget") {
    errors.notSupported(path.child("unhealthyPodEvictionPolicy"), policy, {"AlwaysAllow", "IfHealthyBudget"});
  }
}

}  // namespace

void validatePodDisruptionBudget(Errors& errors, const Value& budget) {
  validateSpec(errors, budget[keys::spec]);
  validateObjectMeta(errors, budget, true, &nameIsPathSegment);
}

void validatePodDisruptionBudgetUpdate(Errors& errors, const Value& budget, const Value& stored) {
  validateSpec(errors, budget[keys::spec]);
  validateObjectMetaUpdate(errors, budget, stored);
}

void validatePodDisruptionBudgetStatusUpdate(Errors& errors, const Value& budget, const Value& stored) {
  const Value& status = budget[keys::status];
  validateConditions(errors, FieldPath("status.conditions"), status[keys::conditions]);
  validateCounts(errors, status, {"disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"});
  validateObjectMetaUpdate(errors, budget, stored);
}

}  // namespace pilothouse::api
