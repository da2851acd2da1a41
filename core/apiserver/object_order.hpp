#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/api/object.hpp"
#include "core/value/ordered_ids.hpp"
#include "core/value/slot_table.hpp"

namespace pilothouse::apiserver {

/// Order of the keys "namespace/name" as etcd has them (bytes), without building them. Objects of cluster
/// scope have an empty namespace and are ordered by name.
int compareKeys(std::string_view namespaceA, std::string_view nameA, std::string_view namespaceB,
                std::string_view nameB);

/// The objects of one resource, found by hash and walked in the order of their etcd keys: what the watch
/// cache answers and lists from.
///
/// Some 36 bytes an object besides itself: its handle, its place in the hash table and in the order. An
/// erased object is kept until an eighth of all is erased, so that the order can be put right at one go.
class OrderedObjects {
 public:
  /// Inserts or replaces; returns the former object (null when it was not there).
  Value put(const Value& object);
  Value erase(std::string_view ns, std::string_view name);
  void clear();
  [[nodiscard]] const Value& find(std::string_view ns, std::string_view name) const;
  [[nodiscard]] std::size_t size() const { return table_.size(); }

  /// Visits in key order, those of namespace `ns` ("" for all), until `visit` returns false. Nothing may be
  /// put or erased meanwhile.
  template <typename Visit>
  void forEach(std::string_view ns, Visit&& visit) const {
    settle();
    order_.forEach(startOf(ns), [&](Id id) {
      const Value& object = objects_[id];
      if (!ns.empty() && api::namespaceOf(object) != ns) return false;
      return isGone_[id] || visit(object);
    });
  }

 private:
  using Id = SlotTable::Id;
  [[nodiscard]] Id idOf(std::string_view ns, std::string_view name) const;
  [[nodiscard]] OrderedIds::Place startOf(std::string_view ns) const;
  void settle() const;
  void purge();

  std::vector<Value> objects_;
  std::vector<bool> isGone_;
  std::vector<Id> free_;
  SlotTable table_;
  mutable OrderedIds order_;
  std::size_t gone_ = 0;
};

}  // namespace pilothouse::apiserver
