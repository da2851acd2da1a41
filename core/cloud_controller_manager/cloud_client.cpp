#include "core/cloud_controller_manager/cloud_client.hpp"

#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"

namespace pilothouse::cloud_controller_manager {
namespace {

const Key kExternalTrafficPolicy = Key::intern("externalTrafficPolicy");
const Key kHealthCheckNodePort = Key::intern("healthCheckNodePort");
const Key kHostname = Key::intern("hostname");
const Key kIp = Key::intern("ip");
const Key kIpMode = Key::intern("ipMode");
const Key kNodePort = Key::intern("nodePort");
const Key kProtocol = Key::intern("protocol");
const Key kProviderId = Key::intern("providerID");

constexpr std::int64_t kProxyHealthPort = 10256;

std::string balancerNameOf(const Value& service) { return defaultBalancerName(api::uid(service)); }

std::string_view providerIdOf(const Value& node) { return node.get(keys::spec, kProviderId).asString(); }

std::vector<std::string> namesOf(const std::vector<Value>& nodes) {
  std::vector<std::string> names;
  for (const Value& node : nodes) names.emplace_back(api::name(node));
  return names;
}

// A Local Service is healthy where its endpoints are, any other where kube-proxy is.
Balancer balancerFor(const Value& service) {
  Balancer balancer;
  balancer.name = balancerNameOf(service);
  balancer.service = api::namespacedName(service);
  const Value& spec = service[keys::spec];
  for (const Value& port : spec[keys::ports].items()) {
    balancer.ports.push_back({port[keys::port].asInt(), port[kNodePort].asInt(), port[kProtocol].toString()});
  }
  const std::int64_t own = spec[kHealthCheckNodePort].asInt(0);
  const bool local = spec[kExternalTrafficPolicy].asString() == "Local" && own != 0;
  balancer.healthCheckPort = local ? own : kProxyHealthPort;
  balancer.healthCheckPath = "/healthz";
  return balancer;
}

Value ingressOf(const Balancer& balancer) {
  if (!balancer.host.empty()) return Value::array({Value::object({{kHostname, Value(balancer.host)}})});
  return Value::array({Value::object({{kIp, Value(balancer.address)}, {kIpMode, "VIP"}})});
}

void setError(std::string& answer, const std::string& error) { answer = error; }
template <typename T>
void setError(T& answer, const std::string& error) {
  answer.error = error;
}

}  // namespace

CloudClient::CloudClient(Network& network, ComponentId self, Cloud& cloud)
    : network_(network), self_(self), cloud_(cloud) {}

template <typename T>
void CloudClient::call(std::string_view verb, const Value& about, SimDuration took, std::function<T()> work,
                       Done<T> done) {
  const Key name = Key::intern(verb);
  const ComponentId cloud = cloud_.component();
  const Value object = Value::object({{keys::metadata, api::meta(about)}});
  const std::weak_ptr<bool> alive = alive_;
  network_.send(
      self_, cloud, {MessageKind::Traffic, 0, name, {}, object},
      [this, alive, cloud, name, object, took, work = std::move(work), done = std::move(done)]() mutable {
        if (alive.expired()) return;
        network_.simulator().after(took, [this, alive, cloud, name, object, work = std::move(work),
                                          done = std::move(done)]() mutable {
          if (alive.expired()) return;
          T answer{};
          if (cloud_.failing().empty()) {
            answer = work();
          } else {
            setError(answer, cloud_.failing());
          }
          network_.send(cloud, self_, {MessageKind::Traffic, 0, name, {}, object},
                        [alive, done = std::move(done), answer = std::move(answer)]() mutable {
                          if (!alive.expired()) done(std::move(answer));
                        });
        });
      });
}

void CloudClient::instanceMetadata(const Value& node, Done<InstanceMetadata> done) {
  call<InstanceMetadata>(
      "InstanceMetadata", node, cloud_.flavor().call,
      [this, node] {
        InstanceMetadata answer;
        const Instance* instance = cloud_.find(api::name(node), providerIdOf(node));
        if (instance == nullptr) return answer;
        const Flavor& flavor = cloud_.flavor();
        answer.found = true;
        answer.providerId = flavor.providerId(*instance);
        answer.instanceType = std::string(flavor.instanceType);
        answer.zone = instance->zone;
        answer.region = std::string(flavor.region);
        answer.addresses = flavor.addresses(*instance);
        return answer;
      },
      std::move(done));
}

void CloudClient::instanceState(const Value& node, Done<InstanceState> done) {
  call<InstanceState>(
      "InstanceExists", node, cloud_.flavor().call,
      [this, node] {
        const Instance* instance = cloud_.find(api::name(node), providerIdOf(node));
        return InstanceState{"", instance != nullptr,
                             instance != nullptr && instance->state == Instance::State::Stopped};
      },
      std::move(done));
}

void CloudClient::ensureLoadBalancer(const Value& service, const std::vector<Value>& nodes,
                                     Done<BalancerStatus> done) {
  const Flavor& flavor = cloud_.flavor();
  const bool isNew = cloud_.balancer(balancerNameOf(service)) == nullptr;
  call<BalancerStatus>(
      "EnsureLoadBalancer", service, isNew ? flavor.balancerCreation : flavor.call * 3,
      [this, service, names = namesOf(nodes)] {
        BalancerStatus answer;
        Balancer wanted = balancerFor(service);
        const std::string name = wanted.name;
        answer.error = cloud_.ensureBalancer(std::move(wanted));
        if (!answer.error.empty()) return answer;
        cloud_.setTargets(name, names);
        answer.ingress = ingressOf(*cloud_.balancer(name));
        return answer;
      },
      std::move(done));
}

void CloudClient::updateLoadBalancer(const Value& service, const std::vector<Value>& nodes,
                                     Done<std::string> done) {
  call<std::string>(
      "UpdateLoadBalancer", service, cloud_.flavor().call * 3,
      [this, name = balancerNameOf(service), names = namesOf(nodes)] {
        cloud_.setTargets(name, names);
        return std::string();
      },
      std::move(done));
}

void CloudClient::ensureLoadBalancerDeleted(const Value& service, Done<std::string> done) {
  const std::string name = balancerNameOf(service);
  const bool exists = cloud_.balancer(name) != nullptr;
  call<std::string>(
      "EnsureLoadBalancerDeleted", service,
      exists ? cloud_.flavor().balancerCreation / 2 : cloud_.flavor().call,
      [this, name] {
        cloud_.removeBalancer(name);
        return std::string();
      },
      std::move(done));
}

void CloudClient::listRoutes(Done<Routes> done) {
  call<Routes>(
      "ListRoutes", Value(), cloud_.flavor().call,
      [this] {
        Routes answer;
        for (const auto& [name, route] : cloud_.routes()) answer.routes.push_back(route);
        return answer;
      },
      std::move(done));
}

void CloudClient::createRoute(const Value& node, const std::string& cidr, Done<std::string> done) {
  call<std::string>(
      "CreateRoute", node, cloud_.flavor().call * 4,
      [this, node = std::string(api::name(node)), cidr] {
        const std::string name = "kubernetes-" + node;
        cloud_.routes()[name] = {name, node, cidr};
        return std::string();
      },
      std::move(done));
}

void CloudClient::deleteRoute(const std::string& route, Done<std::string> done) {
  call<std::string>(
      "DeleteRoute", Value(), cloud_.flavor().call * 2,
      [this, route] {
        cloud_.routes().erase(route);
        return std::string();
      },
      std::move(done));
}

}  // namespace pilothouse::cloud_controller_manager
