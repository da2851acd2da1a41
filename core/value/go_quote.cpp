#include "core/value/go_quote.hpp"

#include "core/value/utf8.hpp"

namespace pilothouse {
namespace {

void appendHex(std::string& out, char32_t number, int digits) {
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4)
    out += "0123456789abcdef"[(number >> shift) & 15];
}

/// True for what Go prints as it is: letters, marks and symbols; not for controls, odd spaces, surrogates,
/// private use and the like.
bool isPrintable(char32_t c) {
  if (c < 0x80) return c >= 0x20 && c != 0x7F;
  if (c < 0xA1 || c == 0xAD || c == 0xFEFF) return false;
  if ((c >= 0x2000 && c <= 0x200F) || (c >= 0x2028 && c <= 0x202F) || (c >= 0x205F && c <= 0x206F))
    return false;
  return c != 0x3000 && !(c >= 0xE000 && c <= 0xF8FF) && !(c >= 0xFFF0 && c <= 0xFFFB) && c < 0xE0000;
}

void appendQuoted(std::string& out, char32_t c, std::string_view bytes) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\a':
      out += "\\a";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\v':
      out += "\\v";
      return;
    default:
      break;
  }
  if (isPrintable(c)) {
    out += bytes;
  } else if (c < 0x20 || c == 0x7F) {
    out += "\\x";
    appendHex(out, c, 2);
  } else {
    out += c < 0x10000 ? "\\u" : "\\U";
    appendHex(out, c, c < 0x10000 ? 4 : 8);
  }
}

}  // namespace

std::string goQuote(std::string_view text) {
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const utf8::Character character = utf8::next(text, at);
    if (character.valid) {
      appendQuoted(out, character.code, text.substr(at, character.size));
    } else {
      out += "\\x";
      appendHex(out, static_cast<unsigned char>(text[at]), 2);
    }
    at += character.size;
  }
  return out + "\"";
}

}  // namespace pilothouse
