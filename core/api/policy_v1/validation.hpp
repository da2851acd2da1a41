#pragma once

#include "core/api/validation/errors.hpp"

namespace pilothouse::api {

/// pkg/apis/policy/validation.
void validatePodDisruptionBudget(Errors& errors, const Value& budget);
void validatePodDisruptionBudgetUpdate(Errors& errors, const Value& budget, const Value& stored);
void validatePodDisruptionBudgetStatusUpdate(Errors& errors, const Value& budget, const Value& stored);

}  // namespace pilothouse::api
