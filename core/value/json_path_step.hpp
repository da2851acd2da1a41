#pragma once

// What a JSONPath is made of. Private to core/value.

#include <cstdint>
#include <optional>

#include "core/value/json_path.hpp"

namespace pilothouse {

struct JsonPath::Step {
  enum class Kind : std::uint8_t { Field, Slice, Wildcard, Recursive, Filter, Union, Literal };
  Kind kind{};
  std::string name{};                   ///< Field
  std::optional<std::int64_t> start{};  ///< Slice; an index is a slice of one
  std::optional<std::int64_t> end{};
  std::int64_t stride = 1;
  bool index = false;
  std::vector<std::vector<Step>> paths{};  ///< Union: its branches; Filter: left side and right side
  std::string comparison{};                ///< Filter: "==", …, or empty for "exists"
  Value literal{};
};

}  // namespace pilothouse
