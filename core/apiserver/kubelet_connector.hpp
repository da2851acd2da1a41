#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/apiserver/stream_server.hpp"
#include "core/sim/network.hpp"

namespace pilothouse::apiserver {

/// What a node and its containers have used (a kubelet's /metrics/resource).
struct ResourceMetrics {
  struct Usage {
    std::uint64_t cpuNanoseconds = 0;  ///< since `start`
    std::uint64_t workingSetBytes = 0;
    SimTime start{};
  };
  struct Container {
    Value ns;
    Value pod;
    Value name;
    Usage usage;
  };
  SimTime when{};
  Usage node;
  std::vector<Container> containers;  ///< running ones, a pod's side by side
};

/// A kubelet's own API, on its port 10250. Whoever calls it did so through Network.
class KubeletApi : public StreamServer {
 public:
  [[nodiscard]] virtual ComponentId component() const = 0;
  [[nodiscard]] virtual ResourceMetrics resourceMetrics() = 0;
};

/// How kube-apiserver and metrics-server find a node's kubelet; the cluster's wiring implements it.
class KubeletConnector {
 public:
  virtual ~KubeletConnector() = default;
  /// The kubelet of the host that has this address; null when no host has it.
  virtual KubeletApi* kubeletAt(std::string_view address) = 0;
};

}  // namespace pilothouse::apiserver
