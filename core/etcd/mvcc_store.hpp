#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "core/etcd/key_index.hpp"
#include "core/etcd/request.hpp"

namespace pilothouse::etcd {

/// etcd's multi-version key-value store (server/storage/mvcc): every write transaction is a revision, and
/// what was can be read and watched back to the last compaction.
///
/// The newest state is in the index. History is one log of changes in order of revision; the past is read by
/// undoing them, so that it costs only what changed since.
class MvccStore {
 public:
  [[nodiscard]] std::uint64_t revision() const { return revision_; }
  /// History before this revision is gone; 0 when nothing was compacted.
  [[nodiscard]] std::uint64_t compactRevision() const { return compactRevision_; }
  [[nodiscard]] std::size_t historySize() const { return changes_.size(); }

  /// Reads at `revision` (0 for the newest). `count` in the answer is that of the whole range.
  Error range(const Operation& operation, OperationResponse& response) const;
  /// The newest state of one key, or null.
  [[nodiscard]] const KeyRecord* find(std::string_view key) const;
  /// Existing keys of a range in order, until `visit` returns false.
  void forEach(const KeyRange& range, const std::function<bool(const KeyRecord&)>& visit) const;

  /// One write transaction; all its writes have the revision that it ends with. Its events are appended to
  /// `events`. Nothing written: no new revision.
  class Write {
   public:
    Write(MvccStore& store, std::vector<Event>& events) : store_(store), events_(events) {}
    ~Write();
    Write(const Write&) = delete;
    Write& operator=(const Write&) = delete;
    /// The revision that this transaction will be, or is.
    [[nodiscard]] std::uint64_t revision() const { return store_.revision_ + 1; }
    KeyValue put(const Value& key, const Value& value, LeaseId lease);
    /// What was deleted, in key order.
    std::vector<KeyValue> deleteRange(const KeyRange& range);

   private:
    void commit(KeyRecord& record, const KeyValue& before);
    MvccStore& store_;
    std::vector<Event>& events_;
    bool wrote_ = false;
  };

  /// Forgets history before `revision`. The memory comes back in portions, with calls of scrub().
  Error compact(std::uint64_t revision);
  /// Drops up to `changesMax` changes of what is forgotten; false when there is nothing left to drop.
  bool scrub(std::size_t changesMax);

  /// The changes of a range from `startRevision` on, in order; stops after the revision in which `eventsMax`
  /// was reached and returns the next revision to go on from, 0 when all were given.
  std::uint64_t history(const KeyRange& range, std::uint64_t startRevision, std::size_t eventsMax,
                        std::vector<Event>& events) const;

 private:
  /// A change with what was before, so that a state can be undone without older changes.
  struct Change {
    KeyValue current;
    KeyValue before;
    std::uint64_t previous = 0;  ///< number of this key's change before, 0 for none
  };
  [[nodiscard]] KeyValue stateAt(const KeyRecord& record, std::uint64_t revision) const;
  [[nodiscard]] const Change* change(std::uint64_t number) const;

  KeyIndex index_;
  std::deque<Change> changes_;
  std::uint64_t firstChange_ = 1;  ///< number of changes_.front()
  std::uint64_t revision_ = 1;     ///< an empty etcd is at revision 1
  std::uint64_t compactRevision_ = 0;
};

}  // namespace pilothouse::etcd
