#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "core/value/value.hpp"

namespace pilothouse::scheduler {

/// Amounts as the scheduler counts them (framework.Resource): cpu in thousandths, the others in units.
struct Resources {
  std::int64_t milliCpu = 0;
  std::int64_t memory = 0;
  std::int64_t ephemeralStorage = 0;
  std::vector<std::pair<Key, std::int64_t>> scalar;  ///< extended resources and huge pages, few

  [[nodiscard]] std::int64_t scalarAmount(Key name) const;
  void setScalar(Key name, std::int64_t amount);
  void add(const Resources& other);
  void subtract(const Resources& other);
  /// Each the larger of the two.
  void raise(const Resources& other);
  [[nodiscard]] bool none() const {
    return milliCpu == 0 && memory == 0 && ephemeralStorage == 0 && scalar.empty();
  }

  /// A ResourceList: container requests, a node's allocatable ("pods" is left out).
  static Resources fromList(const Value& list);
};

}  // namespace pilothouse::scheduler
