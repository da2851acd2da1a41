#include "core/etcd/member.hpp"

#include <utility>

namespace pilothouse::etcd {
namespace {

const Key kPut = Key::intern("PUT");
const Key kDelete = Key::intern("DELETE");
const Key kWatch = Key::intern("watch");

// mvcc.scheduleCompaction: a thousand changes at a time, with a pause between.
constexpr std::size_t kScrubBatch = 1000;
constexpr SimDuration kScrubPause = std::chrono::milliseconds(10);

// What an answer is about, for the trace: the one object that it carries.
Value objectOf(const Response& response) {
  if (response.operations.size() != 1 || response.operations.front().kvs.size() != 1) return {};
  return response.operations.front().kvs.front().value;
}

}  // namespace

Member::Member(Network& network, ComponentId self)
    : network_(network), self_(self), watchers_(server_.store()) {}

Member::~Member() {
  network_.simulator().cancel(expiry_);
  network_.simulator().cancel(scrub_);
}

// A client that opened another stream has given the old one up.
Member::Connection& Member::connectionOf(const Peer& peer) {
  Connection& connection = connections_[peer.component];
  if (connection.stream < peer.stream) {
    for (const auto& [watch, id] : connection.watches) watchers_.remove(id);
    connection = {peer.stream, 0, {}};
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
  std::vector<Event> events;
  Response response = server_.apply(request, network_.simulator().now(), events);
  commit(events);
  Envelope envelope{MessageKind::EtcdResponse, 0, requestVerb(request), about, objectOf(response)};
  answer(peer, id, std::move(envelope), std::move(response));
  armExpiry();
  if (request.type == Request::Type::Compact && scrub_ == TimerId::None) scrub();
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
  }
  Response response;
  response.revision = server_.store().revision();
  answer(peer, id, {MessageKind::EtcdResponse, 0, kWatch, request.about, {}}, std::move(response));
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

void Member::commit(const std::vector<Event>& events) {
  if (events.empty()) return;
  if (commit_) commit_(events);
  watchers_.notify(events);
}

void Member::stop() {
  running_ = false;
  watchers_.clear();
  connections_.clear();
  network_.simulator().cancel(expiry_);
  expiry_ = TimerId::None;
}

void Member::start() {
  if (running_) return;
  running_ = true;
  ++epoch_;
  server_.restarted(network_.simulator().now());
  armExpiry();
}

void Member::armExpiry() {
  const auto next = server_.lessor().nextExpiry();
  if (!next || (expiry_ != TimerId::None && expiryAt_ <= *next)) return;
  Simulator& simulator = network_.simulator();
  simulator.cancel(expiry_);
  const CauseScope ownCause(simulator, CauseId::None);
  expiryAt_ = *next;
  expiry_ = simulator.at(*next, [this] { expire(); });
}

void Member::expire() {
  expiry_ = TimerId::None;
  const SimTime now = network_.simulator().now();
  for (const LeaseId id : server_.lessor().expired(now)) {
    std::vector<Event> events;
    server_.apply(Request::leaseRevoke(id), now, events);
    commit(events);
  }
  armExpiry();
}

}  // namespace pilothouse::etcd
