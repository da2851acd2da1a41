#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/value/value.hpp"

namespace pilothouse {

/// The simulation's clock: virtual nanoseconds since the Unix epoch. Nothing reads a wall clock.
struct SimClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<SimClock>;
  static constexpr bool is_steady = true;
};

using SimDuration = SimClock::duration;
using SimTime = SimClock::time_point;

/// 2026-01-01T00:00:00Z, the instant at which every simulation starts.
inline constexpr SimTime kSimulationStart{std::chrono::seconds(1767225600)};

/// metav1.Time: "2026-01-01T00:00:05Z" (whole seconds). The text of one second is made once and shared.
Value timestamp(SimTime time);
/// metav1.MicroTime: "2026-01-01T00:00:05.000123Z".
Value microTimestamp(SimTime time);
/// Reads RFC 3339 with "Z" or an offset and any fraction; nothing when malformed.
std::optional<SimTime> parseTimestamp(std::string_view text);

}  // namespace pilothouse
