#pragma once

#include "core/apiserver/auth/cached_objects.hpp"
#include "core/apiserver/outcome.hpp"
#include "core/sim/random.hpp"

namespace pilothouse::apiserver {

/// ServiceAccount (plugin/pkg/admission/serviceaccount): a pod runs as an account of its namespace, "default"
/// unless it names one, has its image pull secrets, and its token where containers look for it. `name` is the
/// pod's, or its generateName, for messages. A new pod's spec, or why it is refused.
Outcome withServiceAccount(const Value& pod, std::string_view name, const CachedObjects& objects,
                           Random& random);

}  // namespace pilothouse::apiserver
