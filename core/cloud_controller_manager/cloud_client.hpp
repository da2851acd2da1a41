#pragma once

#include <memory>

#include "core/cloud_controller_manager/cloud.hpp"

namespace pilothouse::cloud_controller_manager {

/// The cloud provider's client library in cloud-controller-manager: every call is a message to the cloud's
/// API and its answer one back.
class CloudClient final : public CloudProvider {
 public:
  CloudClient(Network& network, ComponentId self, Cloud& cloud);

  [[nodiscard]] std::string_view name() const override { return cloud_.flavor().provider; }
  [[nodiscard]] bool hasRoutes() const override { return cloud_.flavor().routes; }
  void instanceMetadata(const Value& node, Done<InstanceMetadata> done) override;
  void instanceState(const Value& node, Done<InstanceState> done) override;
  void ensureLoadBalancer(const Value& service, const std::vector<Value>& nodes,
                          Done<BalancerStatus> done) override;
  void updateLoadBalancer(const Value& service, const std::vector<Value>& nodes,
                          Done<std::string> done) override;
  void ensureLoadBalancerDeleted(const Value& service, Done<std::string> done) override;
  void listRoutes(Done<Routes> done) override;
  void createRoute(const Value& node, const std::string& cidr, Done<std::string> done) override;
  void deleteRoute(const std::string& route, Done<std::string> done) override;

 private:
  /// `work` runs at the cloud once the call has come and taken its time; its answer goes back. Nobody answers
  /// after the client has gone.
  template <typename T>
  void call(std::string_view verb, const Value& about, SimDuration took, std::function<T()> work,
            Done<T> done);

  Network& network_;
  ComponentId self_;
  Cloud& cloud_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace pilothouse::cloud_controller_manager
