#include <algorithm>
#include <utility>

#include "core/etcd/raft.hpp"

// Linearizable reads without an entry in the log (Raft, 6.4): the leader notes what is committed, makes sure
// by a round of heartbeats that it was the leader then, and the reader waits until it has applied so much.
namespace pilothouse::etcd::raft {

void Raft::beginRead(NodeId from, std::uint64_t context) {
  Read read{context, from, disk_.log.committed(), {config_.id}};
  // What is committed is known for sure once something of this term is.
  if (!committedInTerm()) {
    postponedReads_.push_back(std::move(read));
    return;
  }
  if (quorum() == 1) return finishRead(read, read.index);
  reads_.push_back(std::move(read));
  broadcastHeartbeat(firstRead_ + reads_.size() - 1);
}

// Who follows the leader at a later heartbeat has followed it at all earlier ones.
void Raft::acknowledgeRead(std::uint64_t number, NodeId from) {
  if (number < firstRead_ || number - firstRead_ >= reads_.size()) return;
  std::vector<NodeId>& acks = reads_[static_cast<std::size_t>(number - firstRead_)].acks;
  if (std::find(acks.begin(), acks.end(), from) == acks.end()) acks.push_back(from);
  if (acks.size() < quorum()) return;
  for (; firstRead_ <= number; ++firstRead_) {
    finishRead(reads_.front(), reads_.front().index);
    reads_.pop_front();
  }
}

void Raft::finishRead(const Read& read, std::uint64_t index) {
  if (read.from == config_.id) {
    ready_.reads.push_back({read.context, index});
    return;
  }
  Message message;
  message.type = Message::Type::ReadIndexResp;
  message.to = read.from;
  message.index = index;
  message.context = read.context;
  send(std::move(message));
}

void Raft::releasePostponedReads() {
  if (!committedInTerm()) return;
  for (const Read& read : std::exchange(postponedReads_, {})) beginRead(read.from, read.context);
}

}  // namespace pilothouse::etcd::raft
