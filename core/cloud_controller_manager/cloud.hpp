#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/cloud_controller_manager/cloud_provider.hpp"
#include "core/cloud_controller_manager/flavor.hpp"
#include "core/sim/network.hpp"

namespace pilothouse::cloud_controller_manager {

/// What a cloud's balancer sends where: made by the API, kept by the cloud.
struct Balancer {
  struct Port {
    std::int64_t port = 0;
    std::int64_t nodePort = 0;
    std::string protocol;
  };
  struct Target {
    std::string node;
    bool healthy = false;
    int streak = 0;  ///< checks in a row that said otherwise
  };
  std::string name;
  std::string service;  ///< "namespace/name"
  std::string address;
  std::string host;  ///< "" when it is known by its address
  std::vector<Port> ports;
  std::vector<Target> targets;
  std::int64_t healthCheckPort = 0;  ///< spec.healthCheckNodePort, or kube-proxy's own
  std::string healthCheckPath;
  SimTime serviceFrom{};  ///< takes connections from then on
};

/// A cloud as its customers see it: an API that makes machines, balancers and routes, and the balancers
/// themselves. It knows nothing of Kubernetes.
class Cloud {
 public:
  /// `self` is the component behind its API.
  Cloud(Network& network, ComponentId self, const Flavor& flavor);
  ~Cloud();
  Cloud(const Cloud&) = delete;
  Cloud& operator=(const Cloud&) = delete;

  [[nodiscard]] const Flavor& flavor() const { return flavor_; }
  [[nodiscard]] ComponentId component() const { return self_; }

  // Machines.
  const Instance& launch(std::string_view node, std::string_view privateAddress);
  [[nodiscard]] const Instance* find(std::string_view node, std::string_view providerId) const;
  bool setState(std::string_view node, Instance::State state);
  [[nodiscard]] const std::vector<Instance>& instances() const { return instances_; }

  // The API's calls, after they have come in.
  /// Makes or changes it; an error in the cloud's words, "" for none.
  std::string ensureBalancer(Balancer wanted);
  [[nodiscard]] const Balancer* balancer(std::string_view name) const;
  void setTargets(std::string_view name, const std::vector<std::string>& nodes);
  void removeBalancer(std::string_view name);
  [[nodiscard]] const std::map<std::string, Balancer>& balancers() const { return balancers_; }
  std::map<std::string, Route>& routes() { return routes_; }

  /// A fault: no more balancers than that, and an API that answers every call with an error ("" for none).
  void setBalancersMax(std::size_t count) { balancersMax_ = count; }
  void setFailing(std::string error) { failing_ = std::move(error); }
  [[nodiscard]] const std::string& failing() const { return failing_; }

  /// How a balancer looks whether a node answers; without it all are healthy.
  using Check = std::function<void(const std::string& node, std::int64_t port, const std::string& path,
                                   std::function<void(bool)> done)>;
  void setCheck(Check check) { check_ = std::move(check); }

  /// Where a connection to a balancer's address goes. `known` without a node: nobody answers.
  struct Entry {
    bool known = false;
    std::string node;
    std::int64_t port = 0;  ///< the node port, or the balancer's own when packets pass through
    bool passThrough = false;
    std::string service;
  };
  Entry enter(std::string_view address, std::int64_t port, std::string_view protocol);
  /// Addresses of a balancer's name; empty until it is in service.
  [[nodiscard]] std::vector<std::string> resolve(std::string_view host) const;

 private:
  void checkLater();
  void checkAll();
  void checked(const std::string& balancer, const std::string& node, bool healthy);

  Network& network_;
  ComponentId self_;
  const Flavor& flavor_;
  std::vector<Instance> instances_;
  std::map<std::string, Balancer> balancers_;  ///< by name
  std::map<std::string, Route> routes_;        ///< by name
  std::size_t balancersMade_ = 0;
  std::size_t balancersMax_ = 15;
  std::size_t turn_ = 0;
  std::string failing_;
  Check check_;
  TimerId timer_{};
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace pilothouse::cloud_controller_manager
