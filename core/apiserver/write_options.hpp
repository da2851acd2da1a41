#pragma once

#include "core/api/status.hpp"
#include "core/apiserver/request.hpp"

namespace pilothouse::apiserver {

/// ValidateCreateOptions, ValidateUpdateOptions and ValidatePatchOptions of metav1; code 0 when all is well.
api::Status validateWriteOptions(const Request& request);

}  // namespace pilothouse::apiserver
