#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "core/etcd/mvcc_store.hpp"

namespace pilothouse::etcd {

using WatcherId = std::uint64_t;

/// Who watches a member's store (mvcc.watchableStore). Events of a revision come in one response to each
/// watcher, in order and without a hole; a watch that begins in the past gets history first.
class Watchers {
 public:
  static constexpr std::size_t kBatchEventsMax = 1000;  // watchBatchMaxRevs
  using Send = std::function<void(WatchResponse)>;

  explicit Watchers(const MvccStore& store) : store_(store) {}

  WatcherId add(const WatchRequest& request, Send send);
  void remove(WatcherId id) { watchers_.erase(id); }
  void clear() { watchers_.clear(); }
  void notify(const std::vector<Event>& events);
  /// The store was replaced by a newer one, after `seen` (a snapshot): watchers get what they missed, or hear
  /// that it is compacted.
  void catchUp(std::uint64_t seen);
  [[nodiscard]] std::size_t size() const { return watchers_.size(); }

 private:
  struct Watcher {
    KeyRange range;
    std::uint64_t startRevision = 0;
    Send send;
  };
  /// History from `from` on; false when it is compacted, which the watcher is told.
  bool sendHistory(const KeyRange& range, std::uint64_t from, const Send& send) const;

  const MvccStore& store_;
  std::map<WatcherId, Watcher> watchers_;
  WatcherId next_ = 1;
};

}  // namespace pilothouse::etcd
