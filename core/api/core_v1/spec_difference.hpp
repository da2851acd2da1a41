#pragma once

#include <string>
#include <string_view>

#include "core/value/value.hpp"

namespace pilothouse::api {

/// What a refused update would change, in the manner of cmp.Diff: lines of the old value begin with "-", of
/// the new with "+". Fields are named as in the API; equal ones are left out.
std::string specDifference(std::string_view typeName, const Value& before, const Value& now);

}  // namespace pilothouse::api
