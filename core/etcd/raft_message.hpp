#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace pilothouse::etcd {

class Server;
struct Command;

namespace raft {

using NodeId = std::uint64_t;
inline constexpr NodeId kNone = 0;

/// What the members agree on, in order. A new leader's first entry has no command.
struct Entry {
  std::uint64_t term = 0;
  std::uint64_t index = 0;
  std::shared_ptr<const Command> command;
};

/// The state after an entry, for a member that is so far behind that the entries are gone.
struct Snapshot {
  std::uint64_t index = 0;
  std::uint64_t term = 0;
  std::shared_ptr<const Server> state;
};

/// raftpb.Message, the types that members send each other.
struct Message {
  enum class Type : std::uint8_t {
    App,
    AppResp,
    PreVote,
    PreVoteResp,
    Vote,
    VoteResp,
    Snap,
    Heartbeat,
    HeartbeatResp,
    Prop,           ///< a follower's client wants something written; no term
    ReadIndex,      ///< a follower's client wants to read; no term
    ReadIndexResp,  ///< `index` is what must be applied before the read
  };
  Type type{};
  NodeId from = kNone;
  NodeId to = kNone;
  std::uint64_t term = 0;
  std::uint64_t logTerm = 0;  ///< of the entry at `index`; in a rejection of the one at `rejectHint`
  std::uint64_t index = 0;
  std::uint64_t commit = 0;
  bool reject = false;
  std::uint64_t rejectHint = 0;
  std::uint64_t context = 0;  ///< which read a heartbeat confirms, 0 for none
  std::vector<Entry> entries;
  std::shared_ptr<const Snapshot> snapshot;
};

}  // namespace raft
}  // namespace pilothouse::etcd
