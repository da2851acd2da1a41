#include <algorithm>
#include <utility>

#include "core/etcd/raft.hpp"

namespace pilothouse::etcd::raft {

void Raft::tickLeader() {
  ++heartbeatElapsed_;
  if (++electionElapsed_ >= config_.electionTicks) {
    electionElapsed_ = 0;
    checkQuorum();
    if (role_ != Role::Leader) return;
  }
  for (Member& m : members_) {
    // A snapshot that was lost on the way: etcd's transport would report it.
    if (m.progress.state == Progress::State::Snapshot &&
        ++m.progress.snapshotTicks >= config_.electionTicks) {
      m.progress.snapshot = 0;
      m.progress.probe();
    }
  }
  if (heartbeatElapsed_ < config_.heartbeatTicks) return;
  heartbeatElapsed_ = 0;
  broadcastHeartbeat(reads_.empty() ? 0 : firstRead_ + reads_.size() - 1);
}

// CheckQuorum: a leader that a majority has not answered for an election time-out is none, and says so to
// those who ask it.
void Raft::checkQuorum() {
  std::size_t active = 0;
  for (Member& m : members_) {
    if (m.id == config_.id || m.progress.recentActive) ++active;
    m.progress.recentActive = false;
  }
  if (active < quorum()) becomeFollower(disk_.term, kNone);
}

void Raft::stepLeader(Message& message) {
  using Type = Message::Type;
  Member* from = member(message.from);
  if (from == nullptr) return;
  switch (message.type) {
    case Type::Prop:
      for (Entry& entry : message.entries) appendEntry(std::move(entry.command));
      return broadcastAppend();
    case Type::ReadIndex:
      return beginRead(message.from, message.context);
    case Type::AppResp:
      return appended(*from, message);
    case Type::HeartbeatResp:
      return heartbeatAnswered(*from, message);
    default:
      return;
  }
}

void Raft::appendEntry(std::shared_ptr<const Command> command) {
  Log& log = disk_.log;
  log.append({disk_.term, log.lastIndex() + 1, std::move(command)});
  member(config_.id)->progress.update(log.lastIndex());
  tryCommit();
}

void Raft::appended(Member& from, const Message& message) {
  Progress& progress = from.progress;
  progress.recentActive = true;
  if (message.reject) {
    const std::uint64_t hint = message.logTerm == 0
                                   ? message.rejectHint
                                   : disk_.log.agreeAtMost(message.rejectHint, message.logTerm);
    if (!progress.decrease(message.index, hint)) return;
    if (progress.state == Progress::State::Replicate) progress.probe();
    sendAppend(from, true);
    return;
  }
  const bool wasPaused = progress.isPaused();
  // A probe's answer that tells nothing new (the logs agree where they did) ends the waiting too.
  const bool found = progress.state == Progress::State::Probe && progress.match == message.index;
  if (!progress.update(message.index) && !found) return;
  if (progress.state == Progress::State::Probe ||
      (progress.state == Progress::State::Snapshot && progress.match + 1 >= disk_.log.firstIndex())) {
    progress.replicate();
  }
  if (tryCommit()) {
    releasePostponedReads();
    broadcastAppend();
  } else if (wasPaused) {
    sendAppend(from, true);
  }
  while (sendAppend(from, false)) {
  }
}

void Raft::heartbeatAnswered(Member& from, const Message& message) {
  Progress& progress = from.progress;
  progress.recentActive = true;
  progress.paused = false;
  // What a full pipeline lost on the way would never be answered.
  if (progress.inflight.size() >= Progress::kInflightMax) progress.inflight.pop_front();
  if (progress.match < disk_.log.lastIndex() || progress.state == Progress::State::Probe) {
    sendAppend(from, true);
  }
  if (message.context != 0) acknowledgeRead(message.context, from.id);
}

void Raft::broadcastAppend() {
  for (Member& m : members_) {
    if (m.id != config_.id) sendAppend(m, true);
  }
}

void Raft::broadcastHeartbeat(std::uint64_t context) {
  for (const Member& m : members_) {
    if (m.id == config_.id) continue;
    Message message;
    message.type = Message::Type::Heartbeat;
    message.to = m.id;
    message.commit = std::min(m.progress.match, disk_.log.committed());
    message.context = context;
    send(std::move(message));
  }
}

bool Raft::sendAppend(Member& to, bool evenEmpty) {
  Progress& progress = to.progress;
  if (progress.isPaused()) return false;
  const Log& log = disk_.log;
  const auto previousTerm = log.term(progress.next - 1);
  Message message;
  message.to = to.id;
  if (!previousTerm) {
    if (!progress.recentActive) return false;  // nobody there to send a large thing to
    message.type = Message::Type::Snap;
    progress.sendSnapshot(log.handedOut());
    send(std::move(message));
    return true;
  }
  message.entries = log.entries(progress.next, config_.entriesPerMessage);
  if (message.entries.empty() && !evenEmpty) return false;
  message.type = Message::Type::App;
  message.index = progress.next - 1;
  message.logTerm = *previousTerm;
  message.commit = log.committed();
  if (progress.state == Progress::State::Probe) {
    progress.paused = true;
  } else if (!message.entries.empty()) {
    progress.next = message.entries.back().index + 1;
    progress.inflight.push_back(message.entries.back().index);
  }
  send(std::move(message));
  return true;
}

// The highest index that a majority has, if it is of this leader's term.
bool Raft::tryCommit() {
  std::vector<std::uint64_t> matches;
  for (const Member& m : members_) matches.push_back(m.progress.match);
  std::sort(matches.begin(), matches.end());
  const std::uint64_t index = matches[matches.size() - quorum()];
  if (index <= disk_.log.committed() || !disk_.log.matches(index, disk_.term)) return false;
  disk_.log.commitTo(index);
  return true;
}

bool Raft::committedInTerm() const { return disk_.log.matches(disk_.log.committed(), disk_.term); }

}  // namespace pilothouse::etcd::raft
