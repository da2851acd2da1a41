#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace pilothouse::api {

/// An address as Kubernetes reads it (netutils.ParseIPSloppy): leading zeros are allowed, zones are not.
struct IpAddress {
  bool isV4 = false;
  std::array<unsigned char, 16> bytes{};  ///< the first four for IPv4

  [[nodiscard]] bool isUnspecified() const;
  [[nodiscard]] bool isLoopback() const;
  [[nodiscard]] bool isLinkLocalUnicast() const;
  [[nodiscard]] bool isLinkLocalMulticast() const;
};

std::optional<IpAddress> parseIp(std::string_view text);
/// "10.9.8.0/24", "2001:db8::/64".
bool isCidr(std::string_view text);

}  // namespace pilothouse::api
