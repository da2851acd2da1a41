#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/client/client.hpp"

/// What the controllers about nodes share (pkg/controller/util/node, pkg/util/taints).
namespace pilothouse::controller_manager::node {

inline constexpr std::string_view kNoExecute = "NoExecute";
inline constexpr std::string_view kNoSchedule = "NoSchedule";
inline constexpr std::string_view kNotReady = "node.kubernetes.io/not-ready";
inline constexpr std::string_view kUnreachable = "node.kubernetes.io/unreachable";
inline constexpr std::string_view kUnschedulable = "node.kubernetes.io/unschedulable";
inline constexpr std::string_view kMemoryPressure = "node.kubernetes.io/memory-pressure";
inline constexpr std::string_view kDiskPressure = "node.kubernetes.io/disk-pressure";
inline constexpr std::string_view kPidPressure = "node.kubernetes.io/pid-pressure";
inline constexpr std::string_view kNetworkUnavailable = "node.kubernetes.io/network-unavailable";

struct Taint {
  std::string_view key;  ///< one of the constants above
  std::string_view effect;
  friend bool operator==(const Taint& a, const Taint& b) { return a.key == b.key && a.effect == b.effect; }
};

bool hasTaint(const Value& node, Taint taint);
/// spec.taints with some added (timeAdded now) and some removed.
Value swappedTaints(const Value& node, const std::vector<Taint>& add, const std::vector<Taint>& remove,
                    SimTime now);
/// Writes them by a patch on top of the live node (SwapNodeControllerTaint); `done` gets whether it worked.
void swapTaints(client::Client& client, const Value& node, std::vector<Taint> add, std::vector<Taint> remove,
                std::function<void(bool)> done);

/// "region:\0:zone" of the topology labels, or "" (topology.GetZoneKey).
std::string zoneKey(const Value& node);
/// The object that events about a node name: its uid is the node's.
Value eventReference(const Value& node);
/// Sets condition Ready of the pod to False, with an event, when it is not that already (MarkPodsNotReady).
Value markedNotReady(const Value& pod, SimTime now);

}  // namespace pilothouse::controller_manager::node
