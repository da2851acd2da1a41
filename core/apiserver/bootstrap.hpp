#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/api/resource.hpp"
#include "core/value/value.hpp"

namespace pilothouse::apiserver {

/// What kube-apiserver makes in a new cluster, in order: the system namespaces, and Service
/// default/kubernetes with its Endpoints and EndpointSlice (pkg/controlplane).
struct BootstrapObject {
  const api::Resource* resource;
  Value object;
};
std::vector<BootstrapObject> bootstrapObjects(const std::string& serviceAddress,
                                              const std::string& advertiseAddress);

}  // namespace pilothouse::apiserver
