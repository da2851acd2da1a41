#pragma once

#include "core/api/resource.hpp"
#include "core/api/status.hpp"
#include "core/value/value.hpp"

namespace pilothouse::api {

/// What is wrong with a new object, in Kubernetes' words (pkg/apis/*/validation and the strategies'
/// Validate). The object is decoded and defaulted. Empty: nothing. A text is given once, however often it was
/// found.
FieldErrors validate(const Resource& resource, const Value& object);

/// The same for an update of the object that is stored, which is valid: what did not change is not looked at
/// again (shared subtrees cost nothing).
FieldErrors validateUpdate(const Resource& resource, const Value& object, const Value& stored);

/// The same for a write of the status subresource.
FieldErrors validateStatusUpdate(const Resource& resource, const Value& object, const Value& stored);

}  // namespace pilothouse::api
