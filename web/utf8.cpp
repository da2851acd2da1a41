#include "web/utf8.hpp"

namespace pilothouse::web {

namespace {

bool isContinuation(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}

}  // namespace

Utf8Char decodeUtf8(std::string_view text, std::size_t at) {
  const Utf8Char bad{0xFFFD, 1, false};
  if (at >= text.size()) return bad;
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0x80) return {lead, 1, true};
  std::size_t length = 0;
  std::uint32_t code = 0;
  std::uint32_t least = 0;
  if ((lead & 0xE0) == 0xC0) {
    length = 2;
    code = lead & 0x1FU;
    least = 0x80;
  } else if ((lead & 0xF0) == 0xE0) {
    length = 3;
    code = lead & 0x0FU;
    least = 0x800;
  } else if ((lead & 0xF8) == 0xF0) {
    length = 4;
    code = lead & 0x07U;
    least = 0x10000;
  } else {
    return bad;
  }
  for (std::size_t i = 1; i < length; ++i) {
    if (!isContinuation(text, at + i)) return bad;
    code = (code << 6) | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
  }
  if (code < least || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return bad;
  return {code, length, true};
}

std::size_t previousChar(std::string_view text, std::size_t at) {
  if (at > text.size()) at = text.size();
  if (at == 0) return 0;
  std::size_t start = at - 1;
  while (start > 0 && at - start < 4 && isContinuation(text, start)) --start;
  const Utf8Char decoded = decodeUtf8(text, start);
  return start + decoded.bytes == at ? start : at - 1;
}

std::size_t nextChar(std::string_view text, std::size_t at) {
  if (at >= text.size()) return text.size();
  return at + decodeUtf8(text, at).bytes;
}

void appendUtf8(std::string& out, std::uint32_t code) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | (code >> 6));
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | (code >> 18));
    put(0x80 | ((code >> 12) & 0x3F));
    put(0x80 | ((code >> 6) & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

std::size_t countChars(std::string_view text, std::size_t at) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < at && i < text.size(); i += decodeUtf8(text, i).bytes) ++count;
  return count;
}

std::size_t byteOfChar(std::string_view text, std::size_t index) {
  std::size_t at = 0;
  for (; index > 0 && at < text.size(); --index) at += decodeUtf8(text, at).bytes;
  return at < text.size() ? at : text.size();
}

std::size_t displayWidth(std::uint32_t code) {
  const auto within = [code](std::uint32_t first, std::uint32_t last) {
    return code >= first && code <= last;
  };
  const bool wide = within(0x1100, 0x115F) || within(0x2E80, 0xA4CF) || within(0xAC00, 0xD7A3) ||
                    within(0xF900, 0xFAFF) || within(0xFE30, 0xFE6F) || within(0xFF00, 0xFF60) ||
                    within(0xFFE0, 0xFFE6) || within(0x1F300, 0x1FAFF) || within(0x20000, 0x3FFFD);
  return wide ? 2 : 1;
}

}  // namespace pilothouse::web
