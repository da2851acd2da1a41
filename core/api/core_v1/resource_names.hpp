#pragma once

#include <string_view>

#include "core/api/validation/errors.hpp"

namespace pilothouse::api {

/// Names of compute resources and of what a quota counts (pkg/apis/core/helper).

bool isHugePagesName(std::string_view name);
/// IsStandardQuotaResourceName.
bool isQuotaResourceName(std::string_view name);
/// Neither huge pages nor an extended resource.
bool isOvercommitAllowed(std::string_view name);
/// Names whose quantity counts things.
bool isIntegerResourceName(std::string_view name);

/// validateResourceName, validateContainerResourceName, ValidateResourceQuotaResourceName.
void validateResourceName(Errors& errors, const FieldPath& path, std::string_view name);
void validateContainerResourceName(Errors& errors, const FieldPath& path, std::string_view name);
void validateQuotaResourceName(Errors& errors, const FieldPath& path, std::string_view name);

}  // namespace pilothouse::api
