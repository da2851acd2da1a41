#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/sim/time.hpp"

namespace pilothouse::controller_manager {

/// What a controller waits to see of its own creations and deletions before it counts pods again
/// (controller.UIDTrackingControllerExpectations), for one owner.
class Expectations {
 public:
  static constexpr SimDuration kTimeout = std::chrono::minutes(5);  // ExpectationsTimeout

  void expectCreations(std::int64_t count, SimTime now);
  void expectDeletions(std::vector<std::string> podNames, SimTime now);
  void creationObserved();
  /// Counts once for each expected name, as a pod is seen first marked and then removed.
  void deletionObserved(std::string_view podName);
  [[nodiscard]] bool satisfied(SimTime now) const;

 private:
  std::int64_t creations_ = 0;
  std::vector<std::string> deletions_;  ///< sorted
  SimTime since_{};
};

}  // namespace pilothouse::controller_manager
