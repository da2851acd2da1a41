#include "core/controller_manager/garbage_collector.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/api/kind.hpp"
#include "core/controller_manager/fields.hpp"
#include "core/controller_manager/garbage_collection.hpp"
#include "core/controller_manager/owned_pods.hpp"

namespace pilothouse::controller_manager {
namespace {

namespace r = api::resources;

const Value kNone;

bool refersTo(const Value& references, const Value& reference) {
  const auto all = references.items();
  return std::any_of(all.begin(), all.end(),
                     [&](const Value& other) { return other[keys::uid] == reference[keys::uid]; });
}

}  // namespace

GarbageCollector::GarbageCollector(const ControllerContext& context)
    : context_(context),
      deleteQueue_(
          context.simulator, kWorkers,
          [this](const std::string& key, Finish finish) { attemptToDelete(key, std::move(finish)); }),
      orphanQueue_(context.simulator, kWorkers, [this](const std::string& key, Finish finish) {
        attemptToOrphan(key, std::move(finish));
      }) {
  for (const api::Resource* resource : api::storedResources()) {
    if (resource == &r::events) continue;  // ignoredResources
    client::Informer& informer = context.informer(*resource);
    int index = 0;
    if (resource == &r::pods) {
      index = context.ownedPods.ownerIndex();
    } else if (resource == &r::replicaSets) {
      index = context.replicaSetsByOwner;
    } else {
      index = informer.store().addIndex(appendOwnerUids);
    }
    const std::size_t monitor = monitors_.size();
    monitors_.push_back({resource, &informer, index});
    informer.onChange([this, monitor](const client::Change& change) {
      if (running_) changed(monitor, change);
    });
  }
}

void GarbageCollector::start() {
  running_ = true;
  deleteQueue_.start();
  orphanQueue_.start();
  for (std::size_t monitor = 0; monitor < monitors_.size(); ++monitor) {
    monitors_[monitor].informer->store().forEach([&](const Value& object) { appeared(monitor, object); });
  }
}

std::string GarbageCollector::keyOf(std::size_t monitor, const Value& object) {
  std::string key = std::to_string(monitor);
  for (const std::string_view part : {api::namespaceOf(object), api::name(object), api::uid(object)}) {
    key.append(1, '/').append(part);
  }
  return key;
}

GarbageCollector::Item GarbageCollector::parse(const std::string& key) {
  Item item;
  std::string_view rest = key;
  const auto next = [&rest] {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view part = rest.substr(0, slash);
    rest.remove_prefix(std::min(slash + 1, rest.size()));
    return part;
  };
  const std::string_view monitor = next();
  std::from_chars(monitor.data(), monitor.data() + monitor.size(), item.monitor);
  item.ns = next();
  item.name = next();
  item.uid = next();
  return item;
}

const Value& GarbageCollector::cached(const Item& item) const {
  const Value& found = monitors_[item.monitor].informer->store().find(item.ns, item.name);
  return api::uid(found) == item.uid ? found : kNone;
}

const Value& GarbageCollector::cachedOwner(std::string_view ns, const Value& reference,
                                           std::size_t* monitor) const {
  const std::string_view kind = reference[keys::kind].asString();
  for (std::size_t i = 0; i < monitors_.size(); ++i) {
    if (monitors_[i].resource->kind != kind) continue;
    const std::string_view in = monitors_[i].resource->namespaced ? ns : std::string_view();
    const Value& found = monitors_[i].informer->store().find(in, reference[keys::name].asString());
    if (found.isNull() || !(api::meta(found)[keys::uid] == reference[keys::uid])) continue;
    if (monitor != nullptr) *monitor = i;
    return found;
  }
  return kNone;
}

std::size_t GarbageCollector::dependentCount(std::string_view uid) const {
  std::size_t count = 0;
  for (const Monitor& monitor : monitors_) {
    count += monitor.informer->store().countByIndex(monitor.byOwner, uid);
  }
  return count;
}

void GarbageCollector::forEachDependent(
    std::string_view uid, const std::function<void(std::size_t monitor, const Value&)>& visit) const {
  for (std::size_t i = 0; i < monitors_.size(); ++i) {
    monitors_[i].informer->store().forEachByIndex(monitors_[i].byOwner, uid,
                                                  [&](const Value& object) { visit(i, object); });
  }
}

void GarbageCollector::changed(std::size_t monitor, const client::Change& change) {
  if (change.after.isNull()) return disappeared(change.before);
  if (change.before.isNull()) return appeared(monitor, change.after);
  if (api::uid(change.before) != api::uid(change.after)) {
    disappeared(change.before);
    return appeared(monitor, change.after);
  }
  deletionStarted(monitor, change.before, change.after);
  referencesChanged(monitor, change.before, change.after);
}

// An object may come without its owner, or with its deletion under way.
void GarbageCollector::appeared(std::size_t monitor, const Value& object) {
  for (const Value& reference : api::meta(object)[keys::ownerReferences].items()) {
    if (!cachedOwner(api::namespaceOf(object), reference).isNull()) continue;
    deleteQueue_.add(keyOf(monitor, object));
    break;
  }
  deletionStarted(monitor, Value(), object);
}

void GarbageCollector::deletionStarted(std::size_t monitor, const Value& before, const Value& after) {
  if (!api::isBeingDeleted(after)) return;
  if (isDeletingDependents(after) && !isDeletingDependents(before)) {
    forEachDependent(api::uid(after), [this](std::size_t kind, const Value& dependent) {
      deleteQueue_.add(keyOf(kind, dependent));
    });
    deleteQueue_.add(keyOf(monitor, after));
  }
  if (isOrphaningDependents(after) && !isOrphaningDependents(before)) orphanQueue_.add(keyOf(monitor, after));
}

void GarbageCollector::referencesChanged(std::size_t monitor, const Value& before, const Value& after) {
  const Value& was = api::meta(before)[keys::ownerReferences];
  const Value& is = api::meta(after)[keys::ownerReferences];
  if (was.sameAs(is) || was == is) return;
  for (const Value& reference : is.items()) {
    if (refersTo(was, reference)) continue;
    if (cachedOwner(api::namespaceOf(after), reference).isNull()) deleteQueue_.add(keyOf(monitor, after));
  }
  enqueueWaitingOwners(before);  // they may wait for this one no more
}

void GarbageCollector::disappeared(const Value& object) {
  const std::string_view uid = api::uid(object);
  if (dependentCount(uid) > 0) {
    rememberAbsent(uid);
    forEachDependent(
        uid, [this](std::size_t kind, const Value& dependent) { deleteQueue_.add(keyOf(kind, dependent)); });
  }
  enqueueWaitingOwners(object);
}

void GarbageCollector::enqueueWaitingOwners(const Value& dependent) {
  for (const Value& reference : api::meta(dependent)[keys::ownerReferences].items()) {
    std::size_t monitor = 0;
    const Value& owner = cachedOwner(api::namespaceOf(dependent), reference, &monitor);
    if (!isDeletingDependents(owner)) continue;
    if (dependentCount(api::uid(owner)) > kManyDependents) {
      deleteQueue_.addAfter(keyOf(monitor, owner), std::chrono::seconds(1));
    } else {
      deleteQueue_.add(keyOf(monitor, owner));
    }
  }
}

// absentOwnerCache.
void GarbageCollector::rememberAbsent(std::string_view uid) {
  if (!absentOwners_.emplace(uid).second) return;
  absentOrder_.emplace_back(uid);
  if (absentOrder_.size() <= kAbsentOwnersMax) return;
  absentOwners_.erase(absentOrder_.front());
  absentOrder_.pop_front();
}

}  // namespace pilothouse::controller_manager
