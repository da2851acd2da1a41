#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/sim/time.hpp"
#include "core/value/value.hpp"

namespace pilothouse::cloud_controller_manager {

/// A machine that a cloud rents out.
struct Instance {
  enum class State : std::uint8_t { Running, Stopped, Terminated };

  std::string node;  ///< the name that its node registers with
  std::string id;
  std::string zone;
  std::string privateAddress;
  std::string publicAddress;  ///< "" for none
  State state{};
};

/// In what one cloud differs from another.
struct Flavor {
  std::string_view provider;  ///< cloudprovider.Interface.ProviderName
  std::string_view region;
  std::array<std::string_view, 3> zones;
  std::string_view instanceType;
  bool routes = false;  ///< pods' ranges are routes of its network
  /// Packets reach a node still addressed to the balancer, whose address kube-proxy has a rule for; else the
  /// balancer opens a connection of its own to the node port.
  bool passThrough = false;
  SimDuration call{};              ///< what a call of its API takes
  SimDuration balancerCreation{};  ///< until the call that makes a balancer is answered…
  SimDuration balancerService{};   ///< …and until it takes connections after that
  SimDuration healthInterval{};
  int healthyAfter = 2;  ///< checks in a row
  int unhealthyAfter = 2;

  std::string (*instanceId)(std::string_view node) = nullptr;
  std::string (*providerId)(const Instance& instance) = nullptr;
  Value (*addresses)(const Instance& instance) = nullptr;
  /// One entry of service.status.loadBalancer.ingress, and the address of the balancer with that number.
  std::string (*balancerAddress)(std::size_t number) = nullptr;
  std::string (*balancerHost)(std::string_view name, std::size_t number) = nullptr;  ///< null: by address
  /// What the API says when there may be no more balancers.
  std::string_view balancerLimit;
};

const Flavor& aws();
const Flavor& gce();
const Flavor& azure();
/// The cloud of a preset ("aws", "gcp", "azure", also with "-N" workers); null on bare metal.
const Flavor* flavorOf(std::string_view preset);

/// {"address","type"} of node.status.addresses.
Value nodeAddress(std::string_view type, std::string_view address);
/// "a" and the uid without dashes, at most 32 characters (cloudprovider.DefaultLoadBalancerName).
std::string defaultBalancerName(std::string_view uid);

}  // namespace pilothouse::cloud_controller_manager
