// The claim's side of binding (syncClaim of pv_controller.go).
#include <utility>

#include "core/controller_manager/persistent_volume_controller.hpp"
#include "core/storage/volume_helpers.hpp"

namespace pilothouse::controller_manager {
namespace {

namespace sf = storage::fields;
namespace sa = storage::annotations;
using Result = client::WorkQueue::Result;

constexpr std::string_view kNormal = "Normal";
constexpr std::string_view kWarning = "Warning";

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

}  // namespace

const Value& PersistentVolumeController::storageClass(std::string_view name) const {
  return classes_.store().find("", name);
}

void PersistentVolumeController::syncClaim(const std::string& key, Finish finish) {
  const auto [ns, name] = splitKey(key);
  const Value claim = claims_.find(ns, name);
  if (claim.isNull()) return finish(Result::Done);
  auto ended = [finish = std::move(finish)](bool good) mutable {
    finish(good ? Result::Done : Result::Retry);
  };
  if (storage::hasAnnotation(claim, sa::bindCompleted)) {
    unbound_.erase(key);
    return syncBound(claim, std::move(ended));
  }
  unbound_.insert(key);
  const Value& wanted = claim[keys::spec][sf::volumeName];
  if (wanted.asString().empty()) return syncUnbound(claim, std::move(ended));
  const Value volume = volumes_.find("", wanted.asString());
  if (!volume.isNull()) return syncNamed(claim, volume, std::move(ended));
  setClaimStatus(claim, "Pending", Value(),
                 [ended = std::move(ended)](const Value& saved) mutable { ended(!saved.isNull()); });
}

// The pre-bound one, or the smallest of those with the fewest access modes (findByClaim).
Value PersistentVolumeController::bestMatch(const Value& claim, bool delayed) const {
  std::vector<Value> candidates = volumes_.byIndex(volumesByClaim_, api::namespacedName(claim));
  if (!delayed) {
    for (const Value& free : volumes_.byIndex(volumesByClaim_, "")) candidates.push_back(free);
  }
  for (std::size_t modes = 1; modes <= 4; ++modes) {
    std::vector<Value> alike;
    for (const Value& volume : candidates) {
      const bool fits = storage::hasAccessModes(claim, volume);
      if (fits && volume[keys::spec][sf::accessModes].size() == modes) alike.push_back(volume);
    }
    if (alike.empty()) continue;
    Value found = storage::findMatchingVolume(claim, alike, delayed, nullptr, {});
    if (!found.isNull()) return found;
  }
  return {};
}

void PersistentVolumeController::syncUnbound(const Value& claim, Ended ended) {
  const bool delayed = storage::isDelayed(storageClass(storage::classOf(claim).asString()));
  const Value volume = bestMatch(claim, delayed);
  if (!volume.isNull()) return bind(volume, claim, std::move(ended));
  if (!storage::claimHasClass(claim)) {
    // A default class that came after the claim is given to it (assignDefaultStorageClass).
    const Value standard =
        storage::defaultClass([this](const auto& visit) { classes_.store().forEach(visit); });
    if (!standard.isNull()) {
      return saveClaim(claim.withPath({keys::spec, sf::storageClassName}, api::meta(standard)[keys::name]),
                       [ended = std::move(ended)](const Value& saved) mutable { ended(!saved.isNull()); });
    }
  }
  withoutVolume(claim, delayed, std::move(ended));
}

void PersistentVolumeController::withoutVolume(const Value& claim, bool delayed, Ended ended) {
  if (delayed && !storage::hasAnnotation(claim, sa::selectedNode)) {
    tellDelayed(claim);
  } else if (!storage::classOf(claim).asString().empty()) {
    return provision(claim, std::move(ended));
  } else {
    recorder_.event(claim, kNormal, "FailedBinding",
                    "no persistent volumes available for this claim and no storage class is set");
  }
  setClaimStatus(claim, "Pending", Value(),
                 [ended = std::move(ended)](const Value& saved) mutable { ended(!saved.isNull()); });
}

// emitEventForUnboundDelayBindingClaim.
void PersistentVolumeController::tellDelayed(const Value& claim) {
  std::string names;
  int pods = 0;
  claimPods_.forEach(api::namespacedName(claim), [&](const Value& pod) {
    if (!pod.get(keys::spec, keys::nodeName).asString().empty()) return;
    names.append(names.empty() ? "" : ",").append(api::name(pod));
    ++pods;
  });
  if (pods == 0) {
    recorder_.event(claim, kNormal, "WaitForFirstConsumer",
                    "waiting for first consumer to be created before binding");
  } else {
    recorder_.event(
        claim, kNormal, "WaitForPodScheduled",
        std::string(pods > 1 ? "waiting for pods " : "waiting for pod ") + names + " to be scheduled");
  }
}

// provisionClaim: all provisioners are external ones; they are asked by an annotation.
void PersistentVolumeController::provision(const Value& claim, Ended ended) {
  const std::string_view className = storage::classOf(claim).asString();
  const Value& wanted = storageClass(className);
  if (wanted.isNull()) {
    recorder_.event(claim, kWarning, "ProvisioningFailed",
                    "storageclass.storage.k8s.io " + quoted(className) + " not found");
    return ended(true);
  }
  const Value& provisioner = wanted[sf::provisioner];
  if (provisioner.asString().substr(0, 14) == "kubernetes.io/") {
    recorder_.event(claim, kWarning, "ProvisioningFailed",
                    "no volume plugin matched name: " + provisioner.toString());
    return ended(true);
  }
  const auto tell = [this, text = provisioner.toString()](const Value& about) {
    recorder_.event(about, kNormal, "ExternalProvisioning",
                    "Waiting for a volume to be created either by the external provisioner '" + text +
                        "' or manually by the system administrator. If volume creation is delayed, please "
                        "verify that the provisioner is running and correctly registered.");
  };
  if (api::annotations(claim)[sa::storageProvisioner] == provisioner) {
    tell(claim);
    return ended(true);
  }
  Value asked = storage::withAnnotation(claim, sa::betaStorageProvisioner, provisioner);
  asked = storage::withAnnotation(asked, sa::storageProvisioner, provisioner);
  saveClaim(std::move(asked), [tell, ended = std::move(ended)](const Value& saved) mutable {
    if (!saved.isNull()) tell(saved);
    ended(!saved.isNull());
  });
}

// spec.volumeName was given and is there.
void PersistentVolumeController::syncNamed(const Value& claim, const Value& volume, Ended ended) {
  auto pend = [this, &claim](Ended last) {
    setClaimStatus(claim, "Pending", Value(),
                   [last = std::move(last)](const Value& saved) mutable { last(!saved.isNull()); });
  };
  const std::string name = quoted(api::name(volume));
  if (volume[keys::spec][sf::claimRef].isNull()) {
    const std::string why = storage::whyNotSatisfied(volume, claim);
    if (why.empty()) return bind(volume, claim, std::move(ended));
    recorder_.event(claim, kWarning, "VolumeMismatch",
                    "Cannot bind to requested volume " + name + ": " + why);
    return pend(std::move(ended));
  }
  if (storage::isBoundToClaim(volume, claim)) return bind(volume, claim, std::move(ended));
  if (!storage::hasAnnotation(claim, sa::boundByController)) {
    recorder_.event(claim, kWarning, "FailedBinding",
                    "volume " + name + " already bound to a different claim.");
    return pend(std::move(ended));
  }
  const Value& reference = volume[keys::spec][sf::claimRef];
  recorder_.event(
      claim, kWarning, "FailedBinding",
      "volume " + name + " already bound to a different claim " +
          quoted(reference[keys::namespace_].toString() + "/" + reference[keys::name].toString()) +
          " by controller.");
  ended(false);
}

void PersistentVolumeController::syncBound(const Value& claim, Ended ended) {
  const Value& name = claim[keys::spec][sf::volumeName];
  if (name.asString().empty()) {
    return lose(claim, "ClaimLost",
                "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!",
                std::move(ended));
  }
  const Value volume = volumes_.find("", name.asString());
  if (volume.isNull()) {
    return lose(claim, "ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost!",
                std::move(ended));
  }
  const Value& reference = volume[keys::spec][sf::claimRef];
  if (reference.isNull() || reference[keys::uid] == api::meta(claim)[keys::uid]) {
    return bind(volume, claim, std::move(ended));
  }
  lose(claim, "ClaimMisbound", "Two claims are bound to the same volume, this one is bound incorrectly",
       std::move(ended));
}

void PersistentVolumeController::lose(const Value& claim, std::string_view reason, std::string_view message,
                                      Ended ended) {
  if (claim[keys::status][keys::phase].asString() == "Lost") return ended(true);
  setClaimStatus(claim, "Lost", Value(),
                 [this, reason = std::string(reason), message = std::string(message),
                  ended = std::move(ended)](const Value& saved) mutable {
                   if (!saved.isNull()) recorder_.event(saved, kWarning, reason, message);
                   ended(!saved.isNull());
                 });
}

// The volume and its phase first, then the claim and its phase; each only where it changes something.
void PersistentVolumeController::bind(const Value& volume, const Value& claim, Ended ended) {
  const Value& reference = volume[keys::spec][sf::claimRef];
  const bool bound = storage::isBoundToClaim(volume, claim);
  Value next = volume;
  if (!bound || !(reference[keys::uid] == api::meta(claim)[keys::uid])) {
    next = next.withPath({keys::spec, sf::claimRef}, api::objectReference(claim));
  }
  if (!bound && !storage::hasAnnotation(volume, sa::boundByController)) {
    next = storage::withAnnotation(next, sa::boundByController, "yes");
  }
  auto phase = [this, claim, ended = std::move(ended)](Value saved) mutable {
    if (saved.isNull()) return ended(false);
    setPhase(saved, "Bound", [this, claim, ended = std::move(ended)](const Value& known) mutable {
      if (known.isNull()) return ended(false);
      bindClaim(known, claim, std::move(ended));
    });
  };
  if (next.sameAs(volume)) return phase(volume);
  saveVolume(std::move(next), std::move(phase));
}

void PersistentVolumeController::bindClaim(const Value& volume, const Value& claim, Ended ended) {
  Value next = claim;
  const Value& name = api::meta(volume)[keys::name];
  if (!(claim[keys::spec][sf::volumeName] == name)) {
    next = next.withPath({keys::spec, sf::volumeName}, name);
    if (!storage::hasAnnotation(claim, sa::boundByController)) {
      next = storage::withAnnotation(next, sa::boundByController, "yes");
    }
  }
  if (!storage::hasAnnotation(claim, sa::bindCompleted)) {
    next = storage::withAnnotation(next, sa::bindCompleted, "yes");
  }
  auto status = [this, volume, ended = std::move(ended)](const Value& saved) mutable {
    if (saved.isNull()) return ended(false);
    unbound_.erase(api::namespacedName(saved));
    setClaimStatus(saved, "Bound", volume,
                   [ended = std::move(ended)](const Value& known) mutable { ended(!known.isNull()); });
  };
  if (next.sameAs(claim)) return status(claim);
  saveClaim(std::move(next), std::move(status));
}

}  // namespace pilothouse::controller_manager
