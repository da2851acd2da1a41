#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>

#include "core/etcd/raft_message.hpp"

namespace pilothouse::etcd::raft {

/// What a leader knows of another member's log, and how it sends (tracker.Progress).
struct Progress {
  enum class State : std::uint8_t {
    Probe,      ///< where the logs agree is not known: one message, then wait
    Replicate,  ///< entries are sent without waiting for answers
    Snapshot,   ///< a snapshot is on its way: nothing else is sent
  };
  static constexpr std::size_t kInflightMax = 256;

  State state = State::Probe;
  std::uint64_t match = 0;  ///< the highest index that is known to be there
  std::uint64_t next = 1;
  std::uint64_t snapshot = 0;  ///< index of the snapshot on its way
  std::size_t snapshotTicks = 0;
  bool paused = false;                 ///< Probe: a message is out
  bool recentActive = false;           ///< heard of since the last check of the quorum
  std::deque<std::uint64_t> inflight;  ///< last indices of messages with entries that are not answered

  [[nodiscard]] bool isPaused() const {
    return state == State::Snapshot || (state == State::Probe ? paused : inflight.size() >= kInflightMax);
  }
  void reset(State to) {
    state = to;
    paused = false;
    snapshotTicks = 0;
    inflight.clear();
  }
  void probe() {
    next = state == State::Snapshot ? std::max(match, snapshot) + 1 : match + 1;
    snapshot = 0;
    reset(State::Probe);
  }
  void replicate() {
    snapshot = 0;
    reset(State::Replicate);
    next = match + 1;
  }
  void sendSnapshot(std::uint64_t index) {
    reset(State::Snapshot);
    snapshot = index;
  }
  /// True when the answer tells something new.
  bool update(std::uint64_t index) {
    const bool news = index > match;
    match = std::max(match, index);
    next = std::max(next, index + 1);
    if (news) paused = false;
    while (!inflight.empty() && inflight.front() <= index) inflight.pop_front();
    return news;
  }
  /// The entries after `rejected` were refused; the logs agree up to `hint` at most. False when that is old.
  bool decrease(std::uint64_t rejected, std::uint64_t hint) {
    if (state == State::Replicate) {
      if (rejected <= match) return false;
      next = match + 1;
      return true;
    }
    if (next - 1 != rejected) return false;
    next = std::max(std::min(rejected, hint + 1), match + 1);
    paused = false;
    return true;
  }
};

}  // namespace pilothouse::etcd::raft
