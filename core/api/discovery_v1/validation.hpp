#pragma once

#include "core/api/validation/errors.hpp"

namespace pilothouse::api {

/// pkg/apis/discovery/validation.
void validateEndpointSlice(Errors& errors, const Value& slice);
/// Endpoints that the stored slice has too are not looked at again.
void validateEndpointSliceUpdate(Errors& errors, const Value& slice, const Value& stored);

}  // namespace pilothouse::api
