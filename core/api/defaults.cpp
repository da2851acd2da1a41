#include "core/api/defaults.hpp"

#include "core/api/apps_v1/defaults.hpp"
#include "core/api/core_v1/defaults.hpp"
#include "core/api/discovery_v1/defaults.hpp"

namespace pilothouse::api {
namespace {

struct KindDefaults {
  const Resource* resource;
  Value (*set)(const Value& object);
};

// Kinds without defaults (Event, Lease, ConfigMap) are not listed.
constexpr KindDefaults kKinds[] = {{&resources::pods, &podDefaults},
                                   {&resources::deployments, &deploymentDefaults},
                                   {&resources::replicaSets, &replicaSetDefaults},
                                   {&resources::services, &serviceDefaults},
                                   {&resources::endpoints, &endpointsDefaults},
                                   {&resources::endpointSlices, &endpointSliceDefaults},
                                   {&resources::nodes, &nodeDefaults},
                                   {&resources::namespaces, &namespaceDefaults},
                                   {&resources::secrets, &secretDefaults}};

}  // namespace

Value setDefaults(const Resource& resource, const Value& object) {
  for (const KindDefaults& kind : kKinds) {
    if (kind.resource == &resource) return kind.set(object);
  }
  return object;
}

}  // namespace pilothouse::api
