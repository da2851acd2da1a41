#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "core/api/keys.hpp"
#include "core/scheduler/pod_requirements.hpp"

namespace pilothouse::scheduler {

/// A node as the scheduler sees it: what it offers, and what its pods (assumed ones too) have asked for.
struct NodeInfo {
  // What every filter and score reads comes first, so that it is in few cache lines.
  std::uint32_t slot = 0;  ///< stays while the node does; index of per-node arrays
  bool unschedulable = false;
  bool softTaints = false;  ///< has PreferNoSchedule taints
  std::vector<Taint> taints;
  std::int64_t allowedPods = 0;
  std::vector<std::uint32_t> pods;  ///< numbers in the cache's pod table
  Resources allocatable;
  Resources requested;
  std::int64_t nonZeroMilliCpu = 0;
  std::int64_t nonZeroMemory = 0;

  Value name;
  Value node;                                        ///< null while only pods of it are known
  std::vector<std::pair<Key, std::int64_t>> images;  ///< name to bytes, ordered by key id for searching only
  std::vector<HostPort> usedPorts;

  [[nodiscard]] std::string_view text() const { return name.asString(); }
  [[nodiscard]] const Value& labels() const { return node[keys::metadata][keys::labels]; }

  void setNode(const Value& object);
  void addRequests(const PodRequirements& pod);
  void removeRequests(const PodRequirements& pod);
};

/// What a node's update changes for scheduling, as event types (cluster_event.hpp).
std::uint32_t nodeChanges(const Value& before, const Value& after);

}  // namespace pilothouse::scheduler
