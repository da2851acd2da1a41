#pragma once

#include <cstdint>
#include <memory>

#include "core/value/value.hpp"

namespace pilothouse::scheduler {

struct NodeInfo;

/// What happened, as far as it may make a pod schedulable (framework.ClusterEvent): bits of Event::types.
namespace event_type {
inline constexpr std::uint32_t kNodeAdd = 1 << 0;
inline constexpr std::uint32_t kNodeDelete = 1 << 1;
inline constexpr std::uint32_t kNodeAllocatable = 1 << 2;
inline constexpr std::uint32_t kNodeLabel = 1 << 3;
inline constexpr std::uint32_t kNodeTaint = 1 << 4;  ///< spec.unschedulable too
inline constexpr std::uint32_t kAssignedPodAdd = 1 << 5;
inline constexpr std::uint32_t kAssignedPodDelete = 1 << 6;
inline constexpr std::uint32_t kAssignedPodLabel = 1 << 7;
inline constexpr std::uint32_t kPodUpdate = 1 << 8;  ///< the waiting pod itself
inline constexpr std::uint32_t kNode = kNodeAdd | kNodeAllocatable | kNodeLabel | kNodeTaint;
inline constexpr std::uint32_t kAssignedPod = kAssignedPodAdd | kAssignedPodDelete | kAssignedPodLabel;
}  // namespace event_type

struct ClusterEvent {
  std::uint32_t types = 0;
  Value before;  ///< node or pod; null for an addition
  Value after;   ///< null for a deletion
  /// Of a node that came or changed: what it offers, without its pods.
  std::shared_ptr<const NodeInfo> node;
};

}  // namespace pilothouse::scheduler
