#pragma once

#include <functional>

#include "core/cluster/cluster.hpp"

namespace pilothouse::cluster {

/// How fast virtual time passes for a person who watches.
class Pace {
 public:
  static constexpr double kSpeedMin = 0.1;
  static constexpr double kSpeedMax = 1000;

  explicit Pace(Cluster& cluster) : cluster_(cluster) {}

  void setSpeed(double speed);  ///< clamped
  [[nodiscard]] double speed() const { return speed_; }
  void setPaused(bool paused) { paused_ = paused; }
  [[nodiscard]] bool paused() const { return paused_; }

  /// A frame: advances by speed × elapsed (at most 0.25 s of wall time), in slices, as long as `mayContinue`
  /// says so; what is left over is forgotten, so a slow machine runs slower and never stalls.
  void advance(double elapsedSeconds, const std::function<bool()>& mayContinue);
  /// One event of the queue; one message delivered (or input, or note): leaves the clock paused.
  bool stepEvent();
  bool stepMessage();
  /// Runs until the next write is committed to etcd ("until something happens"), at most `limit` ahead.
  bool untilChange(SimDuration limit, const std::function<bool()>& mayContinue);
  /// The part of asked virtual time that the last frame managed, 0 to 1: below 1 the machine is the limit.
  [[nodiscard]] double achieved() const { return achieved_; }

 private:
  Cluster& cluster_;
  double speed_ = 1;
  bool paused_ = false;
  double achieved_ = 1;
  double fraction_ = 0;  ///< nanoseconds not yet given to the simulator
};

}  // namespace pilothouse::cluster
