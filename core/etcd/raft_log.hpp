#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "core/etcd/raft_message.hpp"

namespace pilothouse::etcd::raft {

/// A member's log: the entries after the last compaction, how far they are committed, how far handed out to
/// be applied. Index 0 is before every entry and has term 0.
class Log {
 public:
  [[nodiscard]] std::uint64_t firstIndex() const { return compacted_ + 1; }
  [[nodiscard]] std::uint64_t lastIndex() const { return compacted_ + entries_.size(); }
  [[nodiscard]] std::uint64_t lastTerm() const {
    return entries_.empty() ? compactedTerm_ : entries_.back().term;
  }
  /// Nothing for an entry that is not here, or no longer.
  [[nodiscard]] std::optional<std::uint64_t> term(std::uint64_t index) const;
  [[nodiscard]] bool matches(std::uint64_t index, std::uint64_t term) const {
    return this->term(index) == term;
  }
  [[nodiscard]] const Entry& at(std::uint64_t index) const {
    return entries_[static_cast<std::size_t>(index - firstIndex())];
  }
  /// Is a log that ends so at least as far as this one? (Raft, 5.4.1)
  [[nodiscard]] bool isUpToDate(std::uint64_t lastIndex, std::uint64_t lastTerm) const;
  /// The last index at or before `index` whose term is not above `term`: where two logs can agree at most.
  [[nodiscard]] std::uint64_t agreeAtMost(std::uint64_t index, std::uint64_t term) const;
  [[nodiscard]] std::vector<Entry> entries(std::uint64_t from, std::size_t countMax) const;

  void append(Entry entry) { entries_.push_back(std::move(entry)); }
  /// A leader's entries after `index`: false when the entry there is another. Entries that disagree are cut
  /// off with all that follow.
  bool tryAppend(std::uint64_t index, std::uint64_t term, const std::vector<Entry>& entries);

  [[nodiscard]] std::uint64_t committed() const { return committed_; }
  void commitTo(std::uint64_t index);
  [[nodiscard]] std::uint64_t handedOut() const { return handedOut_; }
  /// Committed entries that were not handed out yet.
  std::vector<Entry> takeCommitted();

  /// A restarted member hands out what follows `applied`.
  void restart(std::uint64_t applied) { handedOut_ = applied; }
  /// Forgets entries up to `index`, which are applied.
  void compact(std::uint64_t index);
  /// Everything is as a snapshot says.
  void restore(std::uint64_t index, std::uint64_t term);

 private:
  std::deque<Entry> entries_;
  std::uint64_t compacted_ = 0;
  std::uint64_t compactedTerm_ = 0;
  std::uint64_t committed_ = 0;
  std::uint64_t handedOut_ = 0;
};

}  // namespace pilothouse::etcd::raft
