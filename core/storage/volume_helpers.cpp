#include "core/storage/volume_helpers.hpp"

#include <algorithm>

#include "core/api/core_v1/validation_persistent_volume.hpp"
#include "core/api/node_selector.hpp"
#include "core/api/object.hpp"
#include "core/value/quantity.hpp"
#include "core/value/selector.hpp"

namespace pilothouse::storage {
namespace {

const Key kNodeSelectorTerms = Key::intern("nodeSelectorTerms");

const Value& volumeModeOf(const Value& object) {
  static const Value filesystem("Filesystem");
  const Value& mode = object[keys::spec][fields::volumeMode];
  return mode.asString().empty() ? filesystem : mode;
}

bool isAmong(const std::vector<Value>& volumes, const Value& volume) {
  return std::any_of(volumes.begin(), volumes.end(),
                     [&volume](const Value& other) { return api::name(other) == api::name(volume); });
}

}  // namespace

const Value& classOf(const Value& volumeOrClaim) { return api::storageClassOf(volumeOrClaim); }

bool claimHasClass(const Value& claim) {
  return hasAnnotation(claim, annotations::storageClass) || claim[keys::spec].has(fields::storageClassName);
}

Value defaultClass(const std::function<void(const std::function<void(const Value&)>&)>& forEachClass) {
  Value best;
  forEachClass([&best](const Value& candidate) {
    if (api::annotations(candidate)[annotations::defaultClass].asString() != "true") return;
    const std::string_view made = api::meta(candidate)[keys::creationTimestamp].asString();
    const std::string_view bestMade = api::meta(best)[keys::creationTimestamp].asString();
    if (best.isNull() || made > bestMade || (made == bestMade && api::name(candidate) < api::name(best))) {
      best = candidate;
    }
  });
  return best;
}

std::int64_t requestedBytes(const Value& claim) {
  return quantityValue(claim.get(keys::spec, keys::resources, keys::requests, fields::storage));
}

std::int64_t capacityBytes(const Value& volume) {
  return quantityValue(volume.get(keys::spec, keys::capacity, fields::storage));
}

bool isBoundToClaim(const Value& volume, const Value& claim) {
  const Value& reference = volume[keys::spec][fields::claimRef];
  if (reference.isNull() || !(reference[keys::name] == api::meta(claim)[keys::name]) ||
      !(reference[keys::namespace_] == api::meta(claim)[keys::namespace_])) {
    return false;
  }
  return reference[keys::uid].asString().empty() || reference[keys::uid] == api::meta(claim)[keys::uid];
}

bool isFullyBound(const Value& claim) {
  return !claim[keys::spec][fields::volumeName].asString().empty() &&
         hasAnnotation(claim, annotations::bindCompleted);
}

bool isDelayed(const Value& storageClass) {
  return storageClass[fields::volumeBindingMode].asString() == "WaitForFirstConsumer";
}

bool volumeModeDiffers(const Value& claim, const Value& volume) {
  return !(volumeModeOf(claim) == volumeModeOf(volume));
}

bool hasAccessModes(const Value& claim, const Value& volume) {
  const auto offered = volume[keys::spec][fields::accessModes].items();
  const auto wanted = claim[keys::spec][fields::accessModes].items();
  return std::all_of(wanted.begin(), wanted.end(), [&offered](const Value& mode) {
    return std::find(offered.begin(), offered.end(), mode) != offered.end();
  });
}

std::string whyNotSatisfied(const Value& volume, const Value& claim) {
  if (api::isBeingDeleted(volume)) {
    return "the volume is marked for deletion \"" + std::string(api::name(volume)) + "\"";
  }
  if (capacityBytes(volume) < requestedBytes(claim)) return "requested PV is too small";
  if (classOf(volume).asString() != classOf(claim).asString()) return "storageClassName does not match";
  if (volumeModeDiffers(claim, volume)) return "incompatible volumeMode";
  if (!hasAccessModes(claim, volume)) return "incompatible accessMode";
  return "";
}

Value findMatchingVolume(const Value& claim, const std::vector<Value>& volumes, bool delayed,
                         const std::function<bool(const Value& volume)>& fitsNode,
                         const std::vector<Value>& excluded) {
  const std::int64_t wanted = requestedBytes(claim);
  const Value& selectorSpec = claim[keys::spec][keys::selector];
  const LabelSelector selector =
      selectorSpec.isNull() ? LabelSelector::everything() : LabelSelector::fromObject(selectorSpec);
  Value smallest;
  std::int64_t smallestBytes = 0;
  for (const Value& volume : volumes) {
    const bool claimed = !volume[keys::spec][fields::claimRef].isNull();
    const bool ours = claimed && isBoundToClaim(volume, claim);
    const std::int64_t bytes = capacityBytes(volume);
    if ((claimed && !ours) || bytes < wanted || volumeModeDiffers(claim, volume) ||
        api::isBeingDeleted(volume) || isAmong(excluded, volume)) {
      continue;
    }
    const bool reachable = !fitsNode || fitsNode(volume);
    if (ours) return reachable ? volume : Value();
    if ((!fitsNode && delayed) || !reachable) continue;
    const bool available = volume[keys::status][keys::phase].asString() == "Available";
    if (!available || !selector.matches(api::labels(volume)) ||
        classOf(volume).asString() != classOf(claim).asString() || !hasAccessModes(claim, volume)) {
      continue;
    }
    if (smallest.isNull() || bytes < smallestBytes) {
      smallest = volume;
      smallestBytes = bytes;
    }
  }
  return smallest;
}

bool fitsNodeAffinity(const Value& volume, const Value& nodeLabels, std::string_view nodeName) {
  const Value& required = volume[keys::spec][fields::nodeAffinity][fields::required];
  if (required.isNull()) return true;
  const auto terms = required[kNodeSelectorTerms].items();
  return std::any_of(terms.begin(), terms.end(), [&](const Value& term) {
    return api::NodeSelectorTerm::from(term).matches(nodeLabels, nodeName);
  });
}

bool usesClaims(const Value& pod) {
  for (const Value& volume : pod[keys::spec][fields::volumes].items()) {
    if (volume.has(fields::persistentVolumeClaim) || volume.has(fields::ephemeral)) return true;
  }
  return false;
}

std::vector<PodClaim> claimsOf(const Value& pod) {
  std::vector<PodClaim> claims;
  for (const Value& volume : pod[keys::spec][fields::volumes].items()) {
    if (const Value& claim = volume[fields::persistentVolumeClaim]; !claim.isNull()) {
      claims.push_back({claim[fields::claimName], &volume, false});
    } else if (volume.has(fields::ephemeral)) {
      std::string name(api::name(pod));
      name.append("-").append(volume[keys::name].asString());
      claims.push_back({Value(name), &volume, true});
    }
  }
  return claims;
}

std::string whyNotForPod(const Value& pod, const Value& claim) {
  if (api::namespaceOf(pod) == api::namespaceOf(claim) && api::isControlledBy(claim, api::uid(pod)))
    return "";
  return "PVC " + std::string(api::namespaceOf(claim)) + "/" + std::string(api::name(claim)) +
         " was not created for pod " + std::string(api::namespaceOf(pod)) + "/" +
         std::string(api::name(pod)) + " (pod is not owner)";
}

Value withAnnotation(const Value& object, Key annotation, Value text) {
  return object.withPath({keys::metadata, keys::annotations, annotation}, std::move(text));
}

Value withoutAnnotation(const Value& object, Key annotation) {
  return object.withoutPath({keys::metadata, keys::annotations, annotation});
}

bool hasFinalizer(const Value& object, std::string_view finalizer) {
  const auto all = object[keys::metadata][keys::finalizers].items();
  return std::any_of(all.begin(), all.end(),
                     [finalizer](const Value& known) { return known.asString() == finalizer; });
}

Value withFinalizer(const Value& object, std::string_view finalizer) {
  if (hasFinalizer(object, finalizer)) return object;
  return object.withPath({keys::metadata, keys::finalizers},
                         object[keys::metadata][keys::finalizers].appended(Value(finalizer)));
}

Value withoutFinalizer(const Value& object, std::string_view finalizer) {
  if (!hasFinalizer(object, finalizer)) return object;
  std::vector<Value> rest;
  for (const Value& known : object[keys::metadata][keys::finalizers].items()) {
    if (known.asString() != finalizer) rest.push_back(known);
  }
  if (rest.empty()) return object.withoutPath({keys::metadata, keys::finalizers});
  return object.withPath({keys::metadata, keys::finalizers}, Value::array(rest));
}

}  // namespace pilothouse::storage
