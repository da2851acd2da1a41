#pragma once

#include <cstdint>

namespace pilothouse::scheduler {

/// ln(n) of n >= 1, from exactly rounded operations only: libraries' log() may differ in the last bit between
/// platforms, and a score must not.
inline double naturalLog(std::uint64_t n) {
  constexpr double kLog2 = 0.6931471805599453;
  double m = static_cast<double>(n);
  int exponent = 0;
  for (; m >= 1.5; m /= 2) ++exponent;
  // ln m = 2·artanh((m-1)/(m+1)), with |z| <= 1/5.
  const double z = (m - 1) / (m + 1);
  double power = z;
  double sum = 0;
  for (int k = 1; k <= 23; k += 2, power *= z * z) sum += power / k;
  return 2 * sum + exponent * kLog2;
}

}  // namespace pilothouse::scheduler
