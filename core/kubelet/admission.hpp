#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/value/value.hpp"

namespace pilothouse::kubelet {

/// What the pods of a node ask for, and whether one more fits (pkg/kubelet/lifecycle/predicate.go).
class NodeResources {
 public:
  NodeResources() = default;
  NodeResources(std::int64_t milliCpu, std::int64_t memory, std::int64_t pods)
      : cpuMax_(milliCpu), memoryMax_(memory), podsMax_(pods) {}

  struct Rejection {
    std::string reason;  ///< "OutOfcpu"; empty when the pod is admitted
    std::string message;
  };
  [[nodiscard]] Rejection admit(const Value& pod, const Value& nodeLabels) const;
  void add(const Value& pod);
  void remove(const Value& pod);

 private:
  struct HostPort {
    std::int64_t port;
    std::string protocol;
  };
  std::int64_t cpuMax_ = 0, memoryMax_ = 0, podsMax_ = 0;
  std::int64_t cpu_ = 0, memory_ = 0, pods_ = 0;
  std::vector<HostPort> hostPorts_;
};

/// resourcehelper.PodRequests: containers together, or the largest init container with the sidecars before
/// it.
struct PodRequests {
  std::int64_t milliCpu = 0;
  std::int64_t memory = 0;
};
PodRequests podRequests(const Value& pod);

}  // namespace pilothouse::kubelet
