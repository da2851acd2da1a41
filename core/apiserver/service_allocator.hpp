#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/sim/random.hpp"

namespace pilothouse::apiserver {

/// Numbers 0 … size-1 handed out at random and never twice (pkg/registry/core/service/allocator).
///
/// The first `reserved` numbers are a band for explicit requests: a random choice takes one of them only when
/// the rest is used up (KEP-3070).
class NumberAllocator {
 public:
  NumberAllocator(std::uint32_t size, std::uint32_t reserved);
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(taken_.size()); }
  [[nodiscard]] bool isTaken(std::uint32_t number) const { return taken_[number]; }
  bool take(std::uint32_t number);  ///< false when it is taken already
  std::optional<std::uint32_t> takeNext(Random& random);
  void release(std::uint32_t number);
  void clear();
  [[nodiscard]] std::uint32_t used() const { return used_; }

 private:
  std::optional<std::uint32_t> takeNextIn(std::uint32_t from, std::uint32_t to, Random& random);

  std::vector<bool> taken_;
  std::uint32_t reserved_;
  std::uint32_t used_ = 0;
};

/// An IPv4 address in host order from its dotted text; nothing when malformed.
std::optional<std::uint32_t> parseIpv4(std::string_view text);
std::string ipv4Text(std::uint32_t address);

/// Cluster addresses of Services out of --service-cluster-ip-range (pkg/registry/core/service/ipallocator).
class ServiceIpAllocator {
 public:
  /// `cidr` is a valid IPv4 prefix of /8 to /30 (asserted). Network and broadcast address are never given.
  explicit ServiceIpAllocator(std::string_view cidr);
  /// "" when `ip` is now allocated, else why not, in Kubernetes' words.
  std::string allocate(std::string_view ip);
  /// An address, or "" when the range is full.
  std::string allocateNext(Random& random);
  void release(std::string_view ip);
  void clear() { numbers_.clear(); }
  [[nodiscard]] std::string first() const { return ipv4Text(base_ + 1); }  ///< Service default/kubernetes
  [[nodiscard]] std::uint32_t used() const { return numbers_.used(); }

 private:
  [[nodiscard]] std::optional<std::uint32_t> offsetOf(std::string_view ip) const;

  std::uint32_t base_;
  NumberAllocator numbers_;
};

/// Node ports out of --service-node-port-range (pkg/registry/core/service/portallocator).
class NodePortAllocator {
 public:
  explicit NodePortAllocator(std::string_view range);  ///< "30000-32767"
  std::string allocate(std::int64_t port);
  std::optional<std::int64_t> allocateNext(Random& random);
  void release(std::int64_t port);
  void clear() { numbers_.clear(); }
  [[nodiscard]] std::uint32_t used() const { return numbers_.used(); }

 private:
  std::string range_;
  std::int64_t base_;
  NumberAllocator numbers_;
};

}  // namespace pilothouse::apiserver
