#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/api/keys.hpp"
#include "core/api/resource.hpp"
#include "core/sim/time.hpp"
#include "core/value/value.hpp"

namespace pilothouse::api {

/// Reading metadata; every function takes a whole object. Views live as long as the object.
inline const Value& meta(const Value& object) { return object[keys::metadata]; }
inline std::string_view name(const Value& object) { return meta(object)[keys::name].asString(); }
inline std::string_view namespaceOf(const Value& object) { return meta(object)[keys::namespace_].asString(); }
inline std::string_view uid(const Value& object) { return meta(object)[keys::uid].asString(); }
inline const Value& labels(const Value& object) { return meta(object)[keys::labels]; }
inline const Value& annotations(const Value& object) { return meta(object)[keys::annotations]; }
inline bool isBeingDeleted(const Value& object) { return meta(object).has(keys::deletionTimestamp); }
/// metadata.resourceVersion as a number; 0 when there is none.
std::uint64_t resourceVersion(const Value& object);
/// "namespace/name", or "name" (cache.MetaNamespaceKeyFunc).
std::string namespacedName(const Value& object);

/// The ownerReference with controller: true, or null.
const Value& controllerOf(const Value& object);
bool isControlledBy(const Value& object, std::string_view ownerUid);
/// metav1.NewControllerRef: controller and blockOwnerDeletion true.
Value controllerReference(const Value& owner, const Resource& resource);
/// corev1.ObjectReference of an object: apiVersion, kind, namespace, name, uid, resourceVersion.
Value objectReference(const Value& object);

/// The condition of that type in status.conditions, or null.
const Value& condition(const Value& object, std::string_view type);
bool conditionIs(const Value& object, std::string_view type, std::string_view status);

/// Pods (k8s.io/kubernetes/pkg/api/v1/pod, pkg/controller.FilterActivePods).
inline bool isPodReady(const Value& pod) { return conditionIs(pod, "Ready", "True"); }
bool isPodTerminal(const Value& pod);  ///< phase Succeeded or Failed
bool isPodActive(const Value& pod);    ///< not terminal and not being deleted
/// Ready for at least `minReadySeconds` at `now`.
bool isPodAvailable(const Value& pod, std::int64_t minReadySeconds, SimTime now);

}  // namespace pilothouse::api
