#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "core/etcd/server.hpp"
#include "core/etcd/watchers.hpp"
#include "core/sim/network.hpp"

namespace pilothouse::etcd {

/// Where a client stands in the stream of watch messages that one member sends it. A message that was lost on
/// the way shows as a gap, as a broken connection would.
struct StreamMark {
  std::uint64_t stream = 0;    ///< the client's number for this connection
  std::uint64_t epoch = 0;     ///< the member's process: another one knows no watches
  std::uint64_t messages = 0;  ///< watch messages sent on this stream so far, with this one
};

/// The client's end of the transport; called in the client's deliveries.
class Receiver {
 public:
  virtual ~Receiver() = default;
  virtual void responded(std::uint64_t request, Response response, StreamMark mark) = 0;
  virtual void watched(std::uint64_t watch, WatchResponse response, StreamMark mark) = 0;
};

/// Who asks: the component that answers go to, and its receiver while it lives.
struct Peer {
  ComponentId component{};
  std::weak_ptr<Receiver> receiver;
  std::uint64_t stream = 0;
};

/// One etcd member on the simulated network: its state machine, its watchers, and the clock of its leases.
class Member {
 public:
  Member(Network& network, ComponentId self);
  ~Member();
  Member(const Member&) = delete;
  Member& operator=(const Member&) = delete;

  /// Deliveries of a client's requests. Every request is answered with a message.
  void handle(const Peer& peer, std::uint64_t id, const Request& request, Key about);
  void watch(const Peer& peer, std::uint64_t id, std::uint64_t watch, const WatchRequest& request);
  void cancelWatch(const Peer& peer, std::uint64_t watch);

  /// The process ends (its data stays), and starts again.
  void stop();
  void start();

  [[nodiscard]] ComponentId component() const { return self_; }
  /// For looking at only.
  [[nodiscard]] const Server& server() const { return server_; }
  /// Told of every commit, before any watcher: for views, not for components.
  void onCommit(std::function<void(const std::vector<Event>&)> watcher) { commit_ = std::move(watcher); }

 private:
  struct Connection {
    std::uint64_t stream = 0;
    std::uint64_t messages = 0;
    std::map<std::uint64_t, WatcherId> watches;  ///< by the client's number
  };
  Connection& connectionOf(const Peer& peer);
  void answer(const Peer& peer, std::uint64_t id, Envelope envelope, Response response);
  void sendWatched(const Peer& peer, std::uint64_t watch, Key about, WatchResponse response);
  void commit(const std::vector<Event>& events);
  void armExpiry();
  void expire();
  void scrub();

  Network& network_;
  ComponentId self_;
  Server server_;
  Watchers watchers_;
  std::map<ComponentId, Connection> connections_;
  std::uint64_t epoch_ = 1;
  TimerId expiry_{};
  SimTime expiryAt_{};
  TimerId scrub_{};
  bool running_ = true;
  std::function<void(const std::vector<Event>&)> commit_;
};

}  // namespace pilothouse::etcd
