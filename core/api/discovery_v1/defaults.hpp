#pragma once

#include "core/value/value.hpp"

namespace pilothouse::api {

/// pkg/apis/discovery/v1.
Value endpointSliceDefaults(const Value& slice);

}  // namespace pilothouse::api
