// The volume's side of binding: phases, release and reclaiming (syncVolume of pv_controller.go).
#include <utility>

#include "core/controller_manager/controller_utils.hpp"
#include "core/controller_manager/persistent_volume_controller.hpp"
#include "core/storage/volume_helpers.hpp"

namespace pilothouse::controller_manager {
namespace {

namespace sf = storage::fields;
namespace sa = storage::annotations;
using Result = client::WorkQueue::Result;

const Key kNfs = Key::intern("nfs");

constexpr std::string_view kWarning = "Warning";
constexpr std::string_view kScratch = "/tmp/";  ///< all that hostPath's deleter may delete

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

bool isReleased(const Value& volume) {
  const std::string_view phase = volume[keys::status][keys::phase].asString();
  return phase == "Released" || phase == "Failed";
}

}  // namespace

void PersistentVolumeController::syncVolume(const std::string& name, Finish finish) {
  const Value volume = volumes_.find("", name);
  reclaimed_.erase(name);
  if (volume.isNull()) return finish(Result::Done);
  auto ended = [finish = std::move(finish)](bool good) mutable {
    finish(good ? Result::Done : Result::Retry);
  };
  const Value& reference = volume[keys::spec][sf::claimRef];
  if (!reference.isNull() && !reference[keys::uid].asString().empty()) {
    return syncClaimed(volume, std::move(ended));
  }
  // A claim that waits takes it at its next sync, 15 s later at most.
  setPhase(volume, "Available",
           [ended = std::move(ended)](const Value& saved) mutable { ended(!saved.isNull()); });
}

void PersistentVolumeController::syncClaimed(const Value& volume, Ended ended) {
  const Value reference = volume[keys::spec][sf::claimRef];
  const Value& claim = claims_.find(reference[keys::namespace_].asString(), reference[keys::name].asString());
  if (!claim.isNull() && api::meta(claim)[keys::uid] == reference[keys::uid]) {
    return syncWithClaim(volume, claim, std::move(ended));
  }
  if (claim.isNull() && isReleased(volume)) return release(volume, std::move(ended));
  // The server has the last word on whether the claim is gone: a volume must not be reclaimed wrongly.
  context_.client.get(
      storage::storageResources().claims, reference[keys::namespace_], reference[keys::name],
      [this, volume, reference, ended = std::move(ended)](const client::Response& response) mutable {
        const bool known = response.ok() || api::isNotFound(response.status());
        if (!known) return ended(false);
        if (response.ok() && api::meta(response.body)[keys::uid] == reference[keys::uid]) {
          remember(claims_, response.body);
          return syncWithClaim(volume, response.body, std::move(ended));
        }
        release(volume, std::move(ended));
      });
}

void PersistentVolumeController::syncWithClaim(const Value& volume, const Value& claim, Ended ended) {
  const Value& chosen = claim[keys::spec][sf::volumeName];
  if (chosen.asString().empty()) {
    if (storage::volumeModeDiffers(claim, volume)) {
      recorder_.event(volume, kWarning, "VolumeMismatch",
                      "Cannot bind PersistentVolume to requested PersistentVolumeClaim " +
                          quoted(api::name(claim)) + " due to incompatible volumeMode.");
      recorder_.event(claim, kWarning, "VolumeMismatch",
                      "Cannot bind PersistentVolume " + quoted(api::name(volume)) +
                          " to requested PersistentVolumeClaim due to incompatible volumeMode.");
      return ended(true);
    }
    claimQueue_.add(api::namespacedName(claim));
    return ended(true);
  }
  if (chosen == api::meta(volume)[keys::name]) {
    return setPhase(volume, "Bound",
                    [ended = std::move(ended)](const Value& saved) mutable { ended(!saved.isNull()); });
  }
  // The claim is bound elsewhere.
  const bool provisioned = storage::hasAnnotation(volume, sa::provisionedBy) &&
                           volume[keys::spec][sf::persistentVolumeReclaimPolicy].asString() == "Delete";
  if (provisioned) return release(volume, std::move(ended));
  unbind(volume, std::move(ended));
}

// A volume that the controller gave to the claim is free again; one that was reserved for it stays so.
void PersistentVolumeController::unbind(const Value& volume, Ended ended) {
  Value next = volume;
  if (storage::hasAnnotation(volume, sa::boundByController)) {
    next = next.withoutPath({keys::spec, sf::claimRef});
    next = storage::withoutAnnotation(next, sa::boundByController);
  } else {
    next = next.withoutPath({keys::spec, sf::claimRef, keys::uid});
  }
  saveVolume(std::move(next), [this, ended = std::move(ended)](const Value& saved) mutable {
    if (saved.isNull()) return ended(false);
    setPhase(saved, "Available",
             [ended = std::move(ended)](const Value& known) mutable { ended(!known.isNull()); });
  });
}

void PersistentVolumeController::release(const Value& volume, Ended ended) {
  if (isReleased(volume)) return reclaim(volume, std::move(ended));
  setPhase(volume, "Released", [this, ended = std::move(ended)](const Value& saved) mutable {
    if (saved.isNull()) return ended(false);
    reclaim(saved, std::move(ended));
  });
}

void PersistentVolumeController::reclaim(const Value& volume, Ended ended) {
  const std::string_view policy = volume[keys::spec][sf::persistentVolumeReclaimPolicy].asString();
  const Value& spec = volume[keys::spec];
  if (policy == "Retain") return ended(true);
  if (policy == "Recycle") {
    if (spec.has(sf::hostPath) || spec.has(kNfs)) return recycle(volume, std::move(ended));
    return fail(volume, "VolumeFailedRecycle", "No recycler plugin found for the volume!", std::move(ended));
  }
  if (policy != "Delete") {
    return fail(volume, "VolumeUnknownReclaimPolicy", "Volume has unrecognized PersistentVolumeReclaimPolicy",
                std::move(ended));
  }
  // Who made it deletes it.
  if (!api::annotations(volume)[sa::provisionedBy].asString().empty()) return ended(true);
  if (api::isBeingDeleted(volume)) return ended(true);
  if (!spec.has(sf::hostPath)) {
    return fail(volume, "VolumeFailedDelete",
                "error getting deleter volume plugin for volume " + quoted(api::name(volume)) +
                    ": no deletable volume plugin matched",
                std::move(ended));
  }
  const std::string_view path = spec[sf::hostPath][sf::path].asString();
  if (path.substr(0, kScratch.size()) != kScratch || path.size() == kScratch.size()) {
    return fail(volume, "VolumeFailedDelete",
                "host_path deleter only supports /tmp/.+ but received provided " + std::string(path),
                std::move(ended));
  }
  removeVolume(volume, std::move(ended));
}

void PersistentVolumeController::removeVolume(const Value& volume, Ended ended) {
  context_.client.remove(storage::storageResources().volumes, Value(), api::meta(volume)[keys::name],
                         deleteOptions(api::uid(volume), {}),
                         [ended = std::move(ended)](const client::Response& response) mutable {
                           ended(response.ok() || api::isNotFound(response.status()));
                         });
}

// The volume's files are scrubbed by a pod upstream, which nobody sees; here they are as they were.
void PersistentVolumeController::recycle(const Value& volume, Ended ended) {
  recorder_.event(volume, "Normal", "VolumeRecycled", "Volume recycled");
  Value next = volume.withoutPath({keys::spec, sf::claimRef});
  next = storage::withoutAnnotation(next, sa::boundByController);
  saveVolume(std::move(next), [this, ended = std::move(ended)](const Value& saved) mutable {
    if (saved.isNull()) return ended(false);
    setPhase(saved, "Available",
             [ended = std::move(ended)](const Value& known) mutable { ended(!known.isNull()); });
  });
}

void PersistentVolumeController::fail(const Value& volume, std::string_view reason, std::string_view message,
                                      Ended ended) {
  reclaimed_.insert(std::string(api::name(volume)));
  if (volume[keys::status][keys::phase].asString() == "Failed") return ended(true);
  setPhase(
      volume, "Failed",
      [this, reason = std::string(reason), message = std::string(message),
       ended = std::move(ended)](const Value& saved) mutable {
        if (!saved.isNull()) recorder_.event(saved, kWarning, reason, message);
        ended(!saved.isNull());
      },
      message);
}

}  // namespace pilothouse::controller_manager
