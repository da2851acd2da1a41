#pragma once

#include <string>
#include <vector>

#include "core/value/value.hpp"

namespace pilothouse::apiserver {

/// LimitRanger (plugin/pkg/admission/limitranger): a namespace's LimitRanges give containers their requests
/// and limits, and bound them. `ranges` are in order of name.

/// The pod with what the ranges give, and an annotation that tells what that was.
Value withLimitDefaults(const Value& pod, const std::vector<Value>& ranges);
/// Why the ranges refuse a pod or claim (`maximum memory usage per Container is 1Gi, but limit is 2Gi`); ""
/// when they do not.
std::string podLimitError(const Value& pod, const std::vector<Value>& ranges);
std::string claimLimitError(const Value& claim, const std::vector<Value>& ranges);

}  // namespace pilothouse::apiserver
