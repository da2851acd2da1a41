#pragma once

#include <string_view>

#include "core/apiserver/auth/cached_objects.hpp"
#include "core/apiserver/outcome.hpp"

namespace pilothouse::apiserver {

/// What DefaultTolerationSeconds and Priority add to a new pod's spec. `podName` appears in messages only.
/// Equal additions share one tree.
Outcome admitPodSpec(const Value& spec, std::string_view podName, const CachedObjects& objects);

}  // namespace pilothouse::apiserver
