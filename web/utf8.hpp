#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pilothouse::web {

struct Utf8Char {
  std::uint32_t code = 0;  ///< U+FFFD when the bytes are not UTF-8
  std::size_t bytes = 1;   ///< at least 1, so that a walk always ends
  bool valid = false;
};

/// The character at byte `at` of `text` (at < text.size()). Overlong forms and surrogates are not valid.
Utf8Char decodeUtf8(std::string_view text, std::size_t at);
/// Byte offset of the character before / after byte offset `at`; stays within the text.
std::size_t previousChar(std::string_view text, std::size_t at);
std::size_t nextChar(std::string_view text, std::size_t at);
void appendUtf8(std::string& out, std::uint32_t code);
/// Code points up to byte `at`.
std::size_t countChars(std::string_view text, std::size_t at);
/// Byte offset of code point `index`, or the text's end.
std::size_t byteOfChar(std::string_view text, std::size_t index);
/// Columns on a grid of fixed width: Hangul, other East Asian wide and full-width characters take two.
std::size_t displayWidth(std::uint32_t code);

}  // namespace pilothouse::web
