#include "core/controller_manager/garbage_collection.hpp"

#include <algorithm>
#include <utility>

#include "core/controller_manager/controller_utils.hpp"
#include "core/controller_manager/fields.hpp"
#include "core/controller_manager/garbage_collector.hpp"

namespace pilothouse::controller_manager {
namespace {

using Result = client::WorkQueue::Result;

Value withNonBlockingReferences(const Value& references) {
  std::vector<Value> all;
  for (const Value& reference : references.items()) {
    all.push_back(reference[fields::blockOwnerDeletion].asBool()
                      ? reference.with(fields::blockOwnerDeletion, Value(false))
                      : reference);
  }
  return Value::array(all);
}

}  // namespace

bool hasFinalizer(const Value& object, std::string_view finalizer) {
  const auto all = api::meta(object)[keys::finalizers].items();
  return std::any_of(all.begin(), all.end(), [&](const Value& f) { return f.asString() == finalizer; });
}

bool isDeletingDependents(const Value& object) {
  return api::isBeingDeleted(object) && hasFinalizer(object, kForegroundFinalizer);
}

bool isOrphaningDependents(const Value& object) {
  return api::isBeingDeleted(object) && hasFinalizer(object, kOrphanFinalizer);
}

bool blocksDeletionOf(const Value& dependent, std::string_view ownerUid) {
  const auto all = api::meta(dependent)[keys::ownerReferences].items();
  return std::any_of(all.begin(), all.end(), [&](const Value& reference) {
    return reference[keys::uid].asString() == ownerUid && reference[fields::blockOwnerDeletion].asBool();
  });
}

/// attemptToDeleteItem: what is found out about an object and its owners.
struct GarbageCollector::Sync {
  Item item;
  FinishPtr finish;
  Value live;
  std::size_t at = 0;  ///< the reference that is looked at
  bool hasSolid = false;
  std::vector<Value> dangling;  ///< uids of owners that do not exist
  std::vector<Value> waiting;   ///< uids of owners that wait for their dependents to go

  void done() const { (*finish)(Result::Done); }
  void retry() const { (*finish)(Result::Retry); }
};

void GarbageCollector::attemptToDelete(const std::string& key, Finish finish) {
  auto sync = std::make_shared<Sync>();
  sync->item = parse(key);
  sync->finish = std::make_shared<Finish>(std::move(finish));
  const Item& item = sync->item;
  const Value& known = cached(item);
  // Being deleted is a one-way trip; only its dependents may still have to be waited for.
  if (known.isNull() || (api::isBeingDeleted(known) && !isDeletingDependents(known))) return sync->done();
  context_.client.get(*monitors_[item.monitor].resource, Value(item.ns), Value(item.name),
                      [this, sync](client::Response response) {
                        if (!response.ok()) {
                          return api::isNotFound(response.status()) ? sync->done() : sync->retry();
                        }
                        sync->live = std::move(response.body);
                        if (api::uid(sync->live) != sync->item.uid) return sync->done();
                        if (isDeletingDependents(sync->live)) {
                          return processDeletingDependents(sync->item, sync->finish);
                        }
                        if (api::meta(sync->live)[keys::ownerReferences].empty()) return sync->done();
                        classifyNext(sync);
                      });
}

// isDangling and classifyReferences, one reference after the other, asking the server.
void GarbageCollector::classifyNext(const std::shared_ptr<Sync>& sync) {
  const auto references = api::meta(sync->live)[keys::ownerReferences].items();
  if (sync->at == references.size()) return decide(sync);
  const Value reference = references[sync->at++];
  const Value& uid = reference[keys::uid];
  if (absentOwners_.count(uid.toString()) > 0) {
    sync->dangling.push_back(uid);
    return classifyNext(sync);
  }
  const api::Resource* resource =
      api::findKind(reference[keys::apiVersion].asString(), reference[keys::kind].asString());
  // Of a kind that this server does not know nothing can be said: it counts as there.
  if (resource == nullptr || (resource->namespaced && sync->item.ns.empty())) {
    sync->hasSolid = true;
    return classifyNext(sync);
  }
  const Value ns = resource->namespaced ? Value(sync->item.ns) : Value();
  context_.client.get(*resource, ns, reference[keys::name],
                      [this, sync, reference](client::Response response) {
                        if (!response.ok() && !api::isNotFound(response.status())) return sync->retry();
                        const Value& owner = response.body;
                        if (!response.ok() || !(api::meta(owner)[keys::uid] == reference[keys::uid])) {
                          rememberAbsent(reference[keys::uid].asString());
                          sync->dangling.push_back(reference[keys::uid]);
                        } else if (isDeletingDependents(owner)) {
                          sync->waiting.push_back(reference[keys::uid]);
                        } else {
                          sync->hasSolid = true;
                        }
                        classifyNext(sync);
                      });
}

void GarbageCollector::decide(const std::shared_ptr<Sync>& sync) {
  if (sync->hasSolid) return removeReferences(sync);
  if (!sync->waiting.empty() && dependentCount(sync->item.uid) > 0) {
    // Its owner goes in the foreground, so it does as well.
    return unblockThenDelete(sync);
  }
  std::string_view policy = "Background";
  if (hasFinalizer(sync->live, kForegroundFinalizer)) policy = "Foreground";
  if (hasFinalizer(sync->live, kOrphanFinalizer)) policy = "Orphan";
  remove(sync, policy, true);
}

// Some owner remains: only the references to those that are gone, or wait, are taken away.
void GarbageCollector::removeReferences(const std::shared_ptr<Sync>& sync) {
  std::vector<Value> uids = sync->dangling;
  uids.insert(uids.end(), sync->waiting.begin(), sync->waiting.end());
  if (uids.empty()) return sync->done();
  context_.client.patch(*monitors_[sync->item.monitor].resource, Value(sync->item.ns), Value(sync->item.name),
                        apiserver::PatchType::StrategicMerge, ownerReleasePatch(sync->item.uid, uids),
                        [sync](client::Response response) {
                          const bool done = response.ok() || api::isNotFound(response.status());
                          done ? sync->done() : sync->retry();
                        });
}

// Two that wait for each other would wait for ever: then this one blocks its owners no more.
void GarbageCollector::unblockThenDelete(const std::shared_ptr<Sync>& sync) {
  bool circle = false;
  forEachDependent(sync->item.uid, [&](std::size_t, const Value& dependent) {
    circle = circle || isDeletingDependents(dependent);
  });
  if (!circle) return remove(sync, "Foreground", true);
  Value patch = Value::object(
      {{keys::metadata, Value::object({{keys::ownerReferences, withNonBlockingReferences(api::meta(
                                                                   sync->live)[keys::ownerReferences])},
                                       {keys::uid, Value(sync->item.uid)}})}});
  context_.client.patch(*monitors_[sync->item.monitor].resource, Value(sync->item.ns), Value(sync->item.name),
                        apiserver::PatchType::Merge, std::move(patch),
                        [this, sync](client::Response response) {
                          if (!response.ok()) return sync->retry();
                          sync->live = std::move(response.body);
                          remove(sync, "Foreground", true);
                        });
}

// deleteObject: only what was judged is deleted. When it changed meanwhile but not in its owners, the
// judgement still holds and its uid is condition enough.
void GarbageCollector::remove(const std::shared_ptr<Sync>& sync, std::string_view policy, bool withVersion) {
  const api::Resource& resource = *monitors_[sync->item.monitor].resource;
  const Value& metadata = api::meta(sync->live);
  const std::string_view version =
      withVersion ? metadata[keys::resourceVersion].asString() : std::string_view();
  context_.client.remove(
      resource, Value(sync->item.ns), Value(sync->item.name), deleteOptions(sync->item.uid, policy, version),
      [this, sync, policy, withVersion, &resource](client::Response response) {
        if (response.ok() || api::isNotFound(response.status())) return sync->done();
        if (!withVersion || !api::isConflict(response.status())) return sync->retry();
        context_.client.get(resource, Value(sync->item.ns), Value(sync->item.name),
                            [this, sync, policy](client::Response fresh) {
                              if (!fresh.ok()) {
                                return api::isNotFound(fresh.status()) ? sync->done() : sync->retry();
                              }
                              if (api::uid(fresh.body) != sync->item.uid) return sync->done();
                              const Value& judged = api::meta(sync->live)[keys::ownerReferences];
                              if (!(api::meta(fresh.body)[keys::ownerReferences] == judged))
                                return sync->retry();
                              remove(sync, policy, false);
                            });
      });
}

// processDeletingDependentsItem.
void GarbageCollector::processDeletingDependents(const Item& item, const FinishPtr& finish) {
  bool blocked = false;
  forEachDependent(item.uid, [&](std::size_t monitor, const Value& dependent) {
    if (!blocksDeletionOf(dependent, item.uid)) return;
    blocked = true;
    if (!api::isBeingDeleted(dependent)) deleteQueue_.add(keyOf(monitor, dependent));
  });
  if (blocked) return (*finish)(Result::Done);
  removeFinalizer(item, kForegroundFinalizer, 1, finish);
}

void GarbageCollector::removeFinalizer(const Item& item, std::string_view finalizer, int attempt,
                                       const FinishPtr& finish) {
  const api::Resource& resource = *monitors_[item.monitor].resource;
  context_.client.get(
      resource, Value(item.ns), Value(item.name),
      [this, item, finalizer, attempt, finish, &resource](client::Response response) {
        if (!response.ok()) {
          return (*finish)(api::isNotFound(response.status()) ? Result::Done : Result::Retry);
        }
        const Value& metadata = api::meta(response.body);
        if (metadata[keys::uid].asString() != item.uid || !hasFinalizer(response.body, finalizer)) {
          return (*finish)(Result::Done);
        }
        std::vector<Value> kept;
        for (const Value& other : metadata[keys::finalizers].items()) {
          if (other.asString() != finalizer) kept.push_back(other);
        }
        Value patch = Value::object(
            {{keys::metadata, Value::object({{keys::finalizers, kept.empty() ? Value() : Value::array(kept)},
                                             {keys::resourceVersion, metadata[keys::resourceVersion]}})}});
        context_.client.patch(resource, Value(item.ns), Value(item.name), apiserver::PatchType::Merge,
                              std::move(patch),
                              [this, item, finalizer, attempt, finish](client::Response written) {
                                if (written.ok() || api::isNotFound(written.status())) {
                                  return (*finish)(Result::Done);
                                }
                                if (!api::isConflict(written.status()) || attempt >= kConflictRetries) {
                                  return (*finish)(Result::Retry);
                                }
                                removeFinalizer(item, finalizer, attempt + 1, finish);
                              });
      });
}

struct GarbageCollector::Orphaning {
  Item item;
  FinishPtr finish;
  std::size_t pending = 1;
  bool failed = false;
};

// attemptToOrphanWorker: the dependents lose the reference, then the owner may go.
void GarbageCollector::attemptToOrphan(const std::string& key, Finish finish) {
  auto state = std::make_shared<Orphaning>();
  state->item = parse(key);
  state->finish = std::make_shared<Finish>(std::move(finish));
  const auto answered = [this, state] {
    if (--state->pending > 0) return;
    if (state->failed) return (*state->finish)(Result::Retry);
    removeFinalizer(state->item, kOrphanFinalizer, 1, state->finish);
  };
  const Value uid(state->item.uid);
  forEachDependent(state->item.uid, [&](std::size_t monitor, const Value& dependent) {
    ++state->pending;
    const Value& metadata = api::meta(dependent);
    context_.client.patch(*monitors_[monitor].resource, metadata[keys::namespace_], metadata[keys::name],
                          apiserver::PatchType::StrategicMerge, ownerReleasePatch(api::uid(dependent), {uid}),
                          [state, answered](client::Response response) {
                            state->failed =
                                state->failed || !(response.ok() || api::isNotFound(response.status()));
                            answered();
                          });
  });
  answered();
}

}  // namespace pilothouse::controller_manager
