#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "core/sim/time.hpp"

namespace pilothouse::controller_manager {

/// Nodes of a zone that wait for a taint, at most so many a second
/// (nodelifecycle/scheduler.RateLimitedTimedQueue with a token bucket of 1).
class RateLimitedQueue {
 public:
  explicit RateLimitedQueue(double perSecond) : perSecond_(perSecond) {}

  /// False when it waits already.
  bool add(std::string_view node);
  bool remove(std::string_view node);
  /// The next node if the rate allows one now, else "". It stays in the queue until removed.
  [[nodiscard]] std::string next(SimTime now);
  /// Puts what failed at the end, to be tried again.
  void postpone(std::string_view node);
  void setRate(double perSecond, SimTime now);
  [[nodiscard]] bool empty() const { return waiting_.empty(); }

 private:
  double perSecond_;
  SimTime allowedFrom_{};
  std::deque<std::string> waiting_;
};

}  // namespace pilothouse::controller_manager
