#pragma once

#include <utility>

#include "core/api/status.hpp"
#include "core/value/value.hpp"

namespace pilothouse::apiserver {

/// What came of computing an object: the object, or why there is none.
struct Outcome {
  Value object;
  api::Status error;  ///< code 0: none
  [[nodiscard]] bool ok() const { return error.code == 0; }

  static Outcome of(Value object) { return {std::move(object), {}}; }
  static Outcome failed(api::Status error) { return {{}, std::move(error)}; }
};

}  // namespace pilothouse::apiserver
