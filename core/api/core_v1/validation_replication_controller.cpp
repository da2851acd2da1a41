#include "core/api/apps_v1/workload.hpp"
#include "core/api/core_v1/validation.hpp"
#include "core/api/keys.hpp"
#include "core/api/validation/object_meta.hpp"

namespace pilothouse::api {
namespace {

void validateSpec(Errors& errors, const Value& spec) {
  const FieldPath path("spec");
  const FieldPath templatePath = path.child("template");
  errors.nonNegative(path.child("minReadySeconds"), spec["minReadySeconds"]);
  if (spec[keys::selector].empty()) errors.required(path.child("selector"));
  if (spec[keys::replicas].isNull()) {
    errors.required(path.child("replicas"));
  } else {
    errors.nonNegative(path.child("replicas"), spec[keys::replicas]);
  }
  const Value& podTemplate = spec[keys::template_];
  if (!podTemplate.isObject()) return errors.required(templatePath);
  validateSelectsTemplate(errors, templatePath, LabelSelector::fromMap(spec[keys::selector]), podTemplate);
  validatePodTemplate(errors, templatePath, podTemplate);
  validateRunsForEver(errors, templatePath, podTemplate, "ReplicationController");
}

}  // namespace

void validateReplicationController(Errors& errors, const Value& controller) {
  validateObjectMeta(errors, controller, true, &nameIsDnsSubdomain);
  validateSpec(errors, controller[keys::spec]);
}

void validateReplicationControllerUpdate(Errors& errors, const Value& controller, const Value& stored) {
  validateObjectMetaUpdate(errors, controller, stored);
  if (!controller[keys::spec].sameAs(stored[keys::spec])) validateSpec(errors, controller[keys::spec]);
}

void validateReplicationControllerStatusUpdate(Errors& errors, const Value& controller, const Value& stored) {
  validateObjectMetaUpdate(errors, controller, stored);
  validateReplicaCounts(errors, controller[keys::status]);
}

void validatePodTemplateObject(Errors& errors, const Value& object) {
  validateObjectMeta(errors, object, true, &nameIsDnsSubdomain);
  validatePodTemplate(errors, FieldPath("template"), object[keys::template_]);
}

void validatePodTemplateObjectUpdate(Errors& errors, const Value& object, const Value& stored) {
  validateObjectMetaUpdate(errors, object, stored);
  validatePodTemplate(errors, FieldPath("template"), object[keys::template_]);
}

}  // namespace pilothouse::api
