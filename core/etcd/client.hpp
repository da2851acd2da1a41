#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/etcd/member.hpp"

namespace pilothouse::etcd {

/// kube-apiserver's connection to etcd (clientv3), over the simulated network.
///
/// Every request is answered exactly once, later: by a member, or with an Error. One endpoint is used as long
/// as it answers; when it refuses connections, closes them, has no leader or lets a request time out, the
/// next one is. Reads that failed so are asked again there; a write is sent to another endpoint only if it
/// surely reached none. Watches go on from where they stopped, so that watchers see every event once and in
/// order; and a read's answer comes after the events before it.
class Client {
 public:
  /// etcd's own limit for a request: 5 s and two election time-outs.
  static constexpr SimDuration kRequestTimeout = std::chrono::seconds(7);
  /// Among several members the one asked says itself that it timed out, and why: so long the client waits for
  /// one that says nothing.
  static constexpr SimDuration kSilence = std::chrono::seconds(10);
  static constexpr SimDuration kWatchRetry = std::chrono::milliseconds(500);

  using Done = Function<void(Response)>;
  /// At least one endpoint. `limit`: how long to wait for an answer; 0 for the time above.
  Client(Network& network, ComponentId self, std::vector<Member*> endpoints, SimDuration limit = {});
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// `about` and `object` tell the trace what the request is for.
  void send(Request request, Key about, Value object, Done done);
  /// Asks that endpoint (an index) and no other.
  void sendTo(std::size_t endpoint, Request request, Done done);

  struct Watcher {
    Function<void(const Event&)> event;
    /// The watch is over: its next revision is compacted. May watch again.
    Function<void()> compacted;
  };
  std::uint64_t watch(WatchRequest request, Watcher watcher);
  void cancel(std::uint64_t watch);

  /// The process that holds the client died: pending answers and watches are forgotten.
  void reset();

  [[nodiscard]] const std::vector<Member*>& endpoints() const;
  /// The index of the endpoint in use.
  [[nodiscard]] std::size_t endpoint() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace pilothouse::etcd
