#pragma once

#include "core/api/resource.hpp"
#include "core/value/value.hpp"

namespace pilothouse::api {

/// The object with what a client may leave out filled in (zz_generated.defaults.go of Kubernetes 1.33, and
/// the few fields that conversion to the internal types fills: a Secret's stringData, a Node's podCIDRs).
///
/// Untouched subtrees stay the same nodes; an object that has its defaults comes back as the same handle.
Value setDefaults(const Resource& resource, const Value& object);

}  // namespace pilothouse::api
