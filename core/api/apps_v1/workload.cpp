#include "core/api/apps_v1/workload.hpp"

#include <string>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"

namespace pilothouse::api {
namespace {

void validateNotAbove(Errors& errors, const Value& status, std::string_view field, std::string_view limit,
                      std::string_view why) {
  const FieldPath path("status");
  if (status[field].asInt() > status[limit].asInt()) errors.invalid(path.child(field), status[field], why);
}

}  // namespace

void validateSelectsTemplate(Errors& errors, const FieldPath& templatePath, const LabelSelector& selector,
                             const Value& podTemplate) {
  const Value& labels = api::labels(podTemplate);
  if (selector.empty() || selector.matches(labels)) return;
  const FieldPath path = templatePath.child("metadata.labels");
  constexpr std::string_view why = "`selector` does not match template `labels`";
  // An absent map is told as null, where an absent pointer is the text "null".
  if (labels.isNull()) return errors.invalidPart(path, std::string("null: ").append(why));
  errors.invalid(path, labels, why);
}

void validateRunsForEver(Errors& errors, const FieldPath& templatePath, const Value& podTemplate,
                         std::string_view kind) {
  const Value& restartPolicy = podTemplate[keys::spec]["restartPolicy"];
  if (restartPolicy.asString() != "Always") {
    errors.notSupported(templatePath.child("spec.restartPolicy"), restartPolicy, {"Always"});
  }
  if (!podTemplate[keys::spec]["activeDeadlineSeconds"].isNull()) {
    errors.forbidden(templatePath.child("spec.activeDeadlineSeconds"),
                     "activeDeadlineSeconds in " + std::string(kind) + " is not Supported");
  }
}

void validateCounts(Errors& errors, const Value& status, std::initializer_list<std::string_view> counted,
                    std::initializer_list<std::string_view> withinReplicas) {
  const FieldPath path("status");
  for (const std::string_view field : counted) errors.nonNegative(path.child(field), status[field]);
  for (const std::string_view field : withinReplicas) {
    validateNotAbove(errors, status, field, "replicas", "cannot be greater than status.replicas");
  }
}

void validateAvailable(Errors& errors, const Value& status, std::string_view why) {
  validateNotAbove(errors, status, "availableReplicas", "readyReplicas", why);
}

void validateReplicaCounts(Errors& errors, const Value& status) {
  validateCounts(
      errors, status,
      {"replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas", "observedGeneration"},
      {"fullyLabeledReplicas", "readyReplicas", "availableReplicas"});
  validateAvailable(errors, status, "cannot be greater than readyReplicas");
}

void validateCollisionCount(Errors& errors, const Value& object, const Value& stored) {
  const Value& collisions = object[keys::status]["collisionCount"];
  if (collisions.asInt() < stored[keys::status]["collisionCount"].asInt()) {
    errors.invalid(FieldPath("status.collisionCount"), Value(collisions.asInt()), "cannot be decremented");
  }
}

}  // namespace pilothouse::api
