#pragma once

#include "core/value/value.hpp"

namespace pilothouse::api {

/// pkg/apis/autoscaling/v1/conversion.go: an autoscaler of v1 as one of v2, in which it is kept, and back.
/// What v1 has no fields for is written as JSON in annotations.
Value autoscalerAsV2(const Value& autoscaler);
Value autoscalerFromV2(const Value& stored);
Value autoscalerV1Defaults(const Value& autoscaler);

}  // namespace pilothouse::api
