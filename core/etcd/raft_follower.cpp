#include <algorithm>
#include <utility>

#include "core/etcd/raft.hpp"

namespace pilothouse::etcd::raft {

void Raft::stepFollower(Message& message) {
  using Type = Message::Type;
  switch (message.type) {
    case Type::App:
    case Type::Heartbeat:
    case Type::Snap:
      electionElapsed_ = 0;
      leader_ = message.from;
      if (message.type == Type::App) return append(message);
      if (message.type == Type::Heartbeat) return heartbeat(message);
      return restore(message);
    case Type::Prop:
    case Type::ReadIndex:
      if (leader_ == kNone) return;  // whoever asked has a deadline
      message.to = leader_;
      // A read's answer must go to the one who asked, not to who passed it on.
      if (message.type == Type::ReadIndex) {
        ready_.messages.push_back(std::move(message));
      } else {
        send(std::move(message));
      }
      return;
    case Type::ReadIndexResp:
      ready_.reads.push_back({message.context, message.index});
      return;
    default:
      return;
  }
}

void Raft::append(const Message& message) {
  Log& log = disk_.log;
  Message answer;
  answer.type = Message::Type::AppResp;
  answer.to = message.from;
  if (message.index < log.committed()) {
    answer.index = log.committed();
  } else if (log.tryAppend(message.index, message.logTerm, message.entries)) {
    answer.index = message.index + message.entries.size();
    log.commitTo(std::min(message.commit, answer.index));
  } else {
    answer.reject = true;
    answer.index = message.index;
    answer.rejectHint = log.agreeAtMost(std::min(message.index, log.lastIndex()), message.logTerm);
    answer.logTerm = log.term(answer.rejectHint).value_or(0);
  }
  send(std::move(answer));
}

void Raft::heartbeat(const Message& message) {
  // The leader says no more than what it knows to be here.
  disk_.log.commitTo(message.commit);
  Message answer;
  answer.type = Message::Type::HeartbeatResp;
  answer.to = message.from;
  answer.context = message.context;
  send(std::move(answer));
}

void Raft::restore(const Message& message) {
  if (message.snapshot == nullptr) return;
  Log& log = disk_.log;
  const Snapshot& snapshot = *message.snapshot;
  if (snapshot.index > log.committed()) {
    if (log.matches(snapshot.index, snapshot.term)) {
      log.commitTo(snapshot.index);  // the entries are here: no need to replace the state
    } else {
      log.restore(snapshot.index, snapshot.term);
      ready_.snapshot = message.snapshot;
    }
  }
  Message answer;
  answer.type = Message::Type::AppResp;
  answer.to = message.from;
  answer.index = log.committed();
  send(std::move(answer));
}

}  // namespace pilothouse::etcd::raft
