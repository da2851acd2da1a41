#pragma once

#include <string>
#include <vector>

#include "core/api/resource.hpp"
#include "core/apiserver/admission/resource_amounts.hpp"
#include "core/value/value.hpp"

namespace pilothouse::apiserver {

/// What objects count for in ResourceQuotas (pkg/quota/v1/evaluator/core): for admission, which charges a new
/// object, and for the controller, which counts them all again.

Value quotaList(const ResourceAmounts& amounts);

/// pods=1, requests.cpu=100m, count/pods=1…; empty for what no quota counts.
ResourceAmounts quotaUsage(const api::Resource& resource, const Value& object);
/// Does the quota's scope take the object in?
bool quotaCovers(const Value& quota, const api::Resource& resource, const Value& object);

/// The quota with the object charged to status.used, or why it is refused (`exceeded quota: q, requested:
/// pods=1, used: pods=2, limited: pods=2`). A quota that does not concern the object comes back as it is.
struct Charged {
  Value quota;
  std::string error;
};
Charged charged(const Value& quota, const api::Resource& resource, const Value& object);

}  // namespace pilothouse::apiserver
