#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/etcd/consensus.hpp"
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
  /// Closed: the member's process ends, nothing more is answered. NoLeader: only its watches are over.
  virtual void closed(ComponentId member, Error why, StreamMark mark) = 0;
};

/// Who asks: the component that answers go to, and its receiver while it lives.
struct Peer {
  ComponentId component{};
  std::weak_ptr<Receiver> receiver;
  std::uint64_t stream = 0;
};

/// One etcd member on the simulated network: its state machine, its watchers, and the clock of its leases.
/// Alone it applies what it is asked at once; with others it applies what they agree on.
class Member : private Consensus::Host {
 public:
  Member(Network& network, ComponentId self, MemberOptions options = {});
  ~Member() override;
  Member(const Member&) = delete;
  Member& operator=(const Member&) = delete;

  /// Makes a cluster of new members, which must outlive each other's last message; one is a cluster by
  /// itself.
  static void join(const std::vector<Member*>& members);

  /// Deliveries of a client's requests. Every request is answered with a message.
  void handle(const Peer& peer, std::uint64_t id, const Request& request, Key about);
  void watch(const Peer& peer, std::uint64_t id, std::uint64_t watch, const WatchRequest& request);
  void cancelWatch(const Peer& peer, std::uint64_t watch);

  /// The process ends (its data stays; its clients are told if it can still send), and starts again.
  void stop();
  void start();

  [[nodiscard]] ComponentId component() const { return self_; }
  [[nodiscard]] const std::string& name() const { return options_.name; }
  /// "https://control-plane:2379".
  [[nodiscard]] std::string clientUrl() const { return urlAt("2379"); }
  [[nodiscard]] std::string peerUrl() const { return urlAt("2380"); }
  /// Made of the component's name, as etcd makes it of the peer URLs; never 0.
  [[nodiscard]] raft::NodeId id() const { return id_; }
  /// For looking at only.
  [[nodiscard]] const Server& server() const { return server_; }
  [[nodiscard]] const Consensus* consensus() const { return consensus_.get(); }
  /// Told of every commit that is applied here, before any watcher: for views, not for components. Not of
  /// what comes as a snapshot, which another member has applied before.
  void onCommit(std::function<void(const std::vector<Event>&)> watcher) { commit_ = std::move(watcher); }

 private:
  struct Connection {
    std::uint64_t stream = 0;
    std::uint64_t messages = 0;
    std::map<std::uint64_t, WatcherId> watches;  ///< by the client's number
    std::weak_ptr<Receiver> receiver;
  };
  [[nodiscard]] std::string urlAt(std::string_view port) const;
  Connection& connectionOf(const Peer& peer);
  void answer(const Peer& peer, std::uint64_t id, Envelope envelope, Response response);
  void sendWatched(const Peer& peer, std::uint64_t watch, Key about, WatchResponse response);
  void closeConnections(Error why);
  Response applyNow(const Request& request);
  void respond(const Peer& peer, std::uint64_t id, const Request& request, Key about);
  void respondAgreed(const Peer& peer, std::uint64_t id, const Request& request, Key about);
  void commit(const std::vector<Event>& events);
  void armExpiry();
  void expire();
  void scrub();

  // Consensus::Host
  Response apply(const Command& command) override;
  [[nodiscard]] std::shared_ptr<const Server> copyState() const override;
  void install(const Server& state) override;
  void leads(bool leads) override;
  void leaderless() override;

  Network& network_;
  ComponentId self_;
  MemberOptions options_;
  raft::NodeId id_;
  Server server_;
  Watchers watchers_;
  std::vector<const Member*> cluster_;    ///< with this one
  std::unique_ptr<Consensus> consensus_;  ///< null for the only member
  std::map<ComponentId, Connection> connections_;
  std::uint64_t epoch_ = 1;
  std::uint64_t proposals_ = 0;  ///< entries that the only member's log would have
  TimerId expiry_{};
  SimTime expiryAt_{};
  TimerId scrub_{};
  bool running_ = true;
  std::function<void(const std::vector<Event>&)> commit_;
};

}  // namespace pilothouse::etcd
