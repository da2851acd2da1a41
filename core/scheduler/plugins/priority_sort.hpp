#pragma once

#include <cstdint>

#include "core/sim/time.hpp"

namespace pilothouse::scheduler::plugins {

/// What PrioritySort orders the queue by; `sequence` decides between pods that came at the same instant.
struct QueueOrder {
  std::int64_t priority = 0;
  SimTime timestamp{};
  std::uint64_t sequence = 0;
};

/// PrioritySort: the higher priority first, then who waits longer.
inline bool prioritySortLess(const QueueOrder& a, const QueueOrder& b) {
  if (a.priority != b.priority) return a.priority > b.priority;
  if (a.timestamp != b.timestamp) return a.timestamp < b.timestamp;
  return a.sequence < b.sequence;
}

}  // namespace pilothouse::scheduler::plugins
