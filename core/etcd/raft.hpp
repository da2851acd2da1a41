#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "core/etcd/raft_log.hpp"
#include "core/etcd/raft_progress.hpp"
#include "core/sim/random.hpp"

namespace pilothouse::etcd::raft {

/// What a member has on its disk: it outlives the process.
struct Disk {
  std::uint64_t term = 0;
  NodeId vote = kNone;
  Log log;
};

struct Config {
  NodeId id = kNone;
  std::vector<NodeId> members;     ///< with `id`, in rising order
  std::size_t electionTicks = 10;  ///< --election-timeout over --heartbeat-interval
  std::size_t heartbeatTicks = 1;
  std::size_t entriesPerMessage = 128;
};

/// A read that may be served once `index` is applied.
struct ReadState {
  std::uint64_t context = 0;
  std::uint64_t index = 0;
};

/// What is to be done after a step: send, install, apply, serve.
struct Ready {
  std::vector<Message> messages;  ///< a Snap has no snapshot yet: whoever sends it puts the newest in
  std::shared_ptr<const Snapshot> snapshot;
  std::vector<Entry> committed;
  std::vector<ReadState> reads;
};

/// One member's consensus as a state machine: messages and ticks in, messages and committed entries out. No
/// clock, no network, no disk: what `disk()` holds counts as written when a step returns.
///
/// Diego Ongaro's Raft as go.etcd.io/raft has it: elections with PreVote, a leader's CheckQuorum, pipelined
/// replication, ReadIndex, snapshots. Members are fixed.
class Raft {
 public:
  enum class Role : std::uint8_t { Follower, PreCandidate, Candidate, Leader };

  Raft(Config config, Disk disk, std::uint64_t applied, Random& random);

  void tick();
  void step(Message message);
  /// False when there is no leader to take it: nothing was proposed.
  bool propose(std::shared_ptr<const Command> command);
  /// Asks for a point after which a read is linearizable; the answer is a ReadState, or never comes. False
  /// when there is no leader to ask.
  bool readIndex(std::uint64_t context);

  [[nodiscard]] bool hasReady() const;
  Ready takeReady();
  /// Entries up to `index` are applied and no longer needed.
  void compact(std::uint64_t index) { disk_.log.compact(index); }

  [[nodiscard]] NodeId id() const { return config_.id; }
  [[nodiscard]] Role role() const { return role_; }
  [[nodiscard]] NodeId leader() const { return leader_; }
  [[nodiscard]] std::uint64_t term() const { return disk_.term; }
  [[nodiscard]] const Disk& disk() const { return disk_; }
  [[nodiscard]] const Log& log() const { return disk_.log; }
  /// The process is over; its disk goes to the next one.
  Disk releaseDisk() { return std::move(disk_); }
  /// What a leader knows of a member; null for others.
  [[nodiscard]] const Progress* progress(NodeId member) const;

 private:
  enum class Vote : std::uint8_t { Pending, Granted, Refused };
  struct Member {
    NodeId id = kNone;
    Progress progress;
    Vote vote = Vote::Pending;
  };
  struct Read {
    std::uint64_t context = 0;  ///< the asker's
    NodeId from = kNone;
    std::uint64_t index = 0;
    std::vector<NodeId> acks;
  };

  // raft.cpp
  [[nodiscard]] std::size_t quorum() const { return members_.size() / 2 + 1; }
  [[nodiscard]] Member* member(NodeId id);
  [[nodiscard]] std::size_t randomTimeout();
  void send(Message message);
  void reset(std::uint64_t term);
  void becomeFollower(std::uint64_t term, NodeId leader);
  /// False when the message is of an older term, or to be ignored.
  bool admit(const Message& message);
  void answerOldTerm(const Message& message);

  // raft_election.cpp
  void campaign(bool pre);
  void poll(NodeId from, bool granted);
  void becomeLeader();
  void vote(const Message& message);

  // raft_follower.cpp
  void stepFollower(Message& message);
  void append(const Message& message);
  void heartbeat(const Message& message);
  void restore(const Message& message);

  // raft_leader.cpp
  void tickLeader();
  void checkQuorum();
  void stepLeader(Message& message);
  void appendEntry(std::shared_ptr<const Command> command);
  void appended(Member& from, const Message& message);
  void heartbeatAnswered(Member& from, const Message& message);
  void broadcastAppend();
  void broadcastHeartbeat(std::uint64_t context);
  /// Sends what the member lacks; false when it may get nothing now, or lacks nothing and `evenEmpty` is
  /// false.
  bool sendAppend(Member& to, bool evenEmpty);
  bool tryCommit();
  [[nodiscard]] bool committedInTerm() const;

  // raft_read_index.cpp
  void beginRead(NodeId from, std::uint64_t context);
  void acknowledgeRead(std::uint64_t number, NodeId from);
  void finishRead(const Read& read, std::uint64_t index);
  void releasePostponedReads();

  Config config_;
  Random& random_;
  Disk disk_;
  Role role_ = Role::Follower;
  NodeId leader_ = kNone;
  std::vector<Member> members_;  ///< in rising order of id, with this one
  std::size_t electionElapsed_ = 0;
  std::size_t heartbeatElapsed_ = 0;
  std::size_t timeout_ = 0;  ///< ticks without a leader after which this member stands

  std::deque<Read> reads_;  ///< being confirmed by heartbeats; numbered from firstRead_
  std::uint64_t firstRead_ = 1;
  std::vector<Read> postponedReads_;  ///< until the leader has committed in its term

  Ready ready_;
};

}  // namespace pilothouse::etcd::raft
