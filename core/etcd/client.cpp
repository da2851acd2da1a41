#include "core/etcd/client.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <utility>

namespace pilothouse::etcd {
namespace {

const Key kWatch = Key::intern("watch");
const Key kCancelWatch = Key::intern("cancelWatch");

// What a host takes to refuse a connection to a port where nothing listens.
constexpr SimDuration kRefusedAfter = std::chrono::milliseconds(1);

// gRPC's code Unavailable: the member could not, another may.
bool isUnavailable(Error error) { return error >= Error::Timeout; }
/// This endpoint will hardly do better with the next request.
bool isUnfit(Error error) {
  return isUnavailable(error) && error != Error::LeaderChanged && error != Error::TimeoutLeaderFail;
}

}  // namespace

struct Client::State final : Receiver, std::enable_shared_from_this<Client::State> {
  State(Network& n, ComponentId s, std::vector<Member*> all, SimDuration most)
      : network(n),
        self(s),
        endpoints(std::move(all)),
        limit(most > SimDuration{}   ? most
              : endpoints.size() > 1 ? kSilence
                                     : kRequestTimeout) {}

  /// A request and who waits for it.
  struct Call {
    Done done;                               ///< null: answered, or a watch's creation
    std::shared_ptr<const Request> request;  ///< of a read, which may be asked again
    Key about;
    SimTime asked{};  ///< when it was sent first: what is older than the limit is not sent again
    std::size_t endpoint = 0;
    bool pinned = false;  ///< to its endpoint
  };
  struct Pending {
    SimTime deadline{};
    bool open = true;
    std::uint64_t watch = 0;
    Call call;
  };
  struct Watching {
    WatchRequest request;  ///< startRevision moves on with what was delivered
    Watcher watcher;
    std::uint64_t asked = 0;  ///< number of the request that creates it on this stream; 0: not sent yet
    bool open = false;        ///< the member has said yes
  };

  Network& network;
  ComponentId self;
  std::vector<Member*> endpoints;
  SimDuration limit;
  std::size_t endpoint = 0;
  std::deque<Pending> pending;  ///< in order of sending, which is the order of their deadlines
  std::uint64_t firstPending = 1;
  TimerId sweep{};
  TimerId reopen{};
  std::map<std::uint64_t, Watching> watches;
  std::size_t unopened = 0;  ///< of them
  std::uint64_t nextWatch = 1;
  std::uint64_t stream = 1;
  std::uint64_t received = 0;  ///< watch messages of this stream
  std::uint64_t epoch = 0;     ///< of the member, once it has told it
  std::uint64_t life = 1;      ///< counts resets

  [[nodiscard]] Member& member() { return *endpoints[endpoint]; }
  [[nodiscard]] bool isUp(std::size_t which) const { return network.isUp(endpoints[which]->component()); }
  [[nodiscard]] bool mayAskAgain(const Call& call) const {
    return call.request != nullptr && !call.pinned && network.simulator().now() < call.asked + limit;
  }
  [[nodiscard]] Peer peer() { return {self, weak_from_this(), stream}; }

  std::uint64_t await(Pending next) {
    next.deadline = network.simulator().now() + limit;
    pending.push_back(std::move(next));
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
    while (!pending.empty() && !pending.front().open) {
      pending.pop_front();
      ++firstPending;
    }
  }

  void expire() {
    const auto alive = shared_from_this();
    const SimTime now = network.simulator().now();
    std::vector<Call> late;
    bool silent = false;
    while (!pending.empty() && (!pending.front().open || pending.front().deadline <= now)) {
      Pending next = std::move(pending.front());
      pending.pop_front();
      ++firstPending;
      if (!next.open) continue;
      silent = silent || (next.call.endpoint == endpoint && !next.call.pinned);
      if (next.watch == 0) late.push_back(std::move(next.call));
    }
    if (silent) switchEndpoint();
    for (Call& call : late) failed(std::move(call), Error::Timeout);
  }

  /// Sends a call to its endpoint, whose process is there.
  void dispatch(Call call, std::shared_ptr<const Request> request, Value object) {
    if (request->isRead()) call.request = request;
    call.endpoint = call.pinned ? call.endpoint : endpoint;
    Member* to = endpoints[call.endpoint];
    const Key about = call.about;
    const std::uint64_t id = await({{}, true, 0, std::move(call)});
    Envelope envelope{MessageKind::EtcdRequest, 0, requestVerb(*request), about, std::move(object)};
    network.send(self, to->component(), std::move(envelope),
                 [to, from = peer(), id, request = std::move(request), about] {
                   to->handle(from, id, *request, about);
                 });
  }

  void start(Call call, std::shared_ptr<const Request> request, Value object) {
    if (!call.pinned && !isUp(endpoint) && isUp(nextEndpoint())) switchEndpoint();
    if (isUp(call.pinned ? call.endpoint : endpoint)) {
      return dispatch(std::move(call), std::move(request), std::move(object));
    }
    network.simulator().after(kRefusedAfter,
                              [weak = weak_from_this(), lived = life, done = std::move(call.done)]() mutable {
                                const auto state = weak.lock();
                                if (!state || state->life != lived) return;
                                Response response;
                                response.error = Error::Refused;
                                done(std::move(response));
                              });
  }

  void failed(Call call, Error error) {
    if (endpoints.size() > 1 && isUnavailable(error) && mayAskAgain(call)) {
      auto request = call.request;
      return start(std::move(call), std::move(request), {});
    }
    if (!call.done) return;
    Response response;
    response.error = error;
    call.done(std::move(response));
  }

  void responded(std::uint64_t request, Response response, StreamMark mark) override {
    const auto alive = shared_from_this();
    const auto open = [&] {
      return request >= firstPending && request - firstPending < pending.size() &&
             pending[static_cast<std::size_t>(request - firstPending)].open;
    };
    const bool current =
        mark.stream == stream &&
        (!open() || pending[static_cast<std::size_t>(request - firstPending)].call.endpoint == endpoint);
    if (current) {
      const bool restarted = epoch != 0 && epoch != mark.epoch;
      epoch = mark.epoch;
      if (restarted || mark.messages != received || overtook(request)) openStream();
    }
    if (!open()) return;
    Pending answered = take(static_cast<std::size_t>(request - firstPending));
    dropAnswered();
    if (answered.watch != 0) return watchAnswered(answered.watch, current, response);
    if (!isUnavailable(response.error)) return answered.call.done(std::move(response));
    const bool leaves = current && isUnfit(response.error) && !answered.call.pinned;
    if (leaves && nextEndpoint() != endpoint) switchEndpoint();
    failed(std::move(answered.call), response.error);
  }

  /// Is it a read behind the creation of a watch that was lost or refused? Its answer would say more than the
  /// watchers have heard.
  [[nodiscard]] bool overtook(std::uint64_t request) const {
    if (unopened == 0 || request < firstPending || request - firstPending >= pending.size()) return false;
    if (pending[static_cast<std::size_t>(request - firstPending)].call.request == nullptr) return false;
    return std::any_of(watches.begin(), watches.end(), [request](const auto& entry) {
      return !entry.second.open && entry.second.asked < request;
    });
  }

  Pending take(std::size_t index) {
    Pending taken = std::move(pending[index]);
    pending[index].open = false;
    return taken;
  }

  void watchAnswered(std::uint64_t watch, bool current, const Response& response) {
    if (!response.ok()) {
      if (current) openLater();
      return;
    }
    const auto at = watches.find(watch);
    if (at == watches.end()) return;
    if (!at->second.open) --unopened;
    at->second.open = true;
    // "From now" is a revision once the member has told it, also for a stream that is opened again.
    if (at->second.request.startRevision == 0) at->second.request.startRevision = response.revision + 1;
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
      forget(at);
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

  void closed(ComponentId who, Error why, StreamMark mark) override {
    const auto alive = shared_from_this();
    const bool mine = member().component() == who;
    if (why != Error::Closed) {
      if (mine && mark.stream == stream) switchEndpoint();
      return;
    }
    std::vector<Call> lost;
    for (std::size_t i = 0; i < pending.size(); ++i) {
      if (!pending[i].open || endpoints[pending[i].call.endpoint]->component() != who) continue;
      Pending taken = take(i);
      if (taken.watch == 0) lost.push_back(std::move(taken.call));
    }
    dropAnswered();
    if (mine) switchEndpoint();
    for (Call& call : lost) failed(std::move(call), Error::Closed);
  }

  void forget(std::map<std::uint64_t, Watching>::iterator at) {
    if (!at->second.open) --unopened;
    watches.erase(at);
  }

  void sendWatch(std::uint64_t watch, Watching& watching) {
    watching.open = false;
    watching.asked = 0;
    if (!isUp(endpoint)) return openLater();
    Call call;
    call.endpoint = endpoint;
    const std::uint64_t id = await({{}, true, watch, std::move(call)});
    watching.asked = id;
    const WatchRequest& request = watching.request;
    network.send(
        self, member().component(), {MessageKind::EtcdRequest, 0, kWatch, request.about, {}},
        [to = &member(), from = peer(), id, watch, request] { to->watch(from, id, watch, request); });
  }

  /// Watches that no member would serve are tried again, elsewhere if there is more than one.
  void openLater() {
    if (reopen != TimerId::None) return;
    const CauseScope ownCause(network.simulator(), CauseId::None);
    reopen = network.simulator().after(kWatchRetry, [this] {
      reopen = TimerId::None;
      switchEndpoint();
    });
  }

  /// The next one whose process is there, or the one in use.
  [[nodiscard]] std::size_t nextEndpoint() const {
    for (std::size_t i = 1; i < endpoints.size(); ++i) {
      const std::size_t next = (endpoint + i) % endpoints.size();
      if (isUp(next)) return next;
    }
    return endpoint;
  }

  void switchEndpoint() {
    endpoint = nextEndpoint();
    openStream();
  }

  /// Begins the stream of watch messages again: every watch from its next revision on. Reads are asked again
  /// behind the watches, so that they are answered after what happened before.
  void openStream() {
    ++stream;
    received = 0;
    epoch = 0;
    network.simulator().cancel(reopen);
    reopen = TimerId::None;
    std::vector<Call> reads;
    std::vector<Call> late;
    for (std::size_t i = 0; i < pending.size(); ++i) {
      Pending& next = pending[i];
      if (!next.open || next.call.pinned) continue;
      if (next.watch != 0) {
        next.open = false;
      } else if (next.call.request != nullptr) {
        (mayAskAgain(next.call) ? reads : late).push_back(take(i).call);
      }
    }
    dropAnswered();
    unopened = watches.size();
    for (auto& [watch, watching] : watches) sendWatch(watch, watching);
    for (Call& call : reads) {
      auto request = call.request;
      start(std::move(call), std::move(request), {});
    }
    for (Call& call : late) failed(std::move(call), Error::Timeout);
  }

  void reset() {
    network.simulator().cancel(sweep);
    network.simulator().cancel(reopen);
    sweep = TimerId::None;
    reopen = TimerId::None;
    firstPending += pending.size();
    pending.clear();
    watches.clear();
    unopened = 0;
    ++stream;
    ++life;
    received = 0;
    epoch = 0;
  }
};

Client::Client(Network& network, ComponentId self, std::vector<Member*> endpoints, SimDuration limit)
    : state_(std::make_shared<State>(network, self, std::move(endpoints), limit)) {}

Client::~Client() { reset(); }

void Client::send(Request request, Key about, Value object, Done done) {
  State::Call call;
  call.done = std::move(done);
  call.about = about;
  call.asked = state_->network.simulator().now();
  state_->start(std::move(call), std::make_shared<const Request>(std::move(request)), std::move(object));
}

void Client::sendTo(std::size_t endpoint, Request request, Done done) {
  State::Call call;
  call.done = std::move(done);
  call.endpoint = endpoint;
  call.pinned = true;
  state_->start(std::move(call), std::make_shared<const Request>(std::move(request)), {});
}

std::uint64_t Client::watch(WatchRequest request, Watcher watcher) {
  State& s = *state_;
  const std::uint64_t id = s.nextWatch++;
  const auto at = s.watches.emplace(id, State::Watching{std::move(request), std::move(watcher)}).first;
  ++s.unopened;
  s.sendWatch(id, at->second);
  return id;
}

void Client::cancel(std::uint64_t watch) {
  State& s = *state_;
  const auto at = s.watches.find(watch);
  if (at == s.watches.end()) return;
  s.forget(at);
  s.network.send(s.self, s.member().component(), {MessageKind::EtcdRequest, 0, kCancelWatch, {}, {}},
                 [to = &s.member(), from = s.peer(), watch] { to->cancelWatch(from, watch); });
}

void Client::reset() { state_->reset(); }

const std::vector<Member*>& Client::endpoints() const { return state_->endpoints; }
std::size_t Client::endpoint() const { return state_->endpoint; }

}  // namespace pilothouse::etcd
