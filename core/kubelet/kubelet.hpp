#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/apiserver/api_server.hpp"
#include "core/apiserver/kubelet_connector.hpp"
#include "core/kubelet/runtime/reachability.hpp"
#include "core/kubelet/traffic.hpp"
#include "core/sim/network.hpp"
#include "core/value/value.hpp"

namespace pilothouse::kubelet {

class ContainerNetwork;
class ContainerRuntime;

struct KubeletOptions {
  std::string nodeName;
  std::string internalIp;  ///< the node's address
  std::string podCidr;     ///< "10.244.1.0/24"
  std::string cpu = "4";   ///< capacity
  std::string memory = "8Gi";
  std::int64_t maxPods = 110;
  std::int64_t systemCpuMilli = 45;  ///< what the node's own processes use
  std::int64_t systemMemoryMi = 420;
  Value labels;                         ///< beside the well-known ones (kubernetes.io/hostname, os, arch)
  Value taints;                         ///< --register-with-taints, an array
  std::string providerId;               ///< "" on bare metal
  ContainerNetwork* network = nullptr;  ///< how containers reach others (container_network.hpp); outlives it
};

/// kubelet with its container runtime. It watches the pods of its node, runs them as mock containers, probes
/// them, reports status, registers its Node and renews its Lease in kube-node-lease every 10 s.
///
/// `runtime` is the container runtime's own component on the same host: CRI calls are messages too.
class Kubelet {
 public:
  Kubelet(Network& network, ComponentId self, ComponentId runtime, apiserver::ApiServer& server,
          KubeletOptions options);
  ~Kubelet();
  Kubelet(const Kubelet&) = delete;
  Kubelet& operator=(const Kubelet&) = delete;

  void start();
  /// The process dies; containers go on, as they do. start() again finds them.
  void stop();

  /// Its API on port 10250: logs, exec, attach, what containers use.
  [[nodiscard]] apiserver::KubeletApi& api();

  /// The runtime itself, for who works on the machine behind the kubelet's back.
  [[nodiscard]] const std::shared_ptr<ContainerRuntime>& runtime() const;

  /// For looking at only: containers as the runtime knows them (crictl ps -a), and a container's log.
  [[nodiscard]] Value containers() const;
  [[nodiscard]] std::string log(std::string_view ns, std::string_view pod, std::string_view container) const;
  /// A fault: the container's main process is killed from under the kubelet. False when it is not running.
  bool killContainer(std::string_view ns, std::string_view pod, std::string_view container, int exitCode);
  /// Where packets for a port of the machine go (containers' hostPort).
  [[nodiscard]] std::optional<MappedPort> hostPort(std::int64_t port, std::string_view protocol) const;
  /// A request's packet is at the pod; `done` comes when its program has answered.
  void serve(const ServedRequest& request, ServedDone done);
  /// The program that answers at a pod's address and port: status and body of an HTTP-like answer, or
  /// nothing when no running container of that pod listens there.
  struct Answer {
    bool connected = false;
    int status = 0;
    std::string body;
    SimDuration took{};
  };
  [[nodiscard]] Answer serve(std::string_view podIp, std::int64_t port, std::string_view path) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace pilothouse::kubelet
