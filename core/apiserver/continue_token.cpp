#include "core/apiserver/continue_token.hpp"

#include <array>

namespace pilothouse::apiserver {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kHead = "{\"v\":\"meta.k8s.io/v1\",\"rv\":";
constexpr std::string_view kStart = ",\"start\":\"";
constexpr std::string_view kTail = "\\u0000\"}\n";  // Go's encoder ends with a newline
constexpr std::size_t kTokenMax = 4096;

std::string toBase64(std::string_view bytes) {
  std::string text;
  std::uint32_t pending = 0;
  int bits = 0;
  for (const char c : bytes) {
    pending = pending << 8 | static_cast<unsigned char>(c);
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += kAlphabet[pending >> bits & 63U];
    }
  }
  if (bits > 0) text += kAlphabet[pending << (6 - bits) & 63U];
  return text;
}

std::optional<std::string> fromBase64(std::string_view text) {
  std::string bytes;
  std::uint32_t pending = 0;
  int bits = 0;
  for (const char c : text) {
    const std::size_t digit = kAlphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    pending = pending << 6 | static_cast<std::uint32_t>(digit);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>(pending >> bits & 255U);
    }
  }
  return bytes;
}

bool consume(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

std::string encodeContinue(const ContinueToken& token) {
  // Keys are valid names: nothing in them needs escaping in JSON.
  return toBase64(std::string(kHead) + std::to_string(token.revision) + std::string(kStart) + token.after +
                  std::string(kTail));
}

std::optional<ContinueToken> decodeContinue(std::string_view text) {
  if (text.size() > kTokenMax) return std::nullopt;
  const auto bytes = fromBase64(text);
  if (!bytes) return std::nullopt;
  std::string_view rest = *bytes;
  if (!consume(rest, kHead)) return std::nullopt;
  ContinueToken token;
  const bool negative = consume(rest, "-");
  std::size_t digits = 0;
  while (digits < rest.size() && digits < 18 && rest[digits] >= '0' && rest[digits] <= '9') {
    token.revision = token.revision * 10 + (rest[digits++] - '0');
  }
  if (digits == 0) return std::nullopt;
  if (negative) token.revision = -token.revision;
  rest.remove_prefix(digits);
  if (!consume(rest, kStart)) return std::nullopt;
  const std::size_t end = rest.find(kTail.substr(0, kTail.size() - 1));
  if (end == std::string_view::npos || end == 0) return std::nullopt;
  token.after = std::string(rest.substr(0, end));
  return token;
}

}  // namespace pilothouse::apiserver
