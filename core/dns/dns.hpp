#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/apiserver/api_server.hpp"
#include "core/sim/network.hpp"

namespace pilothouse::dns {

struct DnsAnswer {
  enum class Code { NoError, NxDomain, ServFail } code{};
  std::vector<std::string> addresses;  ///< A records
  std::string canonicalName;           ///< CNAME of an ExternalName Service
};

/// Cluster DNS (CoreDNS' kubernetes plugin, the DNS specification of Kubernetes): Services, headless
/// Services' endpoints and pods under cluster.local.
class Dns {
 public:
  Dns(Network& network, ComponentId self, apiserver::ApiServer& server);
  ~Dns();
  Dns(const Dns&) = delete;
  Dns& operator=(const Dns&) = delete;
  void start();
  void stop();

  /// A fully qualified name: "frontend.default.svc.cluster.local".
  [[nodiscard]] DnsAnswer resolve(std::string_view name) const;
  /// With a pod's search path (ns.svc.cluster.local, svc.cluster.local, cluster.local; ndots:5): the names
  /// asked in order, and the answer of the first that exists.
  [[nodiscard]] DnsAnswer resolveFrom(std::string_view ns, std::string_view name) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace pilothouse::dns
