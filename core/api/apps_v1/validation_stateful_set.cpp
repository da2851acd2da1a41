#include <string>
#include <vector>

#include "core/api/apps_v1/validation.hpp"
#include "core/api/apps_v1/workload.hpp"
#include "core/api/core_v1/validation.hpp"
#include "core/api/core_v1/validation_persistent_volume.hpp"
#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/api/validation/int_or_percent.hpp"
#include "core/api/validation/object_meta.hpp"

namespace pilothouse::api {
namespace {

const Key kClaimName = Key::intern("claimName");
const Key kHostname = Key::intern("hostname");
const Key kPersistentVolumeClaim = Key::intern("persistentVolumeClaim");
const Key kSubdomain = Key::intern("subdomain");
const Key kVolumeClaimTemplates = Key::intern("volumeClaimTemplates");
const Key kVolumes = Key::intern("volumes");

// What may change in an existing StatefulSet.
const Key kMutable[] = {keys::replicas,
                        Key::intern("ordinals"),
                        keys::template_,
                        Key::intern("updateStrategy"),
                        Key::intern("revisionHistoryLimit"),
                        Key::intern("persistentVolumeClaimRetentionPolicy"),
                        Key::intern("minReadySeconds")};

void validateUpdateStrategy(Errors& errors, const FieldPath& path, const Value& strategy) {
  const std::string_view type = strategy[keys::type].asString();
  const Value& update = strategy["rollingUpdate"];
  const FieldPath at = path.child("rollingUpdate");
  if (type.empty()) return errors.required(path);
  if (type == "OnDelete") {
    if (!update.isNull()) errors.invalid(at, update, "only allowed for updateStrategy 'RollingUpdate'");
  } else if (type != "RollingUpdate") {
    errors.invalid(path, strategy, "must be 'RollingUpdate' or 'OnDelete'");
  } else if (!update.isNull()) {
    errors.nonNegative(at.child("partition"), update["partition"]);
    const Value& unavailable = update["maxUnavailable"];
    if (unavailable.isNull()) return;
    validateIntOrPercent(errors, at.child("maxUnavailable"), unavailable);
    if (intOrPercentAmount(unavailable) == 0) {
      errors.invalid(at.child("maxUnavailable"), unavailable, "cannot be 0");
    }
    validateNotMoreThanAll(errors, at.child("maxUnavailable"), unavailable);
  }
}

void validateRetention(Errors& errors, const FieldPath& path, const Value& policy) {
  if (!policy.isObject()) return;
  for (const std::string_view when : {"whenDeleted", "whenScaled"}) {
    const std::string_view chosen = policy[when].asString();
    if (chosen == "Retain" || chosen == "Delete") continue;
    errors.notSupported(path.child(when), Value(chosen), {"Retain", "Delete"});
  }
}

// The template as pods get it: each has its own name, and a volume of its own for each claim template.
Value templateOfPods(const Value& spec) {
  const Value& podTemplate = spec[keys::template_];
  Value pod = podTemplate[keys::spec].without(kSubdomain).without(kHostname);
  const auto claims = spec[kVolumeClaimTemplates].items();
  if (!claims.empty()) {
    std::vector<Value> volumes;
    for (const Value& claim : claims) {
      const Value& name = meta(claim)[keys::name];
      volumes.push_back(
          Value::object({{keys::name, name}, {kPersistentVolumeClaim, Value::object({{kClaimName, name}})}}));
    }
    const std::size_t claimed = volumes.size();
    for (const Value& volume : pod[kVolumes].items()) {
      bool replaced = false;
      for (std::size_t i = 0; i < claimed; ++i) replaced |= volumes[i][keys::name] == volume[keys::name];
      if (!replaced) volumes.push_back(volume);
    }
    pod = pod.with(kVolumes, Value::array(volumes));
  }
  return pod.sameAs(podTemplate[keys::spec]) ? podTemplate : podTemplate.with(keys::spec, pod);
}

void validateSelector(Errors& errors, const FieldPath& path, const Value& selector) {
  if (!selector.isObject()) return errors.required(path);
  validateLabelSelector(errors, path, selector);
  if (selector[keys::matchLabels].empty() && selector[keys::matchExpressions].empty()) {
    errors.invalid(path, selector, "empty selector is invalid for statefulset");
  }
}

void validateSpec(Errors& errors, const Value& spec, bool isNew) {
  const FieldPath path("spec");
  const FieldPath templatePath = path.child("template");
  const Value& management = spec["podManagementPolicy"];
  if (management.asString().empty()) {
    errors.required(path.child("podManagementPolicy"));
  } else if (management.asString() != "OrderedReady" && management.asString() != "Parallel") {
    errors.invalid(path.child("podManagementPolicy"), management, "must be 'OrderedReady' or 'Parallel'");
  }
  validateUpdateStrategy(errors, path.child("updateStrategy"), spec["updateStrategy"]);
  validateRetention(errors, path.child("persistentVolumeClaimRetentionPolicy"),
                    spec["persistentVolumeClaimRetentionPolicy"]);
  // Those of an existing StatefulSet cannot change.
  const Value& claims = spec[kVolumeClaimTemplates];
  for (std::size_t i = 0; isNew && i < claims.size(); ++i) {
    const FieldPath claim = path.item("volumeClaimTemplates", i);
    validatePersistentVolumeClaimSpec(errors, claim.child("spec"), claims.item(i)[keys::spec]);
  }
  errors.nonNegative(path.child("replicas"), spec[keys::replicas]);
  errors.nonNegative(path.child("minReadySeconds"), spec["minReadySeconds"]);
  errors.nonNegative(path.child("ordinals.start"), spec["ordinals"]["start"]);
  const Value& service = spec["serviceName"];
  if (isNew && !service.asString().empty()) {
    errors.invalid(path.child("serviceName"), service, isDns1123Label(service.asString()));
  }
  validateSelector(errors, path.child("selector"), spec[keys::selector]);
  const Value podTemplate = templateOfPods(spec);
  validateSelectsTemplate(errors, templatePath, LabelSelector::fromObject(spec[keys::selector]), podTemplate);
  validatePodTemplate(errors, templatePath, podTemplate);
  validateRunsForEver(errors, templatePath, podTemplate, "StatefulSet");
}

Value withoutMutable(Value spec) {
  for (const Key key : kMutable) spec = spec.without(key);
  return spec;
}

}  // namespace

void validateStatefulSet(Errors& errors, const Value& set) {
  validateObjectMeta(errors, set, true, &nameIsDnsLabel);
  validateSpec(errors, set[keys::spec], true);
}

void validateStatefulSetUpdate(Errors& errors, const Value& set, const Value& stored) {
  validateObjectMetaUpdate(errors, set, stored);
  const Value& now = set[keys::spec];
  const Value& before = stored[keys::spec];
  if (now.sameAs(before)) return;
  validateSpec(errors, now, false);
  if (!semanticallyEqual(withoutMutable(now), withoutMutable(before))) {
    errors.forbidden(FieldPath("spec"),
                     "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
                     "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and "
                     "'minReadySeconds' are forbidden");
  }
}

void validateStatefulSetStatusUpdate(Errors& errors, const Value& set, const Value& stored) {
  const Value& status = set[keys::status];
  validateCounts(errors, status,
                 {"replicas", "readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas",
                  "observedGeneration", "collisionCount"},
                 {"readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas"});
  validateAvailable(errors, status, "cannot be greater than status.readyReplicas");
  validateObjectMetaUpdate(errors, set, stored);
  validateCollisionCount(errors, set, stored);
}

void validateControllerRevision(Errors& errors, const Value& revision) {
  validateObjectMeta(errors, revision, true, &nameIsDnsSubdomain);
  errors.nonNegative(FieldPath("revision"), revision[keys::revision]);
  const Value& data = revision[keys::data];
  if (data.isNull()) {
    errors.required(FieldPath("data"), "data is mandatory");
  } else if (!data.isObject()) {
    errors.required(FieldPath("data"), "data must be a valid JSON object");
  }
}

void validateControllerRevisionUpdate(Errors& errors, const Value& revision, const Value& stored) {
  validateObjectMetaUpdate(errors, revision, stored);
  errors.nonNegative(FieldPath("revision"), revision[keys::revision]);
  errors.immutable(FieldPath("data"), revision[keys::data], stored[keys::data]);
}

}  // namespace pilothouse::api
