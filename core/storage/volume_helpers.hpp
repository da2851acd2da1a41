#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/storage/volume_keys.hpp"
#include "core/value/value.hpp"

namespace pilothouse::storage {

/// k8s.io/component-helpers/storage/volume: what the binder, the scheduler and provisioners have in common.

/// The name of the storage class of a volume or claim; the old annotation counts first. "" for none.
const Value& classOf(const Value& volumeOrClaim);
/// False for a claim that says nothing of a class, which a default may then be given; "" says something.
bool claimHasClass(const Value& claim);
/// The newest StorageClass that is marked as the default, or null.
Value defaultClass(const std::function<void(const std::function<void(const Value&)>&)>& forEachClass);

/// spec.resources.requests.storage of a claim, spec.capacity.storage of a volume, in bytes.
std::int64_t requestedBytes(const Value& claim);
std::int64_t capacityBytes(const Value& volume);

/// The volume's claimRef names this claim, and its uid if it has one.
bool isBoundToClaim(const Value& volume, const Value& claim);
/// spec.volumeName is set and binding was completed.
bool isFullyBound(const Value& claim);
bool isDelayed(const Value& storageClass);  ///< volumeBindingMode: WaitForFirstConsumer
bool volumeModeDiffers(const Value& claim, const Value& volume);
/// The volume has all access modes that the claim asks for.
bool hasAccessModes(const Value& claim, const Value& volume);
/// "" or why the volume that a claim asks for by name cannot be its (checkVolumeSatisfyClaim).
std::string whyNotSatisfied(const Value& volume, const Value& claim);

/// The best volume for a claim among `volumes`: the one that is pre-bound to it, or the smallest available.
/// `fitsNode` (the scheduler's; may be empty) tells whether a volume can be reached from the node that is
/// thought of; without it, and with `delayed`, only pre-bound volumes count (FindMatchingVolume). Null: none.
Value findMatchingVolume(const Value& claim, const std::vector<Value>& volumes, bool delayed,
                         const std::function<bool(const Value& volume)>& fitsNode,
                         const std::vector<Value>& excluded);

/// The volume's nodeAffinity lets a node use it (CheckNodeAffinity).
bool fitsNodeAffinity(const Value& volume, const Value& nodeLabels, std::string_view nodeName);

/// The claims of a pod: those that its volumes name, and those made for its ephemeral volumes.
struct PodClaim {
  Value name;
  const Value* volume;
  bool ephemeral = false;
};
bool usesClaims(const Value& pod);
std::vector<PodClaim> claimsOf(const Value& pod);
/// ephemeral.VolumeIsForPod: "" or why the claim of that name is not this pod's.
std::string whyNotForPod(const Value& pod, const Value& claim);

/// `object` with an annotation more.
Value withAnnotation(const Value& object, Key annotation, Value text);
Value withoutAnnotation(const Value& object, Key annotation);
inline bool hasAnnotation(const Value& object, Key annotation) {
  return object[keys::metadata][keys::annotations].has(annotation);
}
/// metadata.finalizers has this text.
bool hasFinalizer(const Value& object, std::string_view finalizer);
Value withFinalizer(const Value& object, std::string_view finalizer);
Value withoutFinalizer(const Value& object, std::string_view finalizer);

}  // namespace pilothouse::storage
