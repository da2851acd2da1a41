#pragma once

#include <cstdint>
#include <deque>
#include <string_view>
#include <utility>
#include <vector>

#include "core/api/object.hpp"
#include "core/value/slot_table.hpp"

namespace pilothouse::scheduler {

/// Entries by their pod's uid, each with a number that stays while the entry does.
///
/// `Entry` has a member `Value pod`. The table costs 11 to 21 bytes an entry besides the entry.
template <typename Entry>
class PodTable {
 public:
  static constexpr std::uint32_t kNone = SlotTable::kNone;

  [[nodiscard]] std::uint32_t find(std::string_view uid) const {
    return index_.find(textHash(uid), [&](std::uint32_t id) { return api::uid(entries_[id].pod) == uid; });
  }
  /// A new entry for a pod that is not in the table.
  std::uint32_t add(Entry entry) {
    std::uint32_t id = 0;
    if (free_.empty()) {
      id = static_cast<std::uint32_t>(entries_.size());
      entries_.push_back(std::move(entry));
    } else {
      id = free_.back();
      free_.pop_back();
      entries_[id] = std::move(entry);
    }
    index_.insert(textHash(api::uid(entries_[id].pod)), id);
    return id;
  }
  void erase(std::uint32_t id) {
    index_.erase(textHash(api::uid(entries_[id].pod)), id);
    entries_[id] = Entry{};
    free_.push_back(id);
  }
  Entry& operator[](std::uint32_t id) { return entries_[id]; }
  const Entry& operator[](std::uint32_t id) const { return entries_[id]; }
  [[nodiscard]] std::size_t size() const { return index_.size(); }

 private:
  std::deque<Entry> entries_;
  std::vector<std::uint32_t> free_;
  SlotTable index_;
};

}  // namespace pilothouse::scheduler
