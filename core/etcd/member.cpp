#include "core/etcd/member.hpp"

#include <algorithm>
#include <utility>

#include "core/etcd/maintenance.hpp"
#include "core/value/slot_table.hpp"

namespace pilothouse::etcd {
namespace {

const Key kPut = Key::intern("PUT");
const Key kDelete = Key::intern("DELETE");
const Key kWatch = Key::intern("watch");
const Key kClose = Key::intern("close");

// mvcc.scheduleCompaction: a thousand changes at a time, with a pause between.
constexpr std::size_t kScrubBatch = 1000;
constexpr SimDuration kScrubPause = std::chrono::milliseconds(10);
// lessor.expiredLeaseRetryInterval: until then a revocation that was proposed may still be agreed on.
constexpr SimDuration kRevokeRetry = std::chrono::seconds(3);

// What an answer is about, for the trace: the one object that it carries.
Value objectOf(const Response& response) {
  if (response.operations.size() != 1 || response.operations.front().kvs.size() != 1) return {};
  return response.operations.front().kvs.front().value;
}

Envelope answerEnvelope(Key verb, Key about, const Response& response) {
  return {MessageKind::EtcdResponse, 0, verb, about, objectOf(response)};
}

}  // namespace

Member::Member(Network& network, ComponentId self, MemberOptions options)
    : network_(network),
      self_(self),
      options_(std::move(options)),
      id_(textHash(network.name(self)) >> 1 | 1),
      watchers_(server_.store()),
      cluster_{this} {}

Member::~Member() {
  network_.simulator().cancel(expiry_);
  network_.simulator().cancel(scrub_);
}

void Member::join(const std::vector<Member*>& members) {
  if (members.size() < 2) return;
  std::map<raft::NodeId, Consensus*> parts;
  for (Member* member : members) {
    member->cluster_.assign(members.begin(), members.end());
    Consensus::Host& host = *member;
    member->consensus_ =
        std::make_unique<Consensus>(member->network_, member->self_, member->id_, member->options_, host);
    parts[member->id_] = member->consensus_.get();
  }
  for (Member* member : members) member->consensus_->join(parts);
}

std::string Member::urlAt(std::string_view port) const {
  return std::string("https://").append(network_.host(self_)).append(":").append(port);
}

// A client that opened another stream has given the old one up.
Member::Connection& Member::connectionOf(const Peer& peer) {
  Connection& connection = connections_[peer.component];
  if (connection.stream < peer.stream) {
    for (const auto& [watch, id] : connection.watches) watchers_.remove(id);
    connection = {peer.stream, 0, {}, peer.receiver};
  }
  return connection;
}

void Member::answer(const Peer& peer, std::uint64_t id, Envelope envelope, Response response) {
  const Connection& connection = connectionOf(peer);
  const StreamMark mark{connection.stream, epoch_, connection.messages};
  network_.send(
      self_, peer.component, std::move(envelope),
      [receiver = peer.receiver, id, response = std::make_unique<Response>(std::move(response)), mark] {
        if (const auto alive = receiver.lock()) alive->responded(id, std::move(*response), mark);
      });
}

void Member::handle(const Peer& peer, std::uint64_t id, const Request& request, Key about) {
  if (!running_) return;
  if (consensus_ != nullptr) return respondAgreed(peer, id, request, about);
  if (!request.isRead()) ++proposals_;
  respond(peer, id, request, about);
}

// Applies the request to what is here.
Response Member::applyNow(const Request& request) {
  switch (request.type) {
    case Request::Type::MemberList:
      return memberListOf(cluster_);
    case Request::Type::Status:
      return statusOf(*this, proposals_);
    case Request::Type::Snapshot:
      return snapshotOf(server_);
    default:
      break;
  }
  std::vector<Event> events;
  Response response = server_.apply(request, network_.simulator().now(), events);
  commit(events);
  return response;
}

void Member::respond(const Peer& peer, std::uint64_t id, const Request& request, Key about) {
  Response response = applyNow(request);
  Envelope envelope = answerEnvelope(requestVerb(request), about, response);
  answer(peer, id, std::move(envelope), std::move(response));
  armExpiry();
  if (request.type == Request::Type::Compact && scrub_ == TimerId::None) scrub();
}

// Writes when all agree on their place, reads when this member is known to be as far as anyone was.
void Member::respondAgreed(const Peer& peer, std::uint64_t id, const Request& request, Key about) {
  const Key verb = requestVerb(request);
  if (!request.isRead()) {
    consensus_->propose(request, about, [this, peer, id, verb, about](Response response) {
      Envelope envelope = answerEnvelope(verb, about, response);
      answer(peer, id, std::move(envelope), std::move(response));
    });
    return;
  }
  const bool local = request.serializable || request.type == Request::Type::Status ||
                     request.type == Request::Type::Snapshot;
  if (local) return respond(peer, id, request, about);
  consensus_->read([this, peer, id, verb, about, request](Error error) {
    if (error == Error::None) return respond(peer, id, request, about);
    Response response;
    response.error = error;
    answer(peer, id, {MessageKind::EtcdResponse, 0, verb, about, {}}, std::move(response));
  });
}

void Member::scrub() {
  scrub_ = TimerId::None;
  if (!server_.scrub(kScrubBatch)) return;
  const CauseScope ownCause(network_.simulator(), CauseId::None);
  scrub_ = network_.simulator().after(kScrubPause, [this] { scrub(); });
}

void Member::watch(const Peer& peer, std::uint64_t id, std::uint64_t watch, const WatchRequest& request) {
  if (!running_) return;
  Connection& connection = connectionOf(peer);
  if (const auto again = connection.watches.find(watch); again != connection.watches.end()) {
    watchers_.remove(again->second);
    connection.watches.erase(again);
  }
  Response response;
  response.revision = server_.store().revision();
  // kube-apiserver's watches require a leader (clientv3.WithRequireLeader).
  if (consensus_ != nullptr && !consensus_->hasLeader()) response.error = Error::NoLeader;
  const bool open = response.ok();
  answer(peer, id, {MessageKind::EtcdResponse, 0, kWatch, request.about, {}}, std::move(response));
  if (!open) return;
  connection.watches[watch] =
      watchers_.add(request, [this, peer, watch, about = request.about](WatchResponse found) {
        sendWatched(peer, watch, about, std::move(found));
      });
}

void Member::cancelWatch(const Peer& peer, std::uint64_t watch) {
  Connection& connection = connectionOf(peer);
  const auto at = connection.watches.find(watch);
  if (at == connection.watches.end()) return;
  watchers_.remove(at->second);
  connection.watches.erase(at);
}

void Member::sendWatched(const Peer& peer, std::uint64_t watch, Key about, WatchResponse response) {
  Connection& connection = connectionOf(peer);
  ++connection.messages;
  const StreamMark mark{connection.stream, epoch_, connection.messages};
  Envelope envelope{MessageKind::EtcdWatch, 0, kWatch, about, {}};
  if (!response.events.empty()) {
    const Event& first = response.events.front();
    envelope.verb = first.deleted() ? kDelete : kPut;
    envelope.object = first.deleted() ? first.previous.value : first.current.value;
  }
  network_.send(self_, peer.component, std::move(envelope),
                [receiver = peer.receiver, watch,
                 response = std::make_unique<WatchResponse>(std::move(response)), mark] {
                  if (const auto alive = receiver.lock()) alive->watched(watch, std::move(*response), mark);
                });
}

void Member::closeConnections(Error why) {
  for (auto& [component, connection] : connections_) {
    ++connection.messages;  // should this one be lost, the next answer shows it
    const StreamMark mark{connection.stream, epoch_, connection.messages};
    network_.send(self_, component, {MessageKind::EtcdResponse, 0, kClose, {}, {}},
                  [receiver = connection.receiver, member = self_, why, mark] {
                    if (const auto alive = receiver.lock()) alive->closed(member, why, mark);
                  });
  }
  watchers_.clear();
}

void Member::commit(const std::vector<Event>& events) {
  if (events.empty()) return;
  if (commit_) commit_(events);
  watchers_.notify(events);
}

void Member::stop() {
  if (!running_) return;
  running_ = false;
  closeConnections(Error::Closed);
  connections_.clear();
  network_.simulator().cancel(expiry_);
  expiry_ = TimerId::None;
  if (consensus_ != nullptr) consensus_->stop();
}

void Member::start() {
  if (running_) return;
  running_ = true;
  ++epoch_;
  server_.restarted(network_.simulator().now());
  if (consensus_ != nullptr) consensus_->start();
  armExpiry();
}

// With others it is the leader who sees to leases.
void Member::armExpiry() {
  if (consensus_ != nullptr && !consensus_->isLeader()) return;
  const auto next = server_.lessor().nextExpiry();
  if (!next) return;
  Simulator& simulator = network_.simulator();
  const bool proposed = consensus_ != nullptr && *next <= simulator.now();
  const SimTime when = proposed ? simulator.now() + kRevokeRetry : *next;
  if (expiry_ != TimerId::None && expiryAt_ <= when) return;
  simulator.cancel(expiry_);
  const CauseScope ownCause(simulator, CauseId::None);
  expiryAt_ = when;
  expiry_ = simulator.at(when, [this] { expire(); });
}

void Member::expire() {
  expiry_ = TimerId::None;
  const SimTime now = network_.simulator().now();
  for (const LeaseId id : server_.lessor().expired(now)) {
    if (consensus_ == nullptr) {
      applyNow(Request::leaseRevoke(id));
    } else {
      consensus_->propose(Request::leaseRevoke(id), {}, [](Response) {});
    }
  }
  armExpiry();
}

Response Member::apply(const Command& command) {
  Response response = applyNow(command.request);
  armExpiry();
  if (command.request.type == Request::Type::Compact && scrub_ == TimerId::None) scrub();
  return response;
}

std::shared_ptr<const Server> Member::copyState() const { return std::make_shared<Server>(server_); }

void Member::install(const Server& state) {
  const std::uint64_t seen = server_.store().revision();
  server_ = state;
  watchers_.catchUp(seen);
}

// A new leader does not know how old the leases are (lessor.Promote).
void Member::leads(bool leads) {
  network_.simulator().cancel(expiry_);
  expiry_ = TimerId::None;
  if (!leads) return;
  server_.restarted(network_.simulator().now());
  armExpiry();
}

void Member::leaderless() {
  closeConnections(Error::NoLeader);
  for (auto& [component, connection] : connections_) connection.watches.clear();
}

}  // namespace pilothouse::etcd
