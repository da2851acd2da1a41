#include "core/api/quote.hpp"

#include <cstddef>
#include <cstdint>

namespace pilothouse::api {
namespace {

constexpr char kHex[] = "0123456789abcdef";

struct Rune {
  std::uint32_t code = 0;
  std::size_t bytes = 1;
  bool valid = false;
};

Rune runeAt(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) -> std::uint32_t { return static_cast<unsigned char>(text[i]); };
  const std::uint32_t first = byte(at);
  if (first < 0x80) return {first, 1, true};
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + length > text.size()) return {first, 1, false};
  std::uint32_t code = first & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xc0) != 0x80) return {first, 1, false};
    code = (code << 6) | (byte(at + i) & 0x3f);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  if (overlong || (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) return {first, 1, false};
  return {code, length, true};
}

// strconv.IsPrint for what manifests hold: letters, marks and symbols of all scripts, no controls, no spaces
// besides U+0020, no private use.
bool isPrintable(std::uint32_t code) {
  if (code < 0x80) return code >= 0x20 && code != 0x7f;
  if (code <= 0xa0 || code == 0xad || code == 0x1680 || code == 0x3000 || code == 0xfeff) return false;
  if (code >= 0x2000 && code <= 0x200f) return false;
  if (code >= 0x2028 && code <= 0x202f) return false;
  if (code >= 0x205f && code <= 0x206f) return false;
  if (code >= 0xe000 && code <= 0xf8ff) return false;
  return code < 0xe0000 && (code & 0xfffe) != 0xfffe;
}

void appendHex(std::string& out, std::uint32_t code, int digits) {
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) out += kHex[(code >> shift) & 0xf];
}

void appendEscaped(std::string& out, std::uint32_t code) {
  static constexpr char kControls[] = "abtnvfr";  // from 0x07 to 0x0d
  if (code >= 0x07 && code <= 0x0d) {
    out += '\\';
    out += kControls[code - 0x07];
  } else if (code < 0x20 || code == 0x7f) {
    out += "\\x";
    appendHex(out, code, 2);
  } else if (code < 0x10000) {
    out += "\\u";
    appendHex(out, code, 4);
  } else {
    out += "\\U";
    appendHex(out, code, 8);
  }
}

}  // namespace

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const Rune rune = runeAt(text, at);
    if (!rune.valid) {
      out += "\\x";
      appendHex(out, rune.code, 2);
    } else if (rune.code == '"' || rune.code == '\\') {
      out += '\\';
      out += static_cast<char>(rune.code);
    } else if (isPrintable(rune.code)) {
      out.append(text.substr(at, rune.bytes));
    } else {
      appendEscaped(out, rune.code);
    }
    at += rune.bytes;
  }
  out += '"';
  return out;
}

}  // namespace pilothouse::api
