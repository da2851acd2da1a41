#pragma once

#include <optional>
#include <string_view>

#include "core/api/resource.hpp"
#include "core/value/value.hpp"

namespace pilothouse::http {

/// What the API server says of itself (k8s.io/apiserver/pkg/endpoints/discovery), made from api::allKinds().

/// `address` is where clients inside the cluster reach the server: "172.18.0.2:6443".
Value apiVersions(std::string_view address);
Value apiGroupList();
/// Null when there is no such group or version.
Value apiGroup(std::string_view group);
Value apiResourceList(std::string_view group, std::string_view version);
/// APIGroupDiscoveryList of apidiscovery.k8s.io `version`: the core group for /api, the others for /apis.
Value aggregatedDiscovery(bool core, std::string_view version);

/// What a subresource takes or gives, and how.
struct Subresource {
  std::string_view group;
  std::string_view version;
  std::string_view kind;
  std::string_view verbs;  ///< "get patch update"
};
Subresource subresourceOf(const api::Resource& resource, std::string_view name);

bool hasVerb(const api::Resource& resource, std::string_view verb);

}  // namespace pilothouse::http
