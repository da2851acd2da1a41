#include "core/controller_manager/persistent_volume_controller.hpp"

#include <utility>

#include "core/storage/volume_helpers.hpp"

namespace pilothouse::controller_manager {
namespace {

namespace sf = storage::fields;

const Key kLastPhaseTransitionTime = Key::intern("lastPhaseTransitionTime");

std::string claimOfVolume(const Value& volume) {
  const Value& reference = volume.get(keys::spec, sf::claimRef);
  if (reference.isNull()) return {};
  return reference[keys::namespace_].toString() + "/" + reference[keys::name].toString();
}

}  // namespace

PersistentVolumeController::PersistentVolumeController(const ControllerContext& context, ClaimPods& claimPods)
    : context_(context),
      claimPods_(claimPods),
      claimInformer_(context.informer(storage::storageResources().claims)),
      volumeInformer_(context.informer(storage::storageResources().volumes)),
      classes_(context.informer(storage::storageResources().classes)),
      volumesByClaim_(volumes_.addIndex(
          [](const Value& volume, std::vector<Value>& out) { out.emplace_back(claimOfVolume(volume)); })),
      recorder_(context.client, "persistentvolume-controller"),
      claimQueue_(context.simulator, 1,
                  [this](const std::string& key, Finish finish) { syncClaim(key, std::move(finish)); }),
      volumeQueue_(context.simulator, 1,
                   [this](const std::string& name, Finish finish) { syncVolume(name, std::move(finish)); }),
      timer_(context.simulator) {
  claimInformer_.onChange([this](const client::Change& change) { claimChanged(change); });
  volumeInformer_.onChange([this](const client::Change& change) { volumeChanged(change); });
}

void PersistentVolumeController::start() {
  claimQueue_.start();
  volumeQueue_.start();
  claims_.forEach([this](const Value& claim) { claimQueue_.add(api::namespacedName(claim)); });
  volumes_.forEach([this](const Value& volume) { volumeQueue_.add(api::name(volume)); });
  timer_.arm(kSyncPeriod, [this] { resync(); });
}

// Upstream looks at everything again; what is settled would not change.
void PersistentVolumeController::resync() {
  timer_.arm(kSyncPeriod, [this] { resync(); });
  for (const std::string& claim : unbound_) claimQueue_.add(claim);
  for (const std::string& volume : reclaimed_) volumeQueue_.add(volume);
}

void PersistentVolumeController::claimChanged(const client::Change& change) {
  if (!change.after.isNull()) {
    remember(claims_, change.after);
    claimQueue_.add(api::namespacedName(change.after));
    return;
  }
  claims_.erase(change.before);
  unbound_.erase(api::namespacedName(change.before));
  const Value& volume = change.before.get(keys::spec, sf::volumeName);
  if (!volume.asString().empty()) volumeQueue_.add(volume.asString());
}

void PersistentVolumeController::volumeChanged(const client::Change& change) {
  if (!change.after.isNull()) {
    remember(volumes_, change.after);
    volumeQueue_.add(api::name(change.after));
    return;
  }
  volumes_.erase(change.before);
  reclaimed_.erase(std::string(api::name(change.before)));
  const std::string claim = claimOfVolume(change.before);
  if (!claim.empty()) claimQueue_.add(claim);
}

// storeObjectUpdate: an older version than what is known does not count.
void PersistentVolumeController::remember(client::Store& store, const Value& object) {
  const Value& known = store.find(api::namespaceOf(object), api::name(object));
  if (api::uid(known) == api::uid(object) && api::resourceVersion(known) > api::resourceVersion(object))
    return;
  store.put(object);
}

void PersistentVolumeController::saveVolume(Value volume, Saved saved) {
  context_.client.update(storage::storageResources().volumes, std::move(volume),
                         [this, saved = std::move(saved)](const client::Response& response) mutable {
                           if (response.ok()) remember(volumes_, response.body);
                           saved(response.ok() ? response.body : Value());
                         });
}

void PersistentVolumeController::saveVolumeStatus(Value volume, Saved saved) {
  context_.client.updateStatus(storage::storageResources().volumes, std::move(volume),
                               [this, saved = std::move(saved)](const client::Response& response) mutable {
                                 if (response.ok()) remember(volumes_, response.body);
                                 saved(response.ok() ? response.body : Value());
                               });
}

void PersistentVolumeController::saveClaim(Value claim, Saved saved) {
  context_.client.update(storage::storageResources().claims, std::move(claim),
                         [this, saved = std::move(saved)](const client::Response& response) mutable {
                           if (response.ok()) remember(claims_, response.body);
                           saved(response.ok() ? response.body : Value());
                         });
}

void PersistentVolumeController::setPhase(const Value& volume, std::string_view phase, Saved saved,
                                          std::string_view message) {
  const Value& status = volume[keys::status];
  if (status[keys::phase].asString() == phase) return saved(volume);
  ObjectBuilder next(status);
  next.set(keys::phase, Value(phase)).set(kLastPhaseTransitionTime, timestamp(context_.now()));
  if (message.empty()) {
    next.remove(keys::message);
  } else {
    next.set(keys::message, Value(message));
  }
  saveVolumeStatus(volume.with(keys::status, next.build()), std::move(saved));
}

void PersistentVolumeController::setClaimStatus(const Value& claim, std::string_view phase,
                                                const Value& volume, Saved saved) {
  const Value& status = claim[keys::status];
  ObjectBuilder next(status);
  next.set(keys::phase, Value(phase));
  if (volume.isNull()) {
    next.remove(sf::accessModes);
    next.remove(keys::capacity);
  } else {
    next.set(sf::accessModes, volume[keys::spec][sf::accessModes]);
    // Later a difference may be meant: the volume is larger than its file system.
    if (status[keys::phase].asString() != phase) {
      next.set(keys::capacity, volume[keys::spec][keys::capacity]);
    }
  }
  Value changed = next.build();
  if (changed == status) return saved(claim);
  context_.client.updateStatus(storage::storageResources().claims,
                               claim.with(keys::status, std::move(changed)),
                               [this, saved = std::move(saved)](const client::Response& response) mutable {
                                 if (response.ok()) remember(claims_, response.body);
                                 saved(response.ok() ? response.body : Value());
                               });
}

}  // namespace pilothouse::controller_manager
