#pragma once

#include "core/api/validation/errors.hpp"

namespace pilothouse::api {

/// metav1.ValidateConditions of a list of metav1.Condition.
void validateConditions(Errors& errors, const FieldPath& path, const Value& conditions);

}  // namespace pilothouse::api
