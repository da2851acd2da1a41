#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pilothouse::utf8 {

struct Character {
  char32_t code = 0xFFFD;
  std::size_t size = 1;  ///< bytes; 1 for a byte that starts no character
  bool valid = false;
};

/// The character at `at`, which must be inside the text. Overlong forms, surrogates and numbers beyond
/// U+10FFFF are not valid.
Character next(std::string_view text, std::size_t at);

/// Offset of the first byte that is not part of valid UTF-8; npos when all is well.
std::size_t firstInvalid(std::string_view text);

void append(std::string& out, char32_t code);

}  // namespace pilothouse::utf8
