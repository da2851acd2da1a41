#include "core/etcd/client.hpp"

#include <deque>
#include <map>
#include <utility>

namespace pilothouse::etcd {
namespace {

const Key kWatch = Key::intern("watch");
const Key kCancelWatch = Key::intern("cancelWatch");

}  // namespace

struct Client::State final : Receiver, std::enable_shared_from_this<Client::State> {
  State(Network& n, ComponentId s, std::vector<Member*> all)
      : network(n), self(s), endpoints(std::move(all)) {}

  struct Pending {
    SimTime deadline{};
    Done done;
  };
  struct Watching {
    WatchRequest request;  ///< startRevision moves on with what was delivered
    Watcher watcher;
  };

  Network& network;
  ComponentId self;
  std::vector<Member*> endpoints;
  std::size_t endpoint = 0;
  std::deque<Pending> pending;  ///< in order of sending, which is the order of their deadlines
  std::uint64_t firstPending = 1;
  TimerId sweep{};
  std::map<std::uint64_t, Watching> watches;
  std::uint64_t nextWatch = 1;
  std::uint64_t stream = 1;
  std::uint64_t received = 0;  ///< watch messages of this stream
  std::uint64_t epoch = 0;     ///< of the member, once it has told it

  [[nodiscard]] Member& member() { return *endpoints[endpoint]; }
  [[nodiscard]] Peer peer() { return {self, weak_from_this(), stream}; }

  std::uint64_t await(Done done) {
    pending.push_back({network.simulator().now() + kRequestTimeout, std::move(done)});
    armSweep();
    return firstPending + pending.size() - 1;
  }

  void armSweep() {
    if (sweep != TimerId::None || pending.empty()) return;
    const CauseScope ownCause(network.simulator(), CauseId::None);
    sweep = network.simulator().at(pending.front().deadline, [this] {
      sweep = TimerId::None;
      expire();
      armSweep();
    });
  }

  void dropAnswered() {
    while (!pending.empty() && !pending.front().done) {
      pending.pop_front();
      ++firstPending;
    }
  }

  void expire() {
    const SimTime now = network.simulator().now();
    bool timedOut = false;
    while (!pending.empty() && (!pending.front().done || pending.front().deadline <= now)) {
      Done done = std::move(pending.front().done);
      pending.pop_front();
      ++firstPending;
      if (!done) continue;
      timedOut = true;
      Response response;
      response.error = Error::Timeout;
      done(std::move(response));
    }
    if (timedOut) {
      endpoint = (endpoint + 1) % endpoints.size();
      openStream();
    }
  }

  void responded(std::uint64_t request, Response response, StreamMark mark) override {
    if (mark.stream == stream) {
      const bool restarted = epoch != 0 && epoch != mark.epoch;
      epoch = mark.epoch;
      if (restarted || mark.messages != received) openStream();
    }
    if (request < firstPending || request - firstPending >= pending.size()) return;
    Done done = std::move(pending[static_cast<std::size_t>(request - firstPending)].done);
    dropAnswered();
    if (done) done(std::move(response));
  }

  void watched(std::uint64_t watch, WatchResponse response, StreamMark mark) override {
    if (mark.stream != stream) return;
    if (mark.messages != received + 1 || (epoch != 0 && epoch != mark.epoch)) {
      epoch = mark.epoch;
      return openStream();
    }
    epoch = mark.epoch;
    received = mark.messages;
    auto at = watches.find(watch);
    if (at == watches.end()) return;
    if (response.compactRevision > 0) {
      Watcher gone = std::move(at->second.watcher);
      watches.erase(at);
      gone.compacted();
      return;
    }
    if (response.events.empty()) return;
    at->second.request.startRevision = response.events.back().current.modRevision + 1;
    const auto alive = shared_from_this();
    for (const Event& event : response.events) {
      at = watches.find(watch);  // a watcher may end its watch, or all of them
      if (at == watches.end()) return;
      at->second.watcher.event(event);
    }
  }

  void sendWatch(std::uint64_t watch, const WatchRequest& request) {
    const std::uint64_t id = await([this, watch](Response response) {
      const auto at = watches.find(watch);
      if (!response.ok() || at == watches.end()) return;
      // "From now" is a revision once the member has told it, also for a stream that is opened again.
      if (at->second.request.startRevision == 0) at->second.request.startRevision = response.revision + 1;
    });
    network.send(
        self, member().component(), {MessageKind::EtcdRequest, 0, kWatch, request.about, {}},
        [to = &member(), from = peer(), id, watch, request] { to->watch(from, id, watch, request); });
  }

  /// Begins the stream of watch messages again: every watch from its next revision on.
  void openStream() {
    ++stream;
    received = 0;
    epoch = 0;
    for (const auto& [watch, watching] : watches) sendWatch(watch, watching.request);
  }
};

Client::Client(Network& network, ComponentId self, std::vector<Member*> endpoints)
    : state_(std::make_shared<State>(network, self, std::move(endpoints))) {}

Client::~Client() { reset(); }

void Client::send(Request request, Key about, Value object, Done done) {
  State& s = *state_;
  const std::uint64_t id = s.await(std::move(done));
  Envelope envelope{MessageKind::EtcdRequest, 0, requestVerb(request), about, std::move(object)};
  s.network.send(
      s.self, s.member().component(), std::move(envelope),
      [to = &s.member(), from = s.peer(), id, request = std::make_unique<Request>(std::move(request)),
       about] { to->handle(from, id, *request, about); });
}

std::uint64_t Client::watch(WatchRequest request, Watcher watcher) {
  State& s = *state_;
  const std::uint64_t id = s.nextWatch++;
  s.watches.emplace(id, State::Watching{request, std::move(watcher)});
  s.sendWatch(id, request);
  return id;
}

void Client::cancel(std::uint64_t watch) {
  State& s = *state_;
  if (s.watches.erase(watch) == 0) return;
  s.network.send(s.self, s.member().component(), {MessageKind::EtcdRequest, 0, kCancelWatch, {}, {}},
                 [to = &s.member(), from = s.peer(), watch] { to->cancelWatch(from, watch); });
}

void Client::reset() {
  State& s = *state_;
  s.network.simulator().cancel(s.sweep);
  s.sweep = TimerId::None;
  s.firstPending += s.pending.size();
  s.pending.clear();
  s.watches.clear();
  ++s.stream;
  s.received = 0;
  s.epoch = 0;
}

}  // namespace pilothouse::etcd
