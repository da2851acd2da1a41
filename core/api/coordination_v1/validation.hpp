#pragma once

#include "core/api/validation/errors.hpp"

namespace pilothouse::api {

/// pkg/apis/coordination/validation.
void validateLease(Errors& errors, const Value& lease);
void validateLeaseUpdate(Errors& errors, const Value& lease, const Value& stored);

}  // namespace pilothouse::api
