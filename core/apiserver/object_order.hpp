#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/api/object.hpp"

namespace pilothouse::apiserver {

/// Order of the keys "namespace/name" as etcd has them (bytes), without building them. Objects of cluster
/// scope have an empty namespace and are ordered by name.
int compareKeys(std::string_view namespaceA, std::string_view nameA, std::string_view namespaceB,
                std::string_view nameB);

/// The objects of one resource in the order of their etcd keys: what the watch cache lists from.
///
/// A sorted list in chunks of at most kChunkMax handles: 16 bytes an object (a tree would need 64), find
/// O(log n), insert O(log n + kChunkMax) moved handles.
class OrderedObjects {
 public:
  static constexpr std::size_t kChunkMax = 256;

  /// Inserts or replaces; returns the former object (null when it was not there).
  Value put(const Value& object);
  Value erase(std::string_view ns, std::string_view name);
  void clear();
  [[nodiscard]] const Value& find(std::string_view ns, std::string_view name) const;
  [[nodiscard]] std::size_t size() const { return size_; }

  /// Visits in key order, those of namespace `ns` ("" for all), until `visit` returns false.
  template <typename Visit>
  void forEach(std::string_view ns, Visit&& visit) const {
    std::size_t chunk = 0;
    std::size_t at = 0;
    if (!ns.empty()) {
      const Place start = lowerBound(ns, {});
      chunk = start.chunk;
      at = start.at;
    }
    for (; chunk < chunks_.size(); ++chunk, at = 0) {
      for (; at < chunks_[chunk].size(); ++at) {
        const Value& object = chunks_[chunk][at];
        if (!ns.empty() && api::namespaceOf(object) != ns) return;
        if (!visit(object)) return;
      }
    }
  }

 private:
  struct Place {
    std::size_t chunk;
    std::size_t at;
    bool found;
  };
  [[nodiscard]] Place lowerBound(std::string_view ns, std::string_view name) const;

  std::vector<std::vector<Value>> chunks_;
  std::size_t size_ = 0;
};

}  // namespace pilothouse::apiserver
