#pragma once

#include "core/api/validation/errors.hpp"

namespace pilothouse::api {

/// pkg/apis/autoscaling/validation.
void validateAutoscaler(Errors& errors, const Value& autoscaler);
void validateAutoscalerUpdate(Errors& errors, const Value& autoscaler, const Value& stored);
void validateAutoscalerStatusUpdate(Errors& errors, const Value& autoscaler, const Value& stored);

}  // namespace pilothouse::api
