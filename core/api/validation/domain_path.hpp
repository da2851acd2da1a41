#pragma once

#include "core/api/validation/errors.hpp"

namespace pilothouse::api {

/// validation.IsDomainPrefixedPath: "acme.io/foo".
void validateDomainPrefixedPath(Errors& errors, const FieldPath& path, const Value& text);

}  // namespace pilothouse::api
