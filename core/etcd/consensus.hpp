#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/etcd/raft.hpp"
#include "core/etcd/request.hpp"
#include "core/sim/network.hpp"

namespace pilothouse::etcd {

/// etcd's flags, with their defaults.
struct MemberOptions {
  std::string name = "default";
  SimDuration heartbeatInterval = std::chrono::milliseconds(100);
  std::size_t electionTicks = 10;  ///< --election-timeout, in heartbeat intervals
  /// How long a request may take: 5 s and two election time-outs (ServerConfig.ReqTimeout).
  SimDuration requestTimeout = std::chrono::seconds(7);
  std::uint64_t snapshotCount = 100000;  ///< entries applied between two compactions of the log
  std::uint64_t catchUpEntries = 5000;   ///< kept at a compaction for followers that are a little behind
};

/// A write that the members agree on.
struct Command {
  raft::NodeId origin = raft::kNone;  ///< the member whose client waits
  std::uint64_t sequence = 0;         ///< unique for that member
  Request request;
  Key about;
};

/// A member's part in the consensus: Raft's clock and messages, what waits for agreement, and the order in
/// which agreed writes are applied (etcdserver's raftNode and v3_server).
class Consensus {
 public:
  /// The member's state machine.
  class Host {
   public:
    virtual ~Host() = default;
    virtual Response apply(const Command& command) = 0;
    /// A copy of the state as it is now.
    [[nodiscard]] virtual std::shared_ptr<const Server> copyState() const = 0;
    virtual void install(const Server& state) = 0;
    /// This member became the leader, or is it no longer.
    virtual void leads(bool leads) = 0;
    /// Three election time-outs without a leader: clients that watch should look elsewhere.
    virtual void leaderless() = 0;
  };
  using Applied = Function<void(Response)>;
  using Readable = Function<void(Error)>;

  Consensus(Network& network, ComponentId self, raft::NodeId id, const MemberOptions& options, Host& host);
  ~Consensus();
  Consensus(const Consensus&) = delete;
  Consensus& operator=(const Consensus&) = delete;

  /// All members by id, this one too. Begins to tick.
  void join(const std::map<raft::NodeId, Consensus*>& members);
  /// The process ends, and starts again from its disk.
  void stop();
  void start();

  /// Answers once, when the write is applied here or after the time-out.
  void propose(Request request, Key about, Applied done);
  /// Answers once: what this member has is then at least what anyone had when it was asked, or an error.
  void read(Readable done);

  [[nodiscard]] bool hasLeader() const { return raft_->leader() != raft::kNone; }
  [[nodiscard]] bool isLeader() const { return raft_->role() == raft::Raft::Role::Leader; }
  [[nodiscard]] const raft::Raft& raft() const { return *raft_; }
  [[nodiscard]] std::uint64_t appliedIndex() const { return applied_; }

 private:
  struct Proposal {
    std::shared_ptr<const Command> command;  ///< while nobody took it
    SimTime started{};
    Applied done;
  };
  /// Reads that share one question to the leader (etcd's linearizableReadLoop).
  struct ReadBatch {
    std::uint64_t context = 0;
    SimTime started{};
    SimTime asked{};
    std::optional<std::uint64_t> index;  ///< what must be applied first
    std::vector<Readable> reads;
  };

  [[nodiscard]] raft::Config config() const;
  void arm(SimDuration delay);
  void tick();
  void receive(raft::Message message);
  void send(raft::Message message);
  void process();
  void noteLeader();
  void apply(const raft::Entry& entry);
  void compactLog();
  void proposeWaiting();
  void expireProposals(SimTime now);
  void askLeader();
  void beginRead();
  void finishRead(Error error);
  void tickRead(SimTime now);

  Network& network_;
  ComponentId self_;
  raft::NodeId id_;
  MemberOptions options_;
  Host& host_;
  std::map<raft::NodeId, Consensus*> members_;
  std::optional<raft::Raft> raft_;
  bool running_ = false;
  bool processing_ = false;
  TimerId timer_{};
  std::uint64_t process_ = 0;  ///< how often it started: what an earlier process asked is nobody's
  std::uint64_t applied_ = 0;
  std::uint64_t compactedAt_ = 0;

  raft::NodeId leader_ = raft::kNone;  ///< as the host was told
  bool led_ = false;
  SimTime leaderElected_{};
  std::size_t leaderlessTicks_ = 0;

  std::map<std::uint64_t, Proposal> proposals_;  ///< by sequence, which is the order of their deadlines
  std::uint64_t nextSequence_ = 1;
  std::deque<std::uint64_t> waiting_;  ///< sequences that found no leader
  std::optional<ReadBatch> batch_;
  std::vector<Readable> nextReads_;
  std::uint64_t nextContext_ = 1;
};

}  // namespace pilothouse::etcd
