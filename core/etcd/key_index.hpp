#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

#include "core/etcd/key_value.hpp"

namespace pilothouse::etcd {

/// A key and its newest state; deleted keys stay (version 0) until compaction has passed them.
struct KeyRecord {
  Value key;
  Value value;
  std::uint64_t createRevision = 0;
  std::uint64_t modRevision = 0;
  LeaseId lease = 0;
  std::uint64_t change = 0;  ///< number of the newest change in the store's log
  std::uint32_t version = 0;
  std::uint32_t hash = 0;

  [[nodiscard]] bool exists() const { return version > 0; }
  [[nodiscard]] KeyValue toKeyValue() const;
};

/// All keys: found at once by hash, walked in order.
///
/// Sketch for 150,000 pods with five events each (900,000 keys): a record is 72 bytes in a slab that never
/// moves, its slot in the hash table 6 to 11, its place in the sorted chunks 6; with the key's text about
/// 160.
class KeyIndex {
 public:
  static constexpr std::size_t kChunkMax = 256;

  /// The record, or null.
  [[nodiscard]] KeyRecord* find(std::string_view key);
  [[nodiscard]] const KeyRecord* find(std::string_view key) const;
  /// The record of that key, made when there is none.
  KeyRecord& findOrAdd(const Value& key);
  void erase(std::string_view key);
  [[nodiscard]] std::size_t size() const { return size_; }

  /// Visits the records of a range in key order until `visit` returns false.
  template <typename Visit>
  void forEach(const KeyRange& range, Visit&& visit) const {
    if (range.end.empty()) {
      if (const KeyRecord* record = find(range.begin); record != nullptr) visit(*record);
      return;
    }
    auto [chunk, at] = lowerBound(range.begin);
    for (; chunk < chunks_.size(); ++chunk, at = 0) {
      for (; at < chunks_[chunk].size(); ++at) {
        const KeyRecord& record = records_[chunks_[chunk][at]];
        if (record.key.asString() >= std::string_view(range.end)) return;
        if (!visit(record)) return;
      }
    }
  }

 private:
  using Id = std::uint32_t;  ///< index into records_
  static constexpr Id kNone = ~Id{0};
  struct Place {
    std::size_t chunk;
    std::size_t at;
  };
  [[nodiscard]] Place lowerBound(std::string_view key) const;
  [[nodiscard]] std::size_t slotOf(std::string_view key, std::uint32_t hash) const;
  void grow();
  void addSlot(Id id);
  void dropSlot(std::size_t slot);
  void addSorted(Id id, std::string_view key);

  std::deque<KeyRecord> records_;
  std::vector<Id> free_;
  std::vector<Id> slots_;  ///< open addressing, a power of two, at most 3/4 full
  std::vector<std::vector<Id>> chunks_;
  std::size_t size_ = 0;
};

}  // namespace pilothouse::etcd
