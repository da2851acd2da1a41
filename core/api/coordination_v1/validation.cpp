#include "core/api/coordination_v1/validation.hpp"

#include "core/api/keys.hpp"
#include "core/api/validation/object_meta.hpp"

namespace pilothouse::api {
namespace {

const Key kLeaseDurationSeconds = Key::intern("leaseDurationSeconds");
const Key kLeaseTransitions = Key::intern("leaseTransitions");

void validateSpec(Errors& errors, const Value& spec) {
  const FieldPath path("spec");
  const Value& duration = spec[kLeaseDurationSeconds];
  if (duration.isInt() && duration.asInt() <= 0) {
    errors.invalid(path.child("leaseDurationSeconds"), duration, "must be greater than 0");
  }
  errors.nonNegative(path.child("leaseTransitions"), spec[kLeaseTransitions]);
}

}  // namespace

void validateLease(Errors& errors, const Value& lease) {
  validateObjectMeta(errors, lease, true, &nameIsDnsSubdomain);
  validateSpec(errors, lease[keys::spec]);
}

void validateLeaseUpdate(Errors& errors, const Value& lease, const Value& stored) {
  validateObjectMetaUpdate(errors, lease, stored);
  validateSpec(errors, lease[keys::spec]);
}

}  // namespace pilothouse::api
