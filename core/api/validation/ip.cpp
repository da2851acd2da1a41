#include "core/api/validation/ip.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace pilothouse::api {
namespace {

std::optional<std::uint32_t> number(std::string_view text, std::uint32_t base, std::uint32_t max) {
  if (text.empty()) return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : text) {
    std::uint32_t digit = 99;
    if (c >= '0' && c <= '9') digit = static_cast<std::uint32_t>(c - '0');
    if (c >= 'a' && c <= 'f') digit = static_cast<std::uint32_t>(c - 'a') + 10;
    if (c >= 'A' && c <= 'F') digit = static_cast<std::uint32_t>(c - 'A') + 10;
    if (digit >= base) return std::nullopt;
    value = value * base + digit;
    if (value > max) return std::nullopt;
  }
  return value;
}

std::optional<IpAddress> parseV4(std::string_view text) {
  IpAddress ip;
  ip.isV4 = true;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t dot = text.find('.');
    if ((dot == std::string_view::npos) != (i == 3)) return std::nullopt;
    const auto part = number(text.substr(0, dot), 10, 255);
    if (!part) return std::nullopt;
    ip.bytes[i] = static_cast<unsigned char>(*part);
    if (i < 3) text.remove_prefix(dot + 1);
  }
  return ip;
}

// Groups of 16 bits on one side of "::".
bool readGroups(std::string_view text, std::vector<std::uint32_t>& groups) {
  if (text.empty()) return true;
  while (true) {
    const std::size_t colon = text.find(':');
    const std::string_view part = text.substr(0, colon);
    if (part.find('.') != std::string_view::npos && colon == std::string_view::npos) {
      const auto v4 = parseV4(part);
      if (!v4) return false;
      groups.push_back(static_cast<std::uint32_t>(v4->bytes[0] << 8 | v4->bytes[1]));
      groups.push_back(static_cast<std::uint32_t>(v4->bytes[2] << 8 | v4->bytes[3]));
      return groups.size() <= 8;
    }
    const auto group = number(part, 16, 0xffff);
    if (!group || part.size() > 4 || groups.size() == 8) return false;
    groups.push_back(*group);
    if (colon == std::string_view::npos) return true;
    text.remove_prefix(colon + 1);
  }
}

std::optional<IpAddress> parseV6(std::string_view text) {
  std::vector<std::uint32_t> head;
  std::vector<std::uint32_t> tail;
  const std::size_t gap = text.find("::");
  if (!readGroups(text.substr(0, gap), head)) return std::nullopt;
  if (gap == std::string_view::npos) {
    if (head.size() != 8) return std::nullopt;
  } else if (!readGroups(text.substr(gap + 2), tail) || head.size() + tail.size() > 7) {
    return std::nullopt;
  }
  head.resize(8 - tail.size());
  head.insert(head.end(), tail.begin(), tail.end());
  IpAddress ip;
  for (std::size_t i = 0; i < 8; ++i) {
    ip.bytes[2 * i] = static_cast<unsigned char>(head[i] >> 8);
    ip.bytes[2 * i + 1] = static_cast<unsigned char>(head[i] & 0xff);
  }
  return ip;
}

}  // namespace

bool IpAddress::isUnspecified() const {
  return std::all_of(bytes.begin(), bytes.end(), [](unsigned char b) { return b == 0; });
}

bool IpAddress::isLoopback() const {
  if (isV4) return bytes[0] == 127;
  return bytes[15] == 1 &&
         std::all_of(bytes.begin(), bytes.end() - 1, [](unsigned char b) { return b == 0; });
}

bool IpAddress::isLinkLocalUnicast() const {
  return isV4 ? bytes[0] == 169 && bytes[1] == 254 : bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80;
}

bool IpAddress::isLinkLocalMulticast() const {
  return isV4 ? bytes[0] == 224 && bytes[1] == 0 && bytes[2] == 0
              : bytes[0] == 0xff && (bytes[1] & 0x0f) == 2;
}

std::optional<IpAddress> parseIp(std::string_view text) {
  return text.find(':') == std::string_view::npos ? parseV4(text) : parseV6(text);
}

bool isCidr(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  const auto ip = parseIp(text.substr(0, slash));
  return ip && number(text.substr(slash + 1), 10, ip->isV4 ? 32 : 128).has_value();
}

}  // namespace pilothouse::api
