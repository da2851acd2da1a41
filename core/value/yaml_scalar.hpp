#pragma once

// What a plain YAML scalar means, as go-yaml v2 resolves it for Kubernetes. Private to core/value.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/value/value.hpp"

namespace pilothouse::yaml {

enum class Tag : std::uint8_t { String, Null, Bool, Int, Float, Timestamp, Merge };

struct Scalar {
  Tag tag = Tag::String;
  Value value;  ///< of Null, Bool, Int, Float; infinities and NaN stay doubles. The text itself otherwise.
};

/// YAML 1.1 booleans and nulls, numbers with underscores, 0x, 0o, 0b and 0 octal, .inf, dates.
Scalar resolvePlain(std::string_view text);

/// "1:30" and the like, which YAML 1.1 readers take for numbers: quoted when written.
bool isBase60(std::string_view text);

const char* tagName(Tag tag);

std::optional<std::string> decodeBase64(std::string_view text);

/// What a float is after its way through JSON: an integer when it has no fraction.
Value throughJson(double number);

}  // namespace pilothouse::yaml
