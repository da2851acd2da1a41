#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string_view>
#include <vector>

#include "core/api/object.hpp"

namespace pilothouse::scheduler {

/// Entries by their pod's uid, each with a number that stays while the entry does.
///
/// `Entry` has a member `Value pod`. Open addressing over numbers: 4 to 8 bytes an entry besides the entry.
template <typename Entry>
class PodTable {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;

  [[nodiscard]] std::uint32_t find(std::string_view uid) const {
    if (index_.empty()) return kNone;
    for (std::size_t at = hash(uid);; at = (at + 1) & (index_.size() - 1)) {
      const std::uint32_t id = index_[at];
      if (id == kFree) return kNone;
      if (id != kErased && api::uid(entries_[id].pod) == uid) return id;
    }
  }
  /// A new entry for a pod that is not in the table.
  std::uint32_t add(Entry entry) {
    if ((used_ + 1) * 4 > index_.size() * 3) rebuild();
    std::uint32_t id = 0;
    if (free_.empty()) {
      id = static_cast<std::uint32_t>(entries_.size());
      entries_.push_back(std::move(entry));
    } else {
      id = free_.back();
      free_.pop_back();
      entries_[id] = std::move(entry);
    }
    place(id);
    ++used_;
    ++size_;
    return id;
  }
  void erase(std::uint32_t id) {
    const std::string_view uid = api::uid(entries_[id].pod);
    std::size_t at = hash(uid);
    while (index_[at] != id) at = (at + 1) & (index_.size() - 1);
    index_[at] = kErased;
    --size_;
    if (size_ == 0) return clear();
    entries_[id] = Entry{};
    free_.push_back(id);
  }
  Entry& operator[](std::uint32_t id) { return entries_[id]; }
  const Entry& operator[](std::uint32_t id) const { return entries_[id]; }
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Gives the memory back too: a burst of pods does not cost for ever.
  void clear() {
    entries_.clear();
    free_ = {};
    index_ = {};
    used_ = size_ = 0;
  }

 private:
  static constexpr std::uint32_t kFree = 0xffffffff;
  static constexpr std::uint32_t kErased = 0xfffffffe;

  [[nodiscard]] std::size_t hash(std::string_view uid) const {
    return std::hash<std::string_view>{}(uid) & (index_.size() - 1);
  }
  void place(std::uint32_t id) {
    std::size_t at = hash(api::uid(entries_[id].pod));
    while (index_[at] != kFree) at = (at + 1) & (index_.size() - 1);
    index_[at] = id;
  }
  void rebuild() {
    std::size_t capacity = 16;
    while (capacity < (size_ + 1) * 2) capacity *= 2;
    std::vector<std::uint32_t> ids;
    ids.reserve(size_);
    for (const std::uint32_t id : index_) {
      if (id < kErased) ids.push_back(id);
    }
    index_.assign(capacity, kFree);
    for (const std::uint32_t id : ids) place(id);
    used_ = size_;
  }

  std::deque<Entry> entries_;
  std::vector<std::uint32_t> free_;
  std::vector<std::uint32_t> index_;
  std::size_t used_ = 0;  ///< taken or erased places of the index
  std::size_t size_ = 0;
};

}  // namespace pilothouse::scheduler
