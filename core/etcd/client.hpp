#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/etcd/member.hpp"

namespace pilothouse::etcd {

/// kube-apiserver's connection to etcd (clientv3), over the simulated network.
///
/// Every request is answered exactly once, later: by a member, or after kRequestTimeout with Error::Timeout;
/// then the next endpoint is tried by the requests that follow. A broken stream of watch messages is opened
/// again from where it stopped, so that watchers see every event once and in order.
class Client {
 public:
  /// etcd's own limit for a request: 5 s and two election time-outs.
  static constexpr SimDuration kRequestTimeout = std::chrono::seconds(7);

  using Done = Function<void(Response)>;
  /// At least one endpoint.
  Client(Network& network, ComponentId self, std::vector<Member*> endpoints);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// `about` and `object` tell the trace what the request is for.
  void send(Request request, Key about, Value object, Done done);

  struct Watcher {
    Function<void(const Event&)> event;
    /// The watch is over: its next revision is compacted. May watch again.
    Function<void()> compacted;
  };
  std::uint64_t watch(WatchRequest request, Watcher watcher);
  void cancel(std::uint64_t watch);

  /// The process that holds the client died: pending answers and watches are forgotten.
  void reset();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace pilothouse::etcd
