#pragma once

#include <string_view>

#include "core/apiserver/outcome.hpp"
#include "core/sim/time.hpp"

namespace pilothouse::apiserver {

/// The pod bound by a v1 Binding (pkg/registry/core/pod/storage: setPodNodeAndMetadata): spec.nodeName, the
/// binding's annotations merged, condition PodScheduled True. Conflict when it is bound or being deleted.
Outcome bindPod(const Value& pod, const Value& binding, SimTime now);
/// ValidatePodBinding; code 0 when well-formed.
api::Status validateBinding(const Value& binding);

/// autoscaling/v1 Scale of a Deployment or ReplicaSet, and the object with a Scale's spec.replicas taken
/// over.
Value scaleOf(const Value& object);
Outcome withScale(const api::Resource& resource, const Value& object, const Value& scale);

/// PUT namespaces/{name}/finalize: only spec.finalizers is taken over.
Value withNamespaceFinalizers(const Value& stored, const Value& sent);

}  // namespace pilothouse::apiserver
