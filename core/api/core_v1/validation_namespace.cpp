#include "core/api/core_v1/validation.hpp"
#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/api/validation/object_meta.hpp"

namespace pilothouse::api {
namespace {

void validateSpecFinalizers(Errors& errors, const Value& ns) {
  const FieldPath path("spec.finalizers");
  for (const Value& finalizer : ns[keys::spec][keys::finalizers].items()) {
    validateFinalizerName(errors, path, finalizer);
  }
}

}  // namespace

void validateNamespace(Errors& errors, const Value& ns) {
  validateObjectMeta(errors, ns, false, &nameIsDnsLabel);
  validateSpecFinalizers(errors, ns);
}

void validateNamespaceUpdate(Errors& errors, const Value& ns, const Value& stored) {
  validateObjectMetaUpdate(errors, ns, stored);
  validateSpecFinalizers(errors, ns);
}

void validateNamespaceStatusUpdate(Errors& errors, const Value& ns, const Value& stored) {
  validateObjectMetaUpdate(errors, ns, stored);
  const FieldPath path("status.Phase");
  const Value& phase = ns[keys::status][keys::phase];
  if (!isBeingDeleted(ns) && phase.asString() != "Active") {
    errors.invalid(path, Value(phase.asString()), "may only be 'Active' if `deletionTimestamp` is empty");
  }
  if (isBeingDeleted(ns) && phase.asString() != "Terminating") {
    errors.invalid(path, Value(phase.asString()),
                   "may only be 'Terminating' if `deletionTimestamp` is not empty");
  }
}

}  // namespace pilothouse::api
