#include "core/api/apps_v1/validation.hpp"

#include "core/api/core_v1/validation.hpp"
#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/api/validation/object_meta.hpp"
#include "core/value/selector.hpp"

namespace pilothouse::api {
namespace {

// ValidatePodTemplateSpecForReplicaSet.
void validateTemplate(Errors& errors, const FieldPath& specPath, const Value& spec) {
  const FieldPath path = specPath.child("template");
  const Value& podTemplate = spec[keys::template_];
  const Value& labels = api::labels(podTemplate);
  const LabelSelector selector = LabelSelector::fromObject(spec[keys::selector]);
  if (!selector.empty() && !selector.matches(labels)) {
    errors.invalid(path.child("metadata.labels"), labels.isNull() ? Value::emptyObject() : labels,
                   "`selector` does not match template `labels`");
  }
  validatePodTemplate(errors, path, podTemplate);
  const Value& restartPolicy = podTemplate[keys::spec]["restartPolicy"];
  if (restartPolicy.asString() != "Always") {
    errors.notSupported(path.child("spec.restartPolicy"), restartPolicy, {"Always"});
  }
  if (!podTemplate[keys::spec]["activeDeadlineSeconds"].isNull()) {
    errors.forbidden(path.child("spec.activeDeadlineSeconds"),
                     "activeDeadlineSeconds in ReplicaSet is not Supported");
  }
}

void validateSelectorAndTemplate(Errors& errors, const FieldPath& path, const Value& spec) {
  const FieldPath at = path.child("selector");
  const Value& selector = spec[keys::selector];
  if (!selector.isObject()) {
    errors.required(at);
  } else {
    const std::size_t before = errors.size();
    validateLabelSelector(errors, at, selector);
    if (errors.size() > before) return errors.invalid(at, selector, "invalid label selector");
    if (selector[keys::matchLabels].empty() && selector[keys::matchExpressions].empty()) {
      errors.invalid(at, selector, "empty selector is invalid for deployment");
    }
  }
  validateTemplate(errors, path, spec);
}

bool isPercent(const Value& value) { return value.isString() && api::isPercent(value.asString()).empty(); }

// getIntOrPercentValue, where a text that is no percentage counts as 0.
std::int64_t amountOf(const Value& value) {
  if (!isPercent(value)) return value.asInt(0);
  std::int64_t amount = 0;
  for (const char c : value.asString()) {
    if (c >= '0' && c <= '9' && amount < 1'000'000) amount = amount * 10 + (c - '0');
  }
  return amount;
}

void validateIntOrPercent(Errors& errors, const FieldPath& path, const Value& value) {
  if (value.isString()) {
    errors.invalid(path, value, api::isPercent(value.asString()));
  } else {
    errors.nonNegative(path, value);
  }
}

void validateRollingUpdate(Errors& errors, const FieldPath& path, const Value& update) {
  const Value& unavailable = update["maxUnavailable"];
  const Value& surge = update["maxSurge"];
  const FieldPath at = path.child("maxUnavailable");
  validateIntOrPercent(errors, at, unavailable);
  validateIntOrPercent(errors, path.child("maxSurge"), surge);
  if (amountOf(unavailable) == 0 && amountOf(surge) == 0) {
    errors.invalid(at, unavailable, "may not be 0 when `maxSurge` is 0");
  }
  if (isPercent(unavailable) && amountOf(unavailable) > 100) {
    errors.invalid(at, unavailable, "must not be greater than 100%");
  }
}

void validateStrategy(Errors& errors, const FieldPath& path, const Value& strategy) {
  const std::string_view type = strategy[keys::type].asString();
  const Value& rolling = strategy["rollingUpdate"];
  if (type == "Recreate") {
    if (rolling.isObject()) {
      errors.forbidden(path.child("rollingUpdate"),
                       "may not be specified when strategy `type` is 'Recreate'");
    }
  } else if (type != "RollingUpdate") {
    errors.notSupported(path, strategy, {"Recreate", "RollingUpdate"});
  } else if (!rolling.isObject()) {
    errors.required(path.child("rollingUpdate"), "this should be defaulted and never be nil");
  } else {
    validateRollingUpdate(errors, path.child("rollingUpdate"), rolling);
  }
}

void validateDeploymentSpec(Errors& errors, const Value& spec) {
  const FieldPath path("spec");
  errors.nonNegative(path.child("replicas"), spec[keys::replicas]);
  validateSelectorAndTemplate(errors, path, spec);
  validateStrategy(errors, path.child("strategy"), spec[keys::strategy]);
  errors.nonNegative(path.child("minReadySeconds"), spec["minReadySeconds"]);
  errors.nonNegative(path.child("revisionHistoryLimit"), spec["revisionHistoryLimit"]);
  const Value& deadline = spec["progressDeadlineSeconds"];
  errors.nonNegative(path.child("progressDeadlineSeconds"), deadline);
  if (deadline.isInt() && deadline.asInt() <= spec["minReadySeconds"].asInt()) {
    errors.invalid(path.child("progressDeadlineSeconds"), deadline, "must be greater than minReadySeconds");
  }
}

void validateReplicaSetSpec(Errors& errors, const Value& spec) {
  const FieldPath path("spec");
  errors.nonNegative(path.child("replicas"), spec[keys::replicas]);
  errors.nonNegative(path.child("minReadySeconds"), spec["minReadySeconds"]);
  validateSelectorAndTemplate(errors, path, spec);
}

void validateNotAbove(Errors& errors, const FieldPath& path, const Value& status, std::string_view field,
                      std::string_view limit, std::string_view why) {
  if (status[field].asInt() > status[limit].asInt()) errors.invalid(path.child(field), status[field], why);
}

void validateCounts(Errors& errors, const Value& status, std::initializer_list<std::string_view> counted,
                    std::initializer_list<std::string_view> withinReplicas) {
  const FieldPath path("status");
  for (const std::string_view field : counted) errors.nonNegative(path.child(field), status[field]);
  for (const std::string_view field : withinReplicas) {
    validateNotAbove(errors, path, status, field, "replicas", "cannot be greater than status.replicas");
  }
  validateNotAbove(errors, path, status, "availableReplicas", "readyReplicas",
                   "cannot be greater than readyReplicas");
}

}  // namespace

void validateDeployment(Errors& errors, const Value& deployment) {
  validateObjectMeta(errors, deployment, true, &nameIsDnsSubdomain);
  validateDeploymentSpec(errors, deployment[keys::spec]);
}

void validateDeploymentUpdate(Errors& errors, const Value& deployment, const Value& stored) {
  validateObjectMetaUpdate(errors, deployment, stored);
  const Value& now = deployment[keys::spec];
  const Value& before = stored[keys::spec];
  if (now.sameAs(before)) return;
  validateDeploymentSpec(errors, now);
  errors.immutable(FieldPath("spec.selector"), now[keys::selector], before[keys::selector]);
}

void validateDeploymentStatusUpdate(Errors& errors, const Value& deployment, const Value& stored) {
  validateObjectMetaUpdate(errors, deployment, stored);
  const Value& status = deployment[keys::status];
  validateCounts(errors, status,
                 {"observedGeneration", "replicas", "updatedReplicas", "readyReplicas", "availableReplicas",
                  "unavailableReplicas", "collisionCount"},
                 {"updatedReplicas", "readyReplicas", "availableReplicas"});
  const Value& collisions = status["collisionCount"];
  if (collisions.asInt() < stored[keys::status]["collisionCount"].asInt()) {
    errors.invalid(FieldPath("status.collisionCount"), Value(collisions.asInt()), "cannot be decremented");
  }
}

void validateReplicaSet(Errors& errors, const Value& replicaSet) {
  validateObjectMeta(errors, replicaSet, true, &nameIsDnsSubdomain);
  validateReplicaSetSpec(errors, replicaSet[keys::spec]);
}

void validateReplicaSetUpdate(Errors& errors, const Value& replicaSet, const Value& stored) {
  validateObjectMetaUpdate(errors, replicaSet, stored);
  const Value& now = replicaSet[keys::spec];
  const Value& before = stored[keys::spec];
  if (now.sameAs(before)) return;
  validateReplicaSetSpec(errors, now);
  errors.immutable(FieldPath("spec.selector"), now[keys::selector], before[keys::selector]);
}

void validateReplicaSetStatusUpdate(Errors& errors, const Value& replicaSet, const Value& stored) {
  validateObjectMetaUpdate(errors, replicaSet, stored);
  validateCounts(
      errors, replicaSet[keys::status],
      {"replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas", "observedGeneration"},
      {"fullyLabeledReplicas", "readyReplicas", "availableReplicas"});
}

}  // namespace pilothouse::api
