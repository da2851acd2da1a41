#pragma once

#include "core/api/validation/errors.hpp"

namespace pilothouse::api {

/// pkg/apis/apps/validation of an IntOrString that is a number of pods or a share of them.

/// ValidatePositiveIntOrPercent.
void validateIntOrPercent(Errors& errors, const FieldPath& path, const Value& value);
/// IsNotMoreThan100Percent; numbers have no limit.
void validateNotMoreThanAll(Errors& errors, const FieldPath& path, const Value& value);
/// getIntOrPercentValue: 25 of "25%"; a text that is no percentage counts as 0.
std::int64_t intOrPercentAmount(const Value& value);

}  // namespace pilothouse::api
