#pragma once

#include "core/sim/time.hpp"

namespace pilothouse::kubelet {

/// One entry of client-go's flowcontrol.Backoff: 10 s doubled up to 5 minutes, forgotten 10 minutes after its
/// last use.
struct Backoff {
  static constexpr SimDuration kInitial = std::chrono::seconds(10);
  static constexpr SimDuration kMax = std::chrono::seconds(300);

  SimDuration delay{};  ///< 0: no entry yet
  SimTime updated{};

  [[nodiscard]] bool expired(SimTime event) const { return event - updated > 2 * kMax; }
  /// IsInBackOffSince: `event` is less than the delay ago.
  [[nodiscard]] bool holdsSince(SimTime event, SimTime now) const {
    return delay > SimDuration::zero() && !expired(event) && now - event < delay;
  }
  /// IsInBackOffSinceUpdate.
  [[nodiscard]] bool holds(SimTime now) const {
    return delay > SimDuration::zero() && !expired(now) && now - updated < delay;
  }
  void next(SimTime event, SimTime now) {
    const bool fresh = delay == SimDuration::zero() || expired(event);
    delay = fresh ? kInitial : (delay * 2 > kMax ? kMax : delay * 2);
    updated = now;
  }
};

}  // namespace pilothouse::kubelet
