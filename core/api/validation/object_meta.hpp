#pragma once

#include "core/api/validation/errors.hpp"

namespace pilothouse::api {

/// k8s.io/apimachinery/pkg/api/validation of metadata, and of labels and their selectors.

void validateObjectMeta(Errors& errors, const Value& object, bool namespaced, NameRule nameRule);
/// What has not changed since it was stored is not looked at again.
void validateObjectMetaUpdate(Errors& errors, const Value& object, const Value& stored);

void validateLabels(Errors& errors, const FieldPath& path, const Value& labels);
void validateAnnotations(Errors& errors, const FieldPath& path, const Value& annotations);
void validateLabelSelector(Errors& errors, const FieldPath& path, const Value& selector);
/// ValidateFinalizerName with the names that need no domain.
void validateFinalizerName(Errors& errors, const FieldPath& path, const Value& finalizer);

}  // namespace pilothouse::api
