#pragma once

#include "core/api/validation/errors.hpp"

namespace pilothouse::api {

/// pkg/apis/node/validation.
void validateRuntimeClass(Errors& errors, const Value& runtimeClass);
void validateRuntimeClassUpdate(Errors& errors, const Value& runtimeClass, const Value& stored);

}  // namespace pilothouse::api
