#include "core/api/validation.hpp"

#include "core/api/apps_v1/validation.hpp"
#include "core/api/coordination_v1/validation.hpp"
#include "core/api/core_v1/validation.hpp"
#include "core/api/discovery_v1/validation.hpp"
#include "core/api/validation/object_meta.hpp"

namespace pilothouse::api {
namespace {

struct KindValidation {
  const Resource* resource;
  void (*create)(Errors& errors, const Value& object);
  void (*update)(Errors& errors, const Value& object, const Value& stored);
  void (*statusUpdate)(Errors& errors, const Value& object, const Value& stored);
};

// A node's status is validated as the whole node is.
constexpr KindValidation kKinds[] = {
    {&resources::pods, &validatePod, &validatePodUpdate, &validatePodStatusUpdate},
    {&resources::leases, &validateLease, &validateLeaseUpdate, &validateLeaseUpdate},
    {&resources::events, &validateEvent, &validateEventUpdate, &validateEventUpdate},
    {&resources::nodes, &validateNode, &validateNodeUpdate, &validateNodeUpdate},
    {&resources::endpointSlices, &validateEndpointSlice, &validateEndpointSliceUpdate,
     &validateEndpointSliceUpdate},
    {&resources::endpoints, &validateEndpoints, &validateEndpointsUpdate, &validateEndpointsUpdate},
    {&resources::replicaSets, &validateReplicaSet, &validateReplicaSetUpdate,
     &validateReplicaSetStatusUpdate},
    {&resources::deployments, &validateDeployment, &validateDeploymentUpdate,
     &validateDeploymentStatusUpdate},
    {&resources::services, &validateService, &validateServiceUpdate, &validateServiceStatusUpdate},
    {&resources::namespaces, &validateNamespace, &validateNamespaceUpdate, &validateNamespaceStatusUpdate},
    {&resources::configMaps, &validateConfigMap, &validateConfigMapUpdate, &validateConfigMapUpdate},
    {&resources::secrets, &validateSecret, &validateSecretUpdate, &validateSecretUpdate},
};

const KindValidation* find(const Resource& resource) {
  for (const KindValidation& kind : kKinds) {
    if (kind.resource == &resource) return &kind;
  }
  return nullptr;
}

}  // namespace

FieldErrors validate(const Resource& resource, const Value& object) {
  Errors errors;
  if (const KindValidation* kind = find(resource)) {
    kind->create(errors, object);
  } else {
    validateObjectMeta(errors, object, resource.namespaced, &nameIsDnsSubdomain);
  }
  return errors.take();
}

FieldErrors validateUpdate(const Resource& resource, const Value& object, const Value& stored) {
  Errors errors;
  if (const KindValidation* kind = find(resource)) {
    kind->update(errors, object, stored);
  } else {
    validateObjectMetaUpdate(errors, object, stored);
  }
  return errors.take();
}

FieldErrors validateStatusUpdate(const Resource& resource, const Value& object, const Value& stored) {
  Errors errors;
  if (const KindValidation* kind = find(resource)) {
    kind->statusUpdate(errors, object, stored);
  } else {
    validateObjectMetaUpdate(errors, object, stored);
  }
  return errors.take();
}

}  // namespace pilothouse::api
