#include <algorithm>
#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/apiserver/storage.hpp"
#include "core/cluster/cluster_state.hpp"

namespace pilothouse::cluster {
namespace {

const Value kNone;

etcd::KeyRange keysOf(const api::Resource& resource, std::string_view ns) {
  return etcd::KeyRange::prefixed(apiserver::storageKey(resource, ns, ""));
}

}  // namespace

// The resource whose prefix the key has: prefixes are sorted, and none begins another.
Cluster::State::Stored* Cluster::State::storedAt(std::string_view key) {
  const auto after =
      std::upper_bound(stored.begin(), stored.end(), key,
                       [](std::string_view k, const Stored& s) { return k < std::string_view(s.prefix); });
  if (after == stored.begin()) return nullptr;
  Stored& found = *(after - 1);
  return key.substr(0, found.prefix.size()) == found.prefix ? &found : nullptr;
}

// Each member applies each revision; views are told by the first that does.
void Cluster::State::committed(const etcd::Member& member, const std::vector<etcd::Event>& events) {
  if (events.back().current.modRevision <= committedRevision) return;
  committedRevision = events.back().current.modRevision;
  newest = &member;
  for (const etcd::Event& event : events) {
    Stored* kind = storedAt(event.current.key.asString());
    if (kind == nullptr) continue;
    if (event.deleted()) {
      --kind->count;
    } else if (event.current.version == 1) {
      ++kind->count;
    }
    for (const auto& [id, watcher] : watchers) {
      watcher(*kind->resource, event.previous.value, event.current.value);
    }
  }
}

const Value& Cluster::State::find(const api::Resource& resource, std::string_view ns,
                                  std::string_view name) const {
  const etcd::KeyRecord* record =
      store().find(apiserver::storageKey(resource, resource.namespaced ? ns : "", name));
  return record == nullptr ? kNone : record->value;
}

const Value& Cluster::State::podAt(std::string_view address) const {
  const Value* found = &kNone;
  store().forEach(keysOf(api::resources::pods, ""), [&](const etcd::KeyRecord& record) {
    const bool here = record.value.get(keys::status, keys::podIP).asString() == address &&
                      !api::isPodTerminal(record.value);
    if (here) found = &record.value;
    return !here;
  });
  return *found;
}

const Value& Cluster::find(const api::Resource& resource, std::string_view ns, std::string_view name) const {
  return state_->find(resource, ns, name);
}

void Cluster::forEach(const api::Resource& resource, std::string_view ns,
                      const std::function<bool(const Value&)>& visit) const {
  state_->store().forEach(keysOf(resource, resource.namespaced ? ns : ""),
                          [&visit](const etcd::KeyRecord& record) { return visit(record.value); });
}

std::size_t Cluster::count(const api::Resource& resource) const {
  for (const State::Stored& kind : state_->stored) {
    if (kind.resource == &resource) return kind.count;
  }
  return 0;
}

std::uint64_t Cluster::revision() const { return state_->store().revision(); }

std::function<void()> Cluster::onChange(
    std::function<void(const api::Resource&, const Value& before, const Value& after)> watcher) {
  const std::uint64_t id = ++state_->lastWatcher;
  state_->watchers.emplace(id, std::move(watcher));
  return [state = state_.get(), id] { state->watchers.erase(id); };
}

std::vector<Cluster::EtcdEntry> Cluster::etcd(std::string_view prefix, std::size_t limit) const {
  std::vector<EtcdEntry> entries;
  if (limit == 0) return entries;
  state_->store().forEach(etcd::KeyRange::prefixed(prefix), [&](const etcd::KeyRecord& record) {
    entries.push_back(
        {record.key.toString(), record.createRevision, record.modRevision, record.version, record.value});
    return entries.size() < limit;
  });
  return entries;
}

Value Cluster::containers(std::string_view node) const {
  const Node* at = state_->node(node);
  return at == nullptr ? Value::emptyArray() : at->kubelet.containers();
}

std::string Cluster::log(std::string_view ns, std::string_view pod, std::string_view container) const {
  const Value& object = find(api::resources::pods, ns, pod);
  const Node* at = state_->node(object.get(keys::spec, keys::nodeName).asString());
  return at == nullptr ? std::string() : at->kubelet.log(ns, pod, container);
}

}  // namespace pilothouse::cluster
