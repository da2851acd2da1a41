#include "core/api/apps_v1/validation.hpp"
#include "core/api/apps_v1/workload.hpp"
#include "core/api/core_v1/validation.hpp"
#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/api/validation/int_or_percent.hpp"
#include "core/api/validation/object_meta.hpp"

namespace pilothouse::api {
namespace {

// A pod on each node: either the old one goes first or the new one comes first.
void validateRollingUpdate(Errors& errors, const FieldPath& path, const Value& update) {
  const Value& unavailable = update["maxUnavailable"];
  const Value& surge = update["maxSurge"];
  const FieldPath unavailablePath = path.child("maxUnavailable");
  const FieldPath surgePath = path.child("maxSurge");
  validateIntOrPercent(errors, unavailablePath, unavailable);
  validateIntOrPercent(errors, surgePath, surge);
  validateNotMoreThanAll(errors, unavailablePath, unavailable);
  validateNotMoreThanAll(errors, surgePath, surge);
  const bool hasUnavailable = intOrPercentAmount(unavailable) != 0;
  const bool hasSurge = intOrPercentAmount(surge) != 0;
  if (hasUnavailable && hasSurge) {
    errors.invalid(surgePath, surge, "may not be set when maxUnavailable is non-zero");
  } else if (!hasUnavailable && !hasSurge) {
    errors.required(unavailablePath, "cannot be 0 when maxSurge is 0");
  }
}

void validateUpdateStrategy(Errors& errors, const FieldPath& path, const Value& strategy) {
  const std::string_view type = strategy[keys::type].asString();
  if (type == "OnDelete") return;
  if (type != "RollingUpdate") return errors.notSupported(path, strategy, {"RollingUpdate", "OnDelete"});
  const Value& update = strategy["rollingUpdate"];
  const FieldPath at = path.child("rollingUpdate");
  if (!update.isObject()) return errors.required(at);
  validateRollingUpdate(errors, at, update);
}

void validateSpec(Errors& errors, const Value& spec) {
  const FieldPath path("spec");
  const FieldPath templatePath = path.child("template");
  const Value& selector = spec[keys::selector];
  validateLabelSelector(errors, path.child("selector"), selector);
  const LabelSelector selects = LabelSelector::fromObject(selector);
  validateSelectsTemplate(errors, templatePath, selects, spec[keys::template_]);
  if (selector.isObject() && selector[keys::matchLabels].empty() &&
      selector[keys::matchExpressions].empty()) {
    errors.invalid(path.child("selector"), selector, "empty selector is invalid for daemonset");
  }
  validatePodTemplate(errors, templatePath, spec[keys::template_]);
  validateRunsForEver(errors, templatePath, spec[keys::template_], "DaemonSet");
  errors.nonNegative(path.child("minReadySeconds"), spec["minReadySeconds"]);
  validateUpdateStrategy(errors, path.child("updateStrategy"), spec["updateStrategy"]);
  errors.nonNegative(path.child("revisionHistoryLimit"), spec["revisionHistoryLimit"]);
}

}  // namespace

void validateDaemonSet(Errors& errors, const Value& set) {
  validateObjectMeta(errors, set, true, &nameIsDnsSubdomain);
  validateSpec(errors, set[keys::spec]);
}

void validateDaemonSetUpdate(Errors& errors, const Value& set, const Value& stored) {
  validateObjectMetaUpdate(errors, set, stored);
  const Value& now = set[keys::spec];
  const Value& before = stored[keys::spec];
  if (now.sameAs(before)) return;
  validateSpec(errors, now);
  errors.immutable(FieldPath("spec.selector"), now[keys::selector], before[keys::selector]);
}

void validateDaemonSetStatusUpdate(Errors& errors, const Value& set, const Value& stored) {
  validateObjectMetaUpdate(errors, set, stored);
  validateCounts(errors, set[keys::status],
                 {"currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady",
                  "observedGeneration", "updatedNumberScheduled", "numberAvailable", "numberUnavailable",
                  "collisionCount"});
  validateCollisionCount(errors, set, stored);
}

}  // namespace pilothouse::api
