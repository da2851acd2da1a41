#include "core/cluster/pace.hpp"

#include <algorithm>

namespace pilothouse::cluster {
namespace {

constexpr double kFrameSecondsMax = 0.25;
constexpr std::uint64_t kSlice = 256;                // events between two looks at the wall clock
constexpr std::uint64_t kSilentEventsMax = 1 << 20;  // a queue of nothing but timers is left some time

}  // namespace

void Pace::setSpeed(double speed) {
  // Written so that NaN becomes the minimum.
  speed_ = speed > kSpeedMin ? std::min(speed, kSpeedMax) : kSpeedMin;
}

void Pace::advance(double elapsedSeconds, const std::function<bool()>& mayContinue) {
  if (paused_ || !(elapsedSeconds > 0)) return;
  Simulator& simulator = cluster_.simulator();
  const double wanted = std::min(elapsedSeconds, kFrameSecondsMax) * speed_ * 1e9 + fraction_;
  const auto span = static_cast<SimDuration::rep>(wanted);
  fraction_ = wanted - static_cast<double>(span);
  if (span == 0) return;
  const SimTime from = simulator.now();
  const SimTime until = from + SimDuration(span);
  while (simulator.runSome(until, kSlice) == kSlice && mayContinue()) {
  }
  // What the frame did not manage is not owed: the next one begins where the clock stands.
  achieved_ = static_cast<double>((simulator.now() - from).count()) / static_cast<double>(span);
}

bool Pace::stepEvent() {
  paused_ = true;
  return cluster_.simulator().step();
}

bool Pace::stepMessage() {
  paused_ = true;
  const CauseId before = cluster_.trace().last();
  for (std::uint64_t i = 0; i < kSilentEventsMax; ++i) {
    if (!cluster_.simulator().step()) return false;
    if (cluster_.trace().last() != before) return true;
  }
  return false;
}

bool Pace::untilChange(SimDuration limit, const std::function<bool()>& mayContinue) {
  Simulator& simulator = cluster_.simulator();
  const SimTime until = simulator.now() + limit;
  const std::uint64_t before = cluster_.revision();
  for (std::uint64_t events = 1;; ++events) {
    const auto next = simulator.nextEventTime();
    if (!next || *next > until) {
      simulator.runUntil(until);
      return false;
    }
    simulator.step();
    if (cluster_.revision() != before) return true;
    if (events % kSlice == 0 && !mayContinue()) return false;
  }
}

}  // namespace pilothouse::cluster
