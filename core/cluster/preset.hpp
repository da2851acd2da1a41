#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/kubelet/kubelet.hpp"

namespace pilothouse::cluster {

/// A node of a preset before it is built.
struct NodePlan {
  bool controlPlane = false;
  kubelet::KubeletOptions options;
};

/// "learning" (a control-plane node and three workers), "learning-N", "ha-3" and "ha-5" (as many
/// control-plane nodes, each with an etcd member, and three workers), "scale-N" (N workers only). Anything
/// else is "learning". Addresses are those that kind gives: nodes 172.18.0.2 and up, pods 10.244.0.0/16 in a
/// /24 a node (10.128.0.0/9 for more than 3,000 nodes).
std::vector<NodePlan> planNodes(std::string_view preset);

/// Where the etcd members are: the names of their nodes, as kubeadm names the members too.
std::vector<std::string> etcdHosts(std::string_view preset);

/// Presets for people have metrics-server installed; "scale-N" does without what asks every kubelet each 15 s.
bool hasMetricsServer(std::string_view preset);

inline constexpr std::size_t kWorkersMax = 20000;

}  // namespace pilothouse::cluster
