#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/value/value.hpp"

namespace pilothouse::cloud_controller_manager {

/// What a cloud knows of a node's machine (cloudprovider.InstanceMetadata).
struct InstanceMetadata {
  std::string error;       ///< of the call; empty when it worked
  bool found = false;      ///< there is such an instance
  std::string providerId;  ///< "aws:///us-east-1a/i-0f3c…"
  std::string instanceType;
  std::string zone;
  std::string region;
  Value addresses;  ///< as node.status.addresses
};

struct InstanceState {
  std::string error;
  bool exists = false;
  bool shutdown = false;
};

struct BalancerStatus {
  std::string error;
  Value ingress;  ///< as service.status.loadBalancer.ingress: an array
};

struct Route {
  std::string name;
  std::string node;
  std::string cidr;
};
struct Routes {
  std::string error;
  std::vector<Route> routes;
};

/// What cloud-controller-manager asks of a cloud (k8s.io/cloud-provider, cloudprovider.Interface:
/// InstancesV2, LoadBalancer, Routes). Every answer comes once, later; an error is in words, "" for none.
class CloudProvider {
 public:
  virtual ~CloudProvider() = default;

  template <typename T>
  using Done = std::function<void(T)>;

  [[nodiscard]] virtual std::string_view name() const = 0;  ///< "aws", "gce", "azure"
  /// The cloud's network has to be told where each node's pods are.
  [[nodiscard]] virtual bool hasRoutes() const = 0;

  virtual void instanceMetadata(const Value& node, Done<InstanceMetadata> done) = 0;
  virtual void instanceState(const Value& node, Done<InstanceState> done) = 0;

  virtual void ensureLoadBalancer(const Value& service, const std::vector<Value>& nodes,
                                  Done<BalancerStatus> done) = 0;
  virtual void updateLoadBalancer(const Value& service, const std::vector<Value>& nodes,
                                  Done<std::string> done) = 0;
  /// Also when there is none.
  virtual void ensureLoadBalancerDeleted(const Value& service, Done<std::string> done) = 0;

  virtual void listRoutes(Done<Routes> done) = 0;
  virtual void createRoute(const Value& node, const std::string& cidr, Done<std::string> done) = 0;
  virtual void deleteRoute(const std::string& route, Done<std::string> done) = 0;
};

}  // namespace pilothouse::cloud_controller_manager
