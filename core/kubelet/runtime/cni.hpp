#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::kubelet {

/// An IPv4 address as a number; nothing when the text is none.
std::optional<std::uint32_t> parseIpv4(std::string_view text);
std::string ipv4Text(std::uint32_t address);

/// The host-local IPAM plugin over a node's podCIDR: .1 is the bridge, addresses are given out in turn and
/// not again before the range has gone round.
class HostLocalIpam {
 public:
  explicit HostLocalIpam(std::string_view cidr);

  /// Nothing when the range is used up (or the CIDR malformed).
  std::optional<std::uint32_t> allocate();
  void release(std::uint32_t address);
  [[nodiscard]] std::string range() const;  ///< "10.244.1.1-10.244.1.254"

 private:
  std::uint32_t first_ = 0;  ///< the first address for pods
  std::uint32_t next_ = 0;   ///< an offset from first_
  std::vector<bool> used_;
};

}  // namespace pilothouse::kubelet
