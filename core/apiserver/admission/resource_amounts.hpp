#pragma once

#include <functional>
#include <map>
#include <string>

#include "core/value/quantity.hpp"
#include "core/value/value.hpp"

namespace pilothouse::apiserver {

/// A ResourceList that can be summed: quantities by the resource's name.
using ResourceAmounts = std::map<std::string, Quantity, std::less<>>;

ResourceAmounts resourceAmounts(const Value& list);
void addAmounts(ResourceAmounts& sum, const ResourceAmounts& more);

/// What a pod needs of `kind` (requests or limits): its containers and sidecars together, or an init
/// container that needs more than they do (k8s.io/component-helpers/resource PodRequests, PodLimits).
ResourceAmounts podAmounts(const Value& spec, Key kind);

}  // namespace pilothouse::apiserver
