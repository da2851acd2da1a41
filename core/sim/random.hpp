#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace pilothouse {

/// The simulation's one seeded random source (xoshiro256**), the same stream on every platform.
class Random {
 public:
  explicit Random(std::uint64_t seed);
  std::uint64_t next();
  /// Uniform in [0, bound), without bias; bound > 0.
  std::uint64_t below(std::uint64_t bound);
  /// Uniform in [0, 1).
  double unit();
  /// Kubernetes' name suffix (k8s.io/apimachinery/pkg/util/rand): `length` of "bcdfghjklmnpqrstvwxz2456789".
  std::string suffix(std::size_t length);
  /// A version 4 UUID in its 36 characters.
  std::string uuid();

 private:
  std::array<std::uint64_t, 4> state_;
};

}  // namespace pilothouse
