#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/apiserver/api_server.hpp"
#include "core/sim/network.hpp"
#include "core/value/value.hpp"

namespace pilothouse::kube_proxy {

/// Where a rule sends a packet.
struct Endpoint {
  std::string address;
  std::int64_t port = 0;
  std::string node;
};

/// A rule that a node's kube-proxy wrote: ClusterIP:port, or any node address at a node port, to endpoints.
struct Rule {
  std::string service;  ///< "default/frontend"
  std::string portName;
  std::string address;  ///< the cluster IP, an external IP or a load balancer's; "" for a node port
  std::int64_t port = 0;
  std::string protocol;  ///< "TCP"
  std::vector<Endpoint> endpoints;
  bool local = false;      ///< internal/externalTrafficPolicy: Local keeps to this node's endpoints
  bool elsewhere = false;  ///< endpoints exist, but a Local rule may not use them: packets are dropped
  std::int64_t affinitySeconds = 0;  ///< sessionAffinity ClientIP: how long a client keeps its endpoint
};

/// kube-proxy of one node (iptables mode's behaviour): watches Services and EndpointSlices, keeps rules,
/// chooses an endpoint at random for each connection; no endpoints means refused (REJECT), no rule means
/// that nobody answers (time-out).
///
/// What a node keeps is handles to objects that all nodes share; rules are written out when a packet first
/// asks for them and forgotten when their Service changes, so a change costs a node O(1).
class KubeProxy {
 public:
  KubeProxy(Network& network, ComponentId self, apiserver::ApiServer& server, std::string nodeName);
  ~KubeProxy();
  KubeProxy(const KubeProxy&) = delete;
  KubeProxy& operator=(const KubeProxy&) = delete;

  void start();
  void stop();  ///< rules stay in the kernel, as they do

  struct Verdict {
    enum class Kind : std::uint8_t { NoRule, Rejected, Dropped, Forward } kind{};
    Endpoint to;
    const Rule* rule = nullptr;  ///< valid until the next call or event
  };
  /// What happens to a packet leaving this node (or arriving at it) for address:port. `nodeAddress` says that
  /// the address is this node's own, so node ports apply. `client` is the sender's address, for session
  /// affinity; "" for none.
  Verdict route(std::string_view address, std::int64_t port, std::string_view protocol, bool nodeAddress,
                std::string_view client = {});
  /// Every rule, by Service.
  [[nodiscard]] std::vector<Rule> rules() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace pilothouse::kube_proxy
