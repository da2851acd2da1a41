#include "core/kubelet/runtime/cni.hpp"

namespace pilothouse::kubelet {
namespace {

constexpr unsigned kPrefixMin = 8;  // 2^24 addresses are more than a node can use
constexpr unsigned kPrefixMax = 30;

}  // namespace

std::optional<std::uint32_t> parseIpv4(std::string_view text) {
  std::uint32_t address = 0;
  for (int i = 0; i < 4; ++i) {
    std::uint32_t number = 0;
    std::size_t digits = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9' && digits < 3) {
      number = number * 10 + static_cast<std::uint32_t>(text.front() - '0');
      text.remove_prefix(1);
      ++digits;
    }
    if (digits == 0 || number > 255) return std::nullopt;
    address = address << 8 | number;
    if (i == 3) break;
    if (text.empty() || text.front() != '.') return std::nullopt;
    text.remove_prefix(1);
  }
  if (!text.empty()) return std::nullopt;
  return address;
}

std::string ipv4Text(std::uint32_t address) {
  return std::to_string(address >> 24) + "." + std::to_string(address >> 16 & 255) + "." +
         std::to_string(address >> 8 & 255) + "." + std::to_string(address & 255);
}

HostLocalIpam::HostLocalIpam(std::string_view cidr) {
  const std::size_t slash = cidr.find('/');
  if (slash == std::string_view::npos) return;
  const auto base = parseIpv4(cidr.substr(0, slash));
  unsigned prefix = 0;
  for (const char c : cidr.substr(slash + 1)) prefix = prefix * 10 + static_cast<unsigned>(c - '0');
  if (!base || prefix < kPrefixMin || prefix > kPrefixMax) return;
  const std::uint32_t size = 1u << (32 - prefix);
  first_ = (*base & ~(size - 1)) + 2;
  used_.resize(size - 3);  // without the network's, the bridge's and the broadcast address
}

std::optional<std::uint32_t> HostLocalIpam::allocate() {
  for (std::size_t tried = 0; tried < used_.size(); ++tried) {
    const std::uint32_t offset = next_;
    next_ = next_ + 1 == used_.size() ? 0 : next_ + 1;
    if (used_[offset]) continue;
    used_[offset] = true;
    return first_ + offset;
  }
  return std::nullopt;
}

void HostLocalIpam::release(std::uint32_t address) {
  const std::uint32_t offset = address - first_;
  if (offset < used_.size()) used_[offset] = false;
}

std::string HostLocalIpam::range() const {
  return ipv4Text(first_ - 1) + "-" + ipv4Text(first_ + static_cast<std::uint32_t>(used_.size()) - 1);
}

}  // namespace pilothouse::kubelet
