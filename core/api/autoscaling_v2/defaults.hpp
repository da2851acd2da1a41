#pragma once

#include "core/value/value.hpp"

namespace pilothouse::api {

/// pkg/apis/autoscaling/v2.
Value autoscalerDefaults(const Value& autoscaler);
/// What an autoscaler that names no metric watches: cpu at 80% of what is requested.
const Value& defaultMetrics();
/// Without the annotations that carry in version v1 what it has no fields for.
Value withoutRoundTripAnnotations(const Value& autoscaler);

}  // namespace pilothouse::api
