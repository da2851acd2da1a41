#include "core/etcd/consensus.hpp"

#include <utility>

#include "core/etcd/server.hpp"

namespace pilothouse::etcd {
namespace {

using raft::Message;

constexpr SimDuration kReadIndexRetry = std::chrono::milliseconds(500);
constexpr std::size_t kLeaderlessChecks = 3;  // maxNoLeaderCnt of v3rpc, an election time-out each
// A new cluster begins with an entry for each member, of term 1.
constexpr std::uint64_t kBootstrapTerm = 1;

Key verbOf(Message::Type type) {
  static const Key kVerbs[] = {
      Key::intern("MsgApp"),         Key::intern("MsgAppResp"),   Key::intern("MsgPreVote"),
      Key::intern("MsgPreVoteResp"), Key::intern("MsgVote"),      Key::intern("MsgVoteResp"),
      Key::intern("MsgSnap"),        Key::intern("MsgHeartbeat"), Key::intern("MsgHeartbeatResp"),
      Key::intern("MsgProp"),        Key::intern("MsgReadIndex"), Key::intern("MsgReadIndexResp")};
  return kVerbs[static_cast<std::size_t>(type)];
}

// What the trace shows of a message: what its last entry writes.
Envelope envelopeOf(const Message& message) {
  Envelope envelope{MessageKind::Raft, 0, verbOf(message.type), {}, {}};
  if (message.entries.empty() || message.entries.back().command == nullptr) return envelope;
  const Command& command = *message.entries.back().command;
  envelope.resource = command.about;
  if (!command.request.success.empty()) envelope.object = command.request.success.front().value;
  return envelope;
}

}  // namespace

Consensus::Consensus(Network& network, ComponentId self, raft::NodeId id, const MemberOptions& options,
                     Host& host)
    : network_(network), self_(self), id_(id), options_(options), host_(host) {}

Consensus::~Consensus() { network_.simulator().cancel(timer_); }

raft::Config Consensus::config() const {
  raft::Config config;
  config.id = id_;
  for (const auto& [id, member] : members_) config.members.push_back(id);
  config.electionTicks = options_.electionTicks;
  return config;
}

void Consensus::join(const std::map<raft::NodeId, Consensus*>& members) {
  members_ = members;
  applied_ = members.size();
  compactedAt_ = applied_;
  raft::Disk disk;
  disk.term = kBootstrapTerm;
  disk.log.restore(applied_, kBootstrapTerm);
  raft_.emplace(config(), std::move(disk), applied_, network_.simulator().random());
  start();
}

void Consensus::start() {
  if (running_) return;
  if (process_ > 0) {
    raft_.emplace(config(), raft_->releaseDisk(), applied_, network_.simulator().random());
  }
  running_ = true;
  ++process_;
  nextSequence_ = process_ << 32;
  nextContext_ = process_ << 32;
  // Processes do not tick at the same instants.
  const auto phase = static_cast<std::uint64_t>(options_.heartbeatInterval.count());
  arm(SimDuration(static_cast<SimDuration::rep>(network_.simulator().random().below(phase))));
}

void Consensus::stop() {
  running_ = false;
  network_.simulator().cancel(timer_);
  timer_ = TimerId::None;
  proposals_.clear();
  waiting_.clear();
  batch_.reset();
  nextReads_.clear();
  leader_ = raft::kNone;
  led_ = false;
  leaderlessTicks_ = 0;
}

void Consensus::arm(SimDuration delay) {
  const CauseScope ownCause(network_.simulator(), CauseId::None);
  timer_ = network_.simulator().after(delay, [this] { tick(); });
}

void Consensus::tick() {
  arm(options_.heartbeatInterval);
  raft_->tick();
  process();
  const SimTime now = network_.simulator().now();
  expireProposals(now);
  tickRead(now);
  if (hasLeader()) {
    leaderlessTicks_ = 0;
  } else if (++leaderlessTicks_ == kLeaderlessChecks * options_.electionTicks) {
    host_.leaderless();
  }
}

void Consensus::receive(Message message) {
  if (!running_) return;
  raft_->step(std::move(message));
  process();
}

void Consensus::send(Message message) {
  const auto at = members_.find(message.to);
  if (at == members_.end()) return;
  Consensus* to = at->second;
  if (message.type == Message::Type::Snap) {
    message.snapshot = std::make_shared<raft::Snapshot>(
        raft::Snapshot{applied_, raft_->log().term(applied_).value_or(0), host_.copyState()});
  }
  const bool beat = message.type == Message::Type::Heartbeat || message.type == Message::Type::HeartbeatResp;
  const bool silent = beat && message.context == 0;
  Envelope envelope = silent ? Envelope() : envelopeOf(message);
  Task deliver = [to, message = std::make_unique<Message>(std::move(message))] {
    to->receive(std::move(*message));
  };
  if (silent) {
    network_.sendUntraced(self_, to->self_, std::move(deliver));
  } else {
    network_.send(self_, to->self_, std::move(envelope), std::move(deliver));
  }
}

// Messages go before anything is applied: others wait for them.
void Consensus::process() {
  if (processing_) return;
  processing_ = true;
  noteLeader();
  while (raft_->hasReady()) {
    raft::Ready ready = raft_->takeReady();
    for (Message& message : ready.messages) send(std::move(message));
    if (ready.snapshot != nullptr) {
      host_.install(*ready.snapshot->state);
      applied_ = ready.snapshot->index;
      compactedAt_ = applied_;
    }
    for (const raft::Entry& entry : ready.committed) apply(entry);
    for (const raft::ReadState& read : ready.reads) {
      if (batch_ && batch_->context == read.context) batch_->index = read.index;
    }
    if (batch_ && batch_->index && *batch_->index <= applied_) finishRead(Error::None);
    noteLeader();
  }
  compactLog();
  processing_ = false;
}

void Consensus::noteLeader() {
  const raft::NodeId leader = raft_->leader();
  if (leader != leader_) {
    leader_ = leader;
    if (leader != raft::kNone) {
      leaderElected_ = network_.simulator().now();
      // The old leader may never answer; the new one was not asked.
      if (batch_ && !batch_->index) finishRead(Error::LeaderChanged);
      proposeWaiting();
    }
  }
  if (led_ != isLeader()) {
    led_ = isLeader();
    host_.leads(led_);
  }
}

void Consensus::apply(const raft::Entry& entry) {
  applied_ = entry.index;
  if (entry.command == nullptr) return;
  Response response = host_.apply(*entry.command);
  if (entry.command->origin != id_) return;
  const auto at = proposals_.find(entry.command->sequence);
  if (at == proposals_.end()) return;
  Applied done = std::move(at->second.done);
  proposals_.erase(at);
  done(std::move(response));
}

// Followers that are further behind than what is kept get a snapshot (etcdserver.snapshot).
void Consensus::compactLog() {
  if (applied_ - compactedAt_ <= options_.snapshotCount) return;
  compactedAt_ = applied_;
  if (applied_ > options_.catchUpEntries) raft_->compact(applied_ - options_.catchUpEntries);
}

void Consensus::propose(Request request, Key about, Applied done) {
  const std::uint64_t sequence = nextSequence_++;
  auto command = std::make_shared<const Command>(Command{id_, sequence, std::move(request), about});
  Proposal& proposal = proposals_[sequence];
  proposal = {command, network_.simulator().now(), std::move(done)};
  if (raft_->propose(std::move(command))) {
    proposal.command = nullptr;
    process();
  } else {
    waiting_.push_back(sequence);
  }
}

void Consensus::proposeWaiting() {
  while (!waiting_.empty()) {
    const auto at = proposals_.find(waiting_.front());
    if (at != proposals_.end()) {
      if (!raft_->propose(at->second.command)) return;
      at->second.command = nullptr;
    }
    waiting_.pop_front();
  }
}

void Consensus::expireProposals(SimTime now) {
  while (!proposals_.empty()) {
    const auto at = proposals_.begin();
    const SimTime started = at->second.started;
    if (started + options_.requestTimeout > now) return;
    const SimDuration lostBefore =
        2 * static_cast<std::int64_t>(options_.electionTicks) * options_.heartbeatInterval;
    Response response;
    response.error = started > leaderElected_ - lostBefore && started < leaderElected_
                         ? Error::TimeoutLeaderFail
                         : Error::Timeout;
    Applied done = std::move(at->second.done);
    proposals_.erase(at);
    done(std::move(response));
  }
}

void Consensus::read(Readable done) {
  nextReads_.push_back(std::move(done));
  if (!batch_) {
    beginRead();
    process();
  }
}

void Consensus::beginRead() {
  const SimTime now = network_.simulator().now();
  batch_ = ReadBatch{nextContext_++, now, now, std::nullopt, std::exchange(nextReads_, {})};
  raft_->readIndex(batch_->context);
}

void Consensus::finishRead(Error error) {
  std::vector<Readable> reads = std::move(batch_->reads);
  batch_.reset();
  if (!nextReads_.empty()) beginRead();
  for (Readable& read : reads) read(error);
}

void Consensus::tickRead(SimTime now) {
  if (!batch_) return;
  if (now - batch_->started >= options_.requestTimeout) {
    finishRead(Error::Timeout);
  } else if (!batch_->index && now - batch_->asked >= kReadIndexRetry) {
    batch_->asked = now;
    raft_->readIndex(batch_->context);
  }
  process();
}

}  // namespace pilothouse::etcd
