#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/dns/dns.hpp"
#include "core/kube_proxy/kube_proxy.hpp"
#include "core/kubelet/container_network.hpp"
#include "core/kubelet/kubelet.hpp"
#include "core/sim/network.hpp"

namespace pilothouse::cluster {

/// What the data path knows of a machine.
struct PathNode {
  std::string name;
  std::string address;
  std::string podCidr;
  ComponentId network{};  ///< its network stack, which is there as long as the machine is
  kubelet::Kubelet* kubelet = nullptr;
  kube_proxy::KubeProxy* proxy = nullptr;
};

/// An http address taken apart; empty host when it is none.
struct Url {
  std::string host;
  std::int64_t port = 80;
  std::string path = "/";
};
Url parseUrl(std::string_view text);

/// Who answers a connection, and by which rule: a DNS lookup, kube-proxy's rules on the node that the packet
/// leaves (or, from outside, arrives at), and the container that listens.
class DataPath final : public kubelet::ContainerNetwork {
 public:
  DataPath(Network& network, const dns::Dns& dns, ComponentId dnsComponent, ComponentId outside,
           ComponentId apiServer, std::string apiServerAddress);

  void add(PathNode node);

  /// What the trace shows of who is talked to: metadata of the pod at an address, and of a Service. Null when
  /// there is none.
  struct Names {
    std::function<Value(std::string_view address)> pod;
    std::function<Value(std::string_view service)> service;
  };
  void setNames(Names names) { names_ = std::move(names); }

  /// Where a connection begins: outside the cluster when node is "".
  struct Source {
    std::string node;
    std::string podIp;
    std::string ns;
    std::string pod;
  };
  struct Result {
    Reply reply;
    std::string rule;    ///< the Service whose rule decided, "default/frontend"
    std::string target;  ///< "10.244.1.5:80"
    std::string node;    ///< where the answer came from
  };
  /// One request whose packets are Traffic messages; `done` comes once, after kConnectTimeout at the latest.
  void request(Source source, Url url, std::function<void(Result)> done);
  void request(Source source, Url url, kubelet::Payload payload, SimDuration timeout,
               std::function<void(Result)> done);

  void request(const Caller& from, std::string_view host, std::int64_t port, kubelet::Payload payload,
               SimDuration timeout, std::function<void(Reply)> done) override;
  Reply connect(const Caller& from, std::string_view host, std::int64_t port, std::string_view path) override;
  std::vector<std::string> resolve(const Caller& from, std::string_view name) override;

  static constexpr SimDuration kConnectTimeout = std::chrono::seconds(10);

 private:
  struct Request;
  struct Target {
    Reply::Outcome outcome{};
    const PathNode* node = nullptr;
    bool apiServer = false;
    std::string address;
    std::int64_t port = 0;
    std::string rule;
  };
  [[nodiscard]] const PathNode* nodeNamed(std::string_view name) const;
  [[nodiscard]] const PathNode* nodeAt(std::string_view address) const;
  [[nodiscard]] const PathNode* nodeOfPod(std::string_view podIp) const;
  /// Addresses of a host name, or the address itself.
  [[nodiscard]] std::vector<std::string> lookUp(const Source& source, std::string_view host) const;
  [[nodiscard]] Target decide(const PathNode* at, std::string_view address, std::int64_t port);
  [[nodiscard]] Target direct(const std::string& address, std::int64_t port) const;
  Reply answer(const Target& target, std::string_view path) const;

  void ask(const std::shared_ptr<Request>& request);
  void leave(const std::shared_ptr<Request>& request, const std::string& address);
  void arrive(const std::shared_ptr<Request>& request, const PathNode* at);
  void serve(const std::shared_ptr<Request>& request, ComponentId there);
  void finish(const std::shared_ptr<Request>& request, Reply::Outcome outcome);
  [[nodiscard]] Envelope packetOf(const Request& request, Key verb, int status) const;
  void sendBack(const std::shared_ptr<Request>& request, ComponentId from, Key verb, Reply reply);

  Network& network_;
  const dns::Dns& dns_;
  ComponentId dnsComponent_;
  ComponentId outside_;
  ComponentId apiServer_;
  std::string apiServerAddress_;
  Names names_;
  std::vector<std::unique_ptr<PathNode>> nodes_;
  std::unordered_map<std::string, const PathNode*> byName_;     // never iterated
  std::unordered_map<std::string, const PathNode*> byAddress_;  // never iterated
  std::unordered_map<std::string, const PathNode*> byPodNet_;   // "10.244.1"; never iterated
};

}  // namespace pilothouse::cluster
