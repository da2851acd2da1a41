#include "core/api/authorization_v1/validation.hpp"

#include <string>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"

namespace pilothouse::api {
namespace {

const Key kFieldSelector = Key::intern("fieldSelector");
const Key kGroups = Key::intern("groups");
const Key kLabelSelector = Key::intern("labelSelector");
const Key kManagedFields = Key::intern("managedFields");
const Key kNonResourceAttributes = Key::intern("nonResourceAttributes");
const Key kRawSelector = Key::intern("rawSelector");
const Key kRequirements = Key::intern("requirements");
const Key kResourceAttributes = Key::intern("resourceAttributes");
const Key kUser = Key::intern("user");

void validateSelector(Errors& errors, const FieldPath& path, const Value& selector) {
  if (selector.isNull()) return;
  const Value& raw = selector[kRawSelector];
  const bool requires_ = !selector[kRequirements].empty();
  if (!isNothing(raw) && requires_) {
    errors.invalid(path.child("rawSelector"), raw, "may not specified at the same time as requirements");
  }
  if (isNothing(raw) && !requires_) {
    errors.required(path.child("requirements"),
                    "when " + path.text() + " is specified, requirements or rawSelector is required");
  }
}

void validateSpec(Errors& errors, const Value& spec, bool namesSubject) {
  const FieldPath path("spec");
  const Value& resource = spec[kResourceAttributes];
  const Value& nonResource = spec[kNonResourceAttributes];
  if (!resource.isNull() && !nonResource.isNull()) {
    errors.invalid(path.child("nonResourceAttributes"), nonResource,
                   "cannot be specified in combination with resourceAttributes");
  }
  if (resource.isNull() && nonResource.isNull()) {
    errors.invalid(path.child("resourceAttributes"), nonResource,
                   "exactly one of nonResourceAttributes or resourceAttributes must be specified");
  }
  if (namesSubject && isNothing(spec[kUser]) && isNothing(spec[kGroups])) {
    errors.invalid(path.child("user"), "", "at least one of user or group must be specified");
  }
  const FieldPath attributes = path.child("resourceAttributes");
  validateSelector(errors, attributes.child("fieldSelector"), resource[kFieldSelector]);
  validateSelector(errors, attributes.child("labelSelector"), resource[kLabelSelector]);
}

void validateEmptyMeta(Errors& errors, const Value& review, bool mayNameNamespace) {
  Value rest = meta(review).without(kManagedFields);
  if (mayNameNamespace) rest = rest.without(keys::namespace_);
  // What the server has filled in by now is no part of the question.
  rest = rest.without(keys::creationTimestamp).without(keys::uid);
  if (semanticallyEqual(rest, Value())) return;
  errors.invalid(FieldPath("metadata"), rest,
                 mayNameNamespace ? "must be empty except for namespace" : "must be empty");
}

}  // namespace

void validateSubjectAccessReview(Errors& errors, const Value& review) {
  validateSpec(errors, review[keys::spec], true);
  validateEmptyMeta(errors, review, false);
}

void validateSelfSubjectAccessReview(Errors& errors, const Value& review) {
  validateSpec(errors, review[keys::spec], false);
  validateEmptyMeta(errors, review, false);
}

void validateLocalSubjectAccessReview(Errors& errors, const Value& review) {
  const Value& spec = review[keys::spec];
  validateSpec(errors, spec, true);
  validateEmptyMeta(errors, review, true);
  const Value& resource = spec[kResourceAttributes];
  const Value ns(resource[keys::namespace_].asString());
  if (!resource.isNull() && ns.asString() != namespaceOf(review)) {
    errors.invalid(FieldPath("spec.resourceAttributes.namespace"), ns, "must match metadata.namespace");
  }
  if (!spec[kNonResourceAttributes].isNull()) {
    errors.invalid(FieldPath("spec.nonResourceAttributes"), spec[kNonResourceAttributes],
                   "disallowed on this kind of request");
  }
}

}  // namespace pilothouse::api
