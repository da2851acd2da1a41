#include <algorithm>
#include <utility>

#include "core/etcd/raft.hpp"

namespace pilothouse::etcd::raft {

// First it asks whether it would win (PreVote), so that a member that comes back from where nobody heard it
// does not unseat a leader that all others are content with (Raft, 9.6).
void Raft::campaign(bool pre) {
  if (pre) {
    role_ = Role::PreCandidate;
    leader_ = kNone;
    for (Member& m : members_) m.vote = Vote::Pending;
    timeout_ = randomTimeout();
  } else {
    reset(disk_.term + 1);
    role_ = Role::Candidate;
    disk_.vote = config_.id;
  }
  for (const Member& m : members_) {
    if (m.id == config_.id) continue;
    Message message;
    message.type = pre ? Message::Type::PreVote : Message::Type::Vote;
    message.to = m.id;
    message.term = pre ? disk_.term + 1 : disk_.term;
    message.index = disk_.log.lastIndex();
    message.logTerm = disk_.log.lastTerm();
    send(std::move(message));
  }
  poll(config_.id, true);
}

void Raft::poll(NodeId from, bool granted) {
  Member* voter = member(from);
  if (voter == nullptr) return;
  if (voter->vote == Vote::Pending) voter->vote = granted ? Vote::Granted : Vote::Refused;
  const auto count = [this](Vote vote) {
    return static_cast<std::size_t>(
        std::count_if(members_.begin(), members_.end(), [vote](const Member& m) { return m.vote == vote; }));
  };
  if (count(Vote::Granted) >= quorum()) {
    if (role_ == Role::PreCandidate) return campaign(false);
    return becomeLeader();
  }
  // Too many refused: a majority can no longer be had.
  if (count(Vote::Refused) > members_.size() - quorum()) becomeFollower(disk_.term, kNone);
}

// What earlier leaders left is committed only with an entry of its own term (Raft, 5.4.2).
void Raft::becomeLeader() {
  reset(disk_.term);
  role_ = Role::Leader;
  leader_ = config_.id;
  for (Member& m : members_) m.progress.recentActive = true;
  appendEntry(nullptr);
  broadcastAppend();
}

void Raft::vote(const Message& message) {
  const bool pre = message.type == Message::Type::PreVote;
  const bool free = disk_.vote == message.from || (disk_.vote == kNone && leader_ == kNone) ||
                    (pre && message.term > disk_.term);
  const bool grants = free && disk_.log.isUpToDate(message.index, message.logTerm);
  if (grants && !pre) {
    electionElapsed_ = 0;
    disk_.vote = message.from;
  }
  Message answer;
  answer.type = pre ? Message::Type::PreVoteResp : Message::Type::VoteResp;
  answer.to = message.from;
  answer.term = grants ? message.term : disk_.term;
  answer.reject = !grants;
  send(std::move(answer));
}

}  // namespace pilothouse::etcd::raft
