#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/api/object.hpp"
#include "core/api/status.hpp"

namespace pilothouse::controller_manager {

/// Oldest first, then by name (controller.ReplicaSetsByCreationTimestamp).
bool createdBefore(const Value& a, const Value& b);

/// spec.replicas of a ReplicaSet or Deployment (1 when it is not set, as defaulting would).
std::int64_t specReplicas(const Value& object);
std::int64_t statusCount(const Value& object, Key field);

/// PATCH bodies that give a dependent its controller, and take one away (PodControllerRefManager).
Value adoptionPatch(const Value& dependent, const Value& owner, const api::Resource& ownerResource);
/// Strategic merge patch without the references to these owners (GenerateDeleteOwnerRefStrategicMergeBytes).
Value ownerReleasePatch(std::string_view dependentUid, const std::vector<Value>& ownerUids);

/// True for the refusal of a creation in a namespace that is going (NamespaceTerminatingCause).
bool isNamespaceTerminating(const api::Status& status);

/// The conditions with `condition` in place of the one of its type, or added; lastTransitionTime of the old
/// one is kept when the status is the same (podutil.UpdatePodCondition). Equal conditions come back as they
/// were.
Value withPodCondition(const Value& conditions, const Value& condition);

/// metav1.DeleteOptions with a UID precondition.
Value deleteOptions(std::string_view uid, std::string_view propagationPolicy,
                    std::string_view resourceVersion = {});

/// `text` to FNV-1 32-bit, continuing `hash`.
inline constexpr std::uint32_t kFnv32Offset = 2166136261U;
std::uint32_t fnv32a(std::string_view text, std::uint32_t hash = kFnv32Offset);

}  // namespace pilothouse::controller_manager
