#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::api {

/// Indexes of an Indexed Job as its status and its success policy write them: "1,3-5,7".
struct IndexIntervals {
  struct Interval {
    std::int64_t first = 0;
    std::int64_t last = 0;
  };
  std::vector<Interval> intervals{};  ///< those that are well-formed
  std::string error{};                ///< what is wrong first, in Kubernetes' words; empty: nothing
  std::int64_t total = 0;             ///< indexes in all intervals
};
/// Every index must be below `completions` and above the one before.
IndexIntervals readIndexIntervals(std::string_view text, std::int64_t completions);

/// The first index that both have; -1 for none.
std::int64_t firstCommonIndex(const IndexIntervals& a, const IndexIntervals& b);

}  // namespace pilothouse::api
