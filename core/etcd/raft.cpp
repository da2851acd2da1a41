#include "core/etcd/raft.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace pilothouse::etcd::raft {

Raft::Raft(Config config, Disk disk, std::uint64_t applied, Random& random)
    : config_(std::move(config)), random_(random), disk_(std::move(disk)) {
  for (const NodeId id : config_.members) members_.push_back({id, {}, Vote::Pending});
  assert(member(config_.id) != nullptr);
  disk_.log.restart(applied);
  becomeFollower(disk_.term, kNone);
}

Raft::Member* Raft::member(NodeId id) {
  const auto at =
      std::find_if(members_.begin(), members_.end(), [id](const Member& m) { return m.id == id; });
  return at == members_.end() ? nullptr : &*at;
}

const Progress* Raft::progress(NodeId id) const {
  const auto at =
      std::find_if(members_.begin(), members_.end(), [id](const Member& m) { return m.id == id; });
  return role_ != Role::Leader || at == members_.end() ? nullptr : &at->progress;
}

// Between one election time-out and two, so that members seldom stand at once.
std::size_t Raft::randomTimeout() {
  return config_.electionTicks + static_cast<std::size_t>(random_.below(config_.electionTicks));
}

// Every message says the sender's term, except a vote's, which says the term that is voted on, and what is
// only passed on to the leader.
void Raft::send(Message message) {
  using Type = Message::Type;
  message.from = config_.id;
  switch (message.type) {
    case Type::Prop:
    case Type::ReadIndex:
      break;
    case Type::PreVote:
    case Type::PreVoteResp:
    case Type::Vote:
    case Type::VoteResp:
      assert(message.term > 0);
      break;
    default:
      message.term = disk_.term;
  }
  ready_.messages.push_back(std::move(message));
}

void Raft::reset(std::uint64_t term) {
  if (disk_.term != term) {
    disk_.term = term;
    disk_.vote = kNone;
  }
  leader_ = kNone;
  electionElapsed_ = 0;
  heartbeatElapsed_ = 0;
  timeout_ = randomTimeout();
  for (Member& m : members_) {
    m.vote = Vote::Pending;
    m.progress = Progress();
    m.progress.next = disk_.log.lastIndex() + 1;
    if (m.id == config_.id) m.progress.match = disk_.log.lastIndex();
  }
  firstRead_ += reads_.size();
  reads_.clear();
  postponedReads_.clear();
}

void Raft::becomeFollower(std::uint64_t term, NodeId leader) {
  reset(term);
  role_ = Role::Follower;
  leader_ = leader;
}

void Raft::tick() {
  if (role_ == Role::Leader) return tickLeader();
  if (++electionElapsed_ < timeout_) return;
  electionElapsed_ = 0;
  campaign(true);
}

// A member that was cut off may be at a newer term than the leader, or have a leader's old one: it learns
// from the answer.
void Raft::answerOldTerm(const Message& message) {
  using Type = Message::Type;
  if (message.type == Type::Heartbeat || message.type == Type::App) {
    Message answer;
    answer.type = Type::AppResp;
    answer.to = message.from;
    send(std::move(answer));
  } else if (message.type == Type::PreVote) {
    Message answer;
    answer.type = Type::PreVoteResp;
    answer.to = message.from;
    answer.term = disk_.term;
    answer.reject = true;
    send(std::move(answer));
  }
}

bool Raft::admit(const Message& message) {
  using Type = Message::Type;
  if (message.term == 0 || message.term == disk_.term) return true;
  if (message.term < disk_.term) {
    answerOldTerm(message);
    return false;
  }
  const bool asksForVote = message.type == Type::Vote || message.type == Type::PreVote;
  // Who hears of a leader lets nobody overthrow it (Raft, 4.2.3).
  if (asksForVote && leader_ != kNone && electionElapsed_ < config_.electionTicks) return false;
  // PreVotes ask about a term that nobody has begun.
  const bool granted = message.type == Type::PreVoteResp && !message.reject;
  if (message.type == Type::PreVote || granted) return true;
  const bool fromLeader =
      message.type == Type::App || message.type == Type::Heartbeat || message.type == Type::Snap;
  becomeFollower(message.term, fromLeader ? message.from : kNone);
  return true;
}

void Raft::step(Message message) {
  using Type = Message::Type;
  if (!admit(message)) return;
  if (message.type == Type::Vote || message.type == Type::PreVote) return vote(message);
  switch (role_) {
    case Role::Leader:
      return stepLeader(message);
    case Role::Follower:
      return stepFollower(message);
    case Role::PreCandidate:
    case Role::Candidate:
      break;
  }
  const Type awaited = role_ == Role::Candidate ? Type::VoteResp : Type::PreVoteResp;
  if (message.type == awaited) return poll(message.from, !message.reject);
  if (message.type == Type::App || message.type == Type::Heartbeat || message.type == Type::Snap) {
    becomeFollower(message.term, message.from);
    stepFollower(message);
  }
}

bool Raft::propose(std::shared_ptr<const Command> command) {
  if (role_ == Role::Leader) {
    appendEntry(std::move(command));
    broadcastAppend();
    return true;
  }
  if (leader_ == kNone) return false;
  Message message;
  message.type = Message::Type::Prop;
  message.to = leader_;
  message.entries.push_back({0, 0, std::move(command)});
  send(std::move(message));
  return true;
}

bool Raft::readIndex(std::uint64_t context) {
  if (role_ == Role::Leader) {
    beginRead(config_.id, context);
    return true;
  }
  if (leader_ == kNone) return false;
  Message message;
  message.type = Message::Type::ReadIndex;
  message.to = leader_;
  message.context = context;
  send(std::move(message));
  return true;
}

bool Raft::hasReady() const {
  return !ready_.messages.empty() || ready_.snapshot != nullptr || !ready_.reads.empty() ||
         disk_.log.handedOut() < disk_.log.committed();
}

Ready Raft::takeReady() {
  Ready taken = std::exchange(ready_, {});
  taken.committed = disk_.log.takeCommitted();
  return taken;
}

}  // namespace pilothouse::etcd::raft
