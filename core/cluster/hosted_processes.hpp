#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/kubelet/traffic.hpp"
#include "core/value/value.hpp"

namespace pilothouse::cluster {

/// Where a component of the simulation runs as a container's main process.
struct HostedContainer {
  std::string node;
  std::string ns;
  std::string pod;
  std::string podIp;
  std::string container;
  std::vector<std::string> command;  ///< command and args, variables expanded
  Value env;                         ///< resolved: an array of {name, value}
};

/// A component that lives as long as its container: kube-apiserver in its static pod, CoreDNS in its pod.
/// Destruction is the process' death.
class HostedProcess {
 public:
  virtual ~HostedProcess() = default;
  /// A request to one of its ports: probes, metrics, traffic. False: nobody listens there.
  virtual bool serve(const kubelet::ServedRequest& request, const kubelet::ServedDone& done) = 0;
};

/// How to start the component of an image; null when it must not run there (then the container runs as the
/// image catalogue says).
struct HostedProgram {
  std::string_view repository;  ///< "registry.k8s.io/coredns/coredns", without tag
  std::function<std::unique_ptr<HostedProcess>(const HostedContainer&)> start;
};

}  // namespace pilothouse::cluster
