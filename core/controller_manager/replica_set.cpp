#include "core/controller_manager/replica_set.hpp"

#include <utility>

#include "core/controller_manager/controller_utils.hpp"
#include "core/controller_manager/fields.hpp"

namespace pilothouse::controller_manager {
namespace {

namespace r = api::resources;

const Value kNone;

}  // namespace

ReplicaSetController::ReplicaSetController(const ControllerContext& context)
    : context_(context),
      replicaSets_(context.informer(r::replicaSets)),
      pods_(context.informer(r::pods)),
      recorder_(context.client, "replicaset-controller"),
      queue_(context.simulator, kWorkers, [this](const std::string& key, client::WorkQueue::Finish finish) {
        sync(key, std::move(finish));
      }) {
  replicaSets_.onChange([this](const client::Change& change) { replicaSetChanged(change); });
  pods_.onChange([this](const client::Change& change) { podChanged(change); });
}

void ReplicaSetController::start() {
  queue_.start();
  replicaSets_.store().forEach([this](const Value& object) { queue_.add(api::namespacedName(object)); });
}

void ReplicaSetController::replicaSetChanged(const client::Change& change) {
  const Value& before = change.before;
  const Value& after = change.after;
  if (!before.isNull() && (after.isNull() || api::uid(before) != api::uid(after))) {
    known_.erase(std::string(api::uid(before)));
  }
  const std::string key = api::namespacedName(after.isNull() ? before : after);
  if (!after.isNull()) known_[std::string(api::uid(after))].key = key;
  queue_.add(key);
}

ReplicaSetController::Known* ReplicaSetController::known(const Value& controller) {
  const auto found = known_.find(controller[keys::uid].asString());
  return found == known_.end() ? nullptr : &found->second;
}

// The ReplicaSet that a controller reference names, or null.
const Value& ReplicaSetController::resolve(std::string_view ns, const Value& controller) const {
  if (controller[keys::kind].asString() != r::replicaSets.kind) return kNone;
  const Value& found = replicaSets_.store().find(ns, controller[keys::name].asString());
  return controller[keys::uid].asString() == api::uid(found) ? found : kNone;
}

void ReplicaSetController::podChanged(const client::Change& change) {
  if (change.after.isNull()) return podGone(change.before);
  if (!change.before.isNull()) return podUpdated(change.before, change.after);
  // After a restart a pod may come up while it is being deleted already: not a creation to count.
  if (api::isBeingDeleted(change.after)) return podGone(change.after);
  const Value& controller = api::controllerOf(change.after);
  if (controller.isNull()) return enqueueMatching(change.after);
  if (Known* owner = known(controller)) {
    owner->expectations.creationObserved();
    queue_.add(owner->key);
  }
}

void ReplicaSetController::podUpdated(const Value& before, const Value& after) {
  const bool labelsChanged = !(api::labels(before) == api::labels(after));
  if (api::isBeingDeleted(after)) {
    podGone(after);
    if (labelsChanged) podGone(before);
    return;
  }
  const Value& owner = api::controllerOf(after);
  const Value& former = api::controllerOf(before);
  const bool ownerChanged = !(owner == former);
  if (ownerChanged) {
    if (Known* old = known(former)) queue_.add(old->key);
  }
  if (!owner.isNull()) {
    Known* current = known(owner);
    if (current == nullptr) return;
    queue_.add(current->key);
    if (!api::isPodReady(before) && api::isPodReady(after)) {
      const std::int64_t minReadySeconds =
          resolve(api::namespaceOf(after), owner).get(keys::spec, fields::minReadySeconds).asInt(0);
      // A second more, against the rounding of transition times.
      if (minReadySeconds > 0) queue_.addAfter(current->key, std::chrono::seconds(minReadySeconds + 1));
    }
  } else if (labelsChanged || ownerChanged) {
    enqueueMatching(after);
  }
}

void ReplicaSetController::podGone(const Value& pod) {
  if (Known* owner = known(api::controllerOf(pod))) {
    owner->expectations.deletionObserved(api::name(pod));
    queue_.add(owner->key);
  }
}

// An orphan: whoever selects it may want to adopt it.
void ReplicaSetController::enqueueMatching(const Value& orphan) {
  const std::string_view ns = api::namespaceOf(orphan);
  replicaSets_.store().forEach([&](const Value& replicaSet) {
    if (api::namespaceOf(replicaSet) != ns) return;
    const LabelSelector selector = LabelSelector::fromObject(replicaSet.get(keys::spec, keys::selector));
    if (!selector.empty() && selector.matches(api::labels(orphan))) {
      queue_.add(api::namespacedName(replicaSet));
    }
  });
}

void ReplicaSetController::sync(const std::string& key, client::WorkQueue::Finish finish) {
  const NamespacedName at = splitKey(key);
  const Value& replicaSet = replicaSets_.store().find(at.ns, at.name);
  const auto found = known_.find(api::uid(replicaSet));
  if (replicaSet.isNull() || found == known_.end()) return finish(client::WorkQueue::Result::Done);
  auto sync = std::make_shared<Sync>();
  sync->key = key;
  sync->finish = std::move(finish);
  sync->replicaSet = replicaSet;
  sync->selector = LabelSelector::fromObject(replicaSet.get(keys::spec, keys::selector));
  sync->needsSync = found->second.expectations.satisfied(context_.now());
  findClaims(*sync);
  if (!sync->toAdopt.empty() || !sync->toRelease.empty()) return claim(sync);
  countPods(*sync);
  if (sync->needsSync && !api::isBeingDeleted(replicaSet)) {
    manage(sync);
  } else {
    updateStatus(sync);
  }
}

// PodControllerRefManager.ClaimPods: which orphans to adopt and which own pods to let go.
void ReplicaSetController::findClaims(Sync& sync) const {
  const std::string_view uid = api::uid(sync.replicaSet);
  if (api::isBeingDeleted(sync.replicaSet)) return;
  const OwnedPods::Tally& tally = context_.ownedPods.tally(uid);
  if (tally.active > 0 && (tally.otherLabels > 0 || !sync.selector.matches(tally.labels))) {
    context_.ownedPods.forEach(uid, [&](const Value& pod) {
      if (api::isPodActive(pod) && !sync.selector.matches(api::labels(pod))) sync.toRelease.push_back(pod);
    });
  }
  const std::string_view ns = api::namespaceOf(sync.replicaSet);
  if (!context_.ownedPods.hasOrphans(ns)) return;
  context_.ownedPods.forEachOrphan(ns, [&](const Value& pod) {
    if (api::isPodActive(pod) && sync.selector.matches(api::labels(pod))) sync.toAdopt.push_back(pod);
  });
}

// Before adopting, a look at the live object: it may be gone already (RecheckDeletionTimestamp).
void ReplicaSetController::claim(const std::shared_ptr<Sync>& sync) {
  if (sync->toAdopt.empty()) return patchClaims(sync);
  const Value& metadata = api::meta(sync->replicaSet);
  context_.client.get(r::replicaSets, metadata[keys::namespace_], metadata[keys::name],
                      [this, sync](client::Response response) {
                        const bool mayAdopt = response.ok() &&
                                              api::uid(response.body) == api::uid(sync->replicaSet) &&
                                              !api::isBeingDeleted(response.body);
                        if (!mayAdopt) sync->toAdopt.clear();
                        sync->claimFailed = !mayAdopt;
                        patchClaims(sync);
                      });
}

// The changed pods come back through the informer and start the next sync, which counts them.
void ReplicaSetController::patchClaims(const std::shared_ptr<Sync>& sync) {
  sync->pending = sync->toAdopt.size() + sync->toRelease.size();
  const auto answered = [sync](client::Response response) {
    if (!response.ok()) {
      const api::Status status = response.status();
      if (!api::isNotFound(status) && status.reason != "Invalid") sync->claimFailed = true;
    }
    if (--sync->pending > 0) return;
    sync->finish(sync->claimFailed ? client::WorkQueue::Result::Retry : client::WorkQueue::Result::Done);
  };
  if (sync->pending == 0) return sync->finish(client::WorkQueue::Result::Retry);
  const auto patch = [&](const Value& pod, Value body) {
    const Value& metadata = api::meta(pod);
    context_.client.patch(r::pods, metadata[keys::namespace_], metadata[keys::name],
                          apiserver::PatchType::StrategicMerge, std::move(body), answered);
  };
  const Value uid = api::meta(sync->replicaSet)[keys::uid];
  for (const Value& pod : sync->toRelease) patch(pod, ownerReleasePatch(api::uid(pod), {uid}));
  for (const Value& pod : sync->toAdopt) patch(pod, adoptionPatch(pod, sync->replicaSet, r::replicaSets));
}

void ReplicaSetController::countPods(Sync& sync) const {
  const std::string_view uid = api::uid(sync.replicaSet);
  const OwnedPods::Tally& tally = context_.ownedPods.tally(uid);
  const Value& spec = sync.replicaSet[keys::spec];
  sync.active = tally.active;
  sync.ready = tally.ready;
  sync.available = tally.available(spec[fields::minReadySeconds].asInt(0), context_.now());
  const LabelSelector templateLabels =
      LabelSelector::fromMap(spec.get(keys::template_, keys::metadata, keys::labels));
  if (tally.otherLabels == 0) {
    sync.fullyLabeled = templateLabels.matches(tally.labels) ? tally.active : 0;
    return;
  }
  context_.ownedPods.forEach(uid, [&](const Value& pod) {
    if (api::isPodActive(pod) && templateLabels.matches(api::labels(pod))) ++sync.fullyLabeled;
  });
}

}  // namespace pilothouse::controller_manager
