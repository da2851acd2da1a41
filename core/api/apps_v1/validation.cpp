#include "core/api/apps_v1/validation.hpp"

#include "core/api/apps_v1/workload.hpp"
#include "core/api/core_v1/validation.hpp"
#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/api/validation/int_or_percent.hpp"
#include "core/api/validation/object_meta.hpp"

namespace pilothouse::api {
namespace {

// ValidatePodTemplateSpecForReplicaSet.
void validateTemplate(Errors& errors, const FieldPath& specPath, const Value& spec) {
  const FieldPath path = specPath.child("template");
  const Value& podTemplate = spec[keys::template_];
  validateSelectsTemplate(errors, path, LabelSelector::fromObject(spec[keys::selector]), podTemplate);
  validatePodTemplate(errors, path, podTemplate);
  validateRunsForEver(errors, path, podTemplate, "ReplicaSet");
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

void validateRollingUpdate(Errors& errors, const FieldPath& path, const Value& update) {
  const Value& unavailable = update["maxUnavailable"];
  const Value& surge = update["maxSurge"];
  const FieldPath at = path.child("maxUnavailable");
  validateIntOrPercent(errors, at, unavailable);
  validateIntOrPercent(errors, path.child("maxSurge"), surge);
  if (intOrPercentAmount(unavailable) == 0 && intOrPercentAmount(surge) == 0) {
    errors.invalid(at, unavailable, "may not be 0 when `maxSurge` is 0");
  }
  validateNotMoreThanAll(errors, at, unavailable);
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
  validateAvailable(errors, status, "cannot be greater than readyReplicas");
  validateCollisionCount(errors, deployment, stored);
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
  validateReplicaCounts(errors, replicaSet[keys::status]);
}

}  // namespace pilothouse::api
