#include "core/controller_manager/replica_set.hpp"

#include <utility>

#include "core/controller_manager/controller_utils.hpp"
#include "core/controller_manager/fields.hpp"

namespace pilothouse::controller_manager {
namespace {

namespace r = api::resources;

const Value kNone;

}  // namespace

ReplicaSetController::ReplicaSetController(const ControllerContext& context, const ReplicaKind& kind)
    : context_(context),
      kind_(kind),
      replicaSets_(context.informer(kind.resource)),
      pods_(context.informer(r::pods)),
      recorder_(context.client, std::string(kind.component)),
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
  if (known_.empty()) return nullptr;
  const auto found = known_.find(controller[keys::uid].asString());
  return found == known_.end() ? nullptr : &found->second;
}

LabelSelector ReplicaSetController::selectorOf(const Value& replicaSet) const {
  const Value& selector = replicaSet.get(keys::spec, keys::selector);
  return kind_.mapSelector ? LabelSelector::fromMap(selector) : LabelSelector::fromObject(selector);
}

// The ReplicaSet that a controller reference names, or null.
const Value& ReplicaSetController::resolve(std::string_view ns, const Value& controller) const {
  if (controller[keys::kind].asString() != kind_.resource.kind) return kNone;
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
    const LabelSelector selector = selectorOf(replicaSet);
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
  sync->selector = selectorOf(replicaSet);
  sync->needsSync = found->second.expectations.satisfied(context_.now());
  // The changed pods come back through the informer and start the next sync, which counts them.
  if (Claims claims = findClaims(*sync); !claims.empty()) {
    return claim(context_.client, r::pods, kind_.resource, replicaSet, std::move(claims), [sync](bool ok) {
      sync->finish(ok ? client::WorkQueue::Result::Done : client::WorkQueue::Result::Retry);
    });
  }
  countPods(*sync);
  if (sync->needsSync && !api::isBeingDeleted(replicaSet)) {
    manage(sync);
  } else {
    updateStatus(sync);
  }
}

// PodControllerRefManager.ClaimPods. Own pods are only looked at when their labels are not all alike.
Claims ReplicaSetController::findClaims(const Sync& sync) const {
  const OwnedPods::Tally& tally = context_.ownedPods.tally(api::uid(sync.replicaSet));
  const bool alike = tally.active == 0 || (tally.otherLabels == 0 && sync.selector.matches(tally.labels));
  if (alike && !context_.ownedPods.hasOrphans(api::namespaceOf(sync.replicaSet))) return {};
  return findPodClaims(context_.ownedPods, sync.replicaSet, api::isPodActive,
                       [&sync](const Value& pod) { return sync.selector.matches(api::labels(pod)); });
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
