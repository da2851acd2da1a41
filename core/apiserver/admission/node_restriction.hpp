#pragma once

#include "core/apiserver/auth/cached_objects.hpp"
#include "core/apiserver/auth/user_info.hpp"
#include "core/apiserver/request.hpp"

namespace pilothouse::apiserver {

/// NodeRestriction (plugin/pkg/admission/noderestriction): kubelets write their own Node and their own pods.
/// `object` is what is written, null for a deletion. Code 0 for what is allowed, and for everybody else.
api::Status restrictNode(const Request& request, const Value& object, const CachedObjects& objects);

}  // namespace pilothouse::apiserver
