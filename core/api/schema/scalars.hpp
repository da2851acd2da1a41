#pragma once

#include <string>
#include <string_view>

#include "core/api/schema/schema.hpp"
#include "core/value/value.hpp"

namespace pilothouse::api::schema {

/// What reading a scalar gave: its canonical form, or why not.
struct Scalar {
  Value value;
  /// For a value of the wrong JSON type: what was found ("string", "number 1.5") and the Go type wanted. The
  /// caller knows the struct and field to name.
  std::string found;
  std::string wanted;
  std::string message;  ///< for a malformed text: the whole error
  [[nodiscard]] bool ok() const { return found.empty() && message.empty(); }
};

/// `value` is not null; `type` is no struct, list or map.
Scalar readScalar(Type type, const Value& value);

/// "string", "number", "bool", "array", "object", as json.UnmarshalTypeError names what it found.
std::string_view jsonKind(const Value& value);

}  // namespace pilothouse::api::schema
