#pragma once

// The words of Go's encoding/json for malformed text. Private to core/value.

#include <cstddef>
#include <string>
#include <string_view>

namespace pilothouse {

struct JsonSyntaxError {
  std::size_t offset = 0;  ///< of the character that is wrong; the text's size when it ends too early
  std::string message;     ///< "invalid character '}' looking for beginning of value"; empty when all is well
};

/// Reads one JSON value from `start` and says what is wrong with it.
JsonSyntaxError findJsonSyntaxError(std::string_view text, std::size_t start);

}  // namespace pilothouse
