#include "core/apiserver/object_order.hpp"

#include <algorithm>
#include <utility>

namespace pilothouse::apiserver {
namespace {

const Value kNone;

constexpr std::size_t kGoneKept = 64;

std::uint64_t hashOf(std::string_view ns, std::string_view name) { return textHash(name, textHash(ns)); }

int sign(int c) { return c < 0 ? -1 : (c > 0 ? 1 : 0); }

// Compares ns + "/" of both when the namespaces differ: the separator takes part in etcd's byte order.
int compareNamespaces(std::string_view a, std::string_view b) {
  const std::size_t common = std::min(a.size(), b.size());
  if (const int c = a.substr(0, common).compare(b.substr(0, common)); c != 0) return sign(c);
  if (a.size() == b.size()) return 0;
  if (a.size() < b.size()) return '/' < b[common] ? -1 : 1;
  return a[common] < '/' ? -1 : 1;
}

int compareTo(const Value& object, std::string_view ns, std::string_view name) {
  return compareKeys(api::namespaceOf(object), api::name(object), ns, name);
}

}  // namespace

int compareKeys(std::string_view namespaceA, std::string_view nameA, std::string_view namespaceB,
                std::string_view nameB) {
  if (const int c = compareNamespaces(namespaceA, namespaceB); c != 0) return c;
  return sign(nameA.compare(nameB));
}

OrderedObjects::Id OrderedObjects::idOf(std::string_view ns, std::string_view name) const {
  return table_.find(hashOf(ns, name), [&](Id id) {
    const Value& metadata = api::meta(objects_[id]);
    return metadata[keys::name].asString() == name && metadata[keys::namespace_].asString() == ns;
  });
}

Value OrderedObjects::put(const Value& object) {
  const std::string_view ns = api::namespaceOf(object);
  const std::string_view name = api::name(object);
  if (const Id known = idOf(ns, name); known != SlotTable::kNone) {
    return std::exchange(objects_[known], object);
  }
  Id id;
  if (free_.empty()) {
    id = static_cast<Id>(objects_.size());
    objects_.push_back(object);
    isGone_.push_back(false);
  } else {
    id = free_.back();
    free_.pop_back();
    objects_[id] = object;
  }
  table_.insert(hashOf(ns, name), id);
  order_.add(id);
  return {};
}

Value OrderedObjects::erase(std::string_view ns, std::string_view name) {
  const Id id = idOf(ns, name);
  if (id == SlotTable::kNone) return {};
  table_.erase(hashOf(ns, name), id);
  Value before = objects_[id];
  isGone_[id] = true;
  if (++gone_ > kGoneKept + table_.size() / 8) purge();
  return before;
}

void OrderedObjects::purge() {
  order_.eraseIf([this](Id id) {
    if (!isGone_[id]) return false;
    objects_[id] = Value();
    isGone_[id] = false;
    free_.push_back(id);
    return true;
  });
  gone_ = 0;
}

void OrderedObjects::clear() {
  objects_.clear();
  isGone_.clear();
  free_.clear();
  table_.clear();
  order_.clear();
  gone_ = 0;
}

const Value& OrderedObjects::find(std::string_view ns, std::string_view name) const {
  const Id id = idOf(ns, name);
  return id == SlotTable::kNone ? kNone : objects_[id];
}

void OrderedObjects::settle() const {
  order_.settle([this](Id a, Id b) {
    const Value& other = objects_[b];
    const int order = compareTo(objects_[a], api::namespaceOf(other), api::name(other));
    return order != 0 ? order < 0 : a < b;  // a name that was given again while the old is still remembered
  });
}

OrderedIds::Place OrderedObjects::startOf(std::string_view ns) const {
  if (ns.empty()) return {};
  return order_.lowerBound([&](Id id) { return compareTo(objects_[id], ns, {}) < 0; });
}

}  // namespace pilothouse::apiserver
