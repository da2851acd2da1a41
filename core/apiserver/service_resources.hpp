#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/apiserver/outcome.hpp"
#include "core/apiserver/service_allocator.hpp"

namespace pilothouse::apiserver {

/// Cluster addresses and node ports of Services (pkg/registry/core/service/storage/alloc.go), for one IPv4
/// family.
class ServiceResources {
 public:
  ServiceResources(std::string_view clusterIpRange, std::string_view nodePortRange, Random& random);

  /// What one write has taken and would have to give back.
  struct Ticket {
    std::vector<std::string> addresses;
    std::vector<std::int64_t> ports;
  };
  /// The Service with address, families and node ports filled in. `before` is what is stored, null for a
  /// creation. When it fails, nothing is taken.
  Outcome allocate(const Value& service, const Value& before, Ticket& ticket);
  /// Gives back what a failed or repeated write had taken.
  void revert(Ticket& ticket);
  /// Gives back what `before` had and `after` (null when it is deleted) no longer has.
  void releaseDropped(const Value& before, const Value& after);
  /// Takes what a stored Service has, when the server starts.
  void adopt(const Value& service);
  void clear();
  [[nodiscard]] std::string apiServerAddress() const { return addresses_.first(); }

 private:
  Outcome allocateAddress(const Value& service, Ticket& ticket);
  Outcome allocatePorts(const Value& service, const Value& before, Ticket& ticket);

  ServiceIpAllocator addresses_;
  NodePortAllocator ports_;
  Random& random_;
};

}  // namespace pilothouse::apiserver
