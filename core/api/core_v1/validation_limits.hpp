#pragma once

#include "core/api/validation/errors.hpp"

namespace pilothouse::api {

/// pkg/apis/core: LimitRange and ResourceQuota.

Value limitRangeDefaults(const Value& limitRange);
void validateLimitRange(Errors& errors, const Value& limitRange);
void validateLimitRangeUpdate(Errors& errors, const Value& limitRange, const Value& stored);

Value resourceQuotaDefaults(const Value& quota);
void validateResourceQuota(Errors& errors, const Value& quota);
void validateResourceQuotaUpdate(Errors& errors, const Value& quota, const Value& stored);
void validateResourceQuotaStatusUpdate(Errors& errors, const Value& quota, const Value& stored);

}  // namespace pilothouse::api
