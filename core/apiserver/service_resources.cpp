#include "core/apiserver/service_resources.hpp"

#include <algorithm>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"

namespace pilothouse::apiserver {
namespace {

const Key kAllocateLoadBalancerNodePorts = Key::intern("allocateLoadBalancerNodePorts");
const Key kIpFamilies = Key::intern("ipFamilies");
const Key kIpFamilyPolicy = Key::intern("ipFamilyPolicy");
const Key kNodePort = Key::intern("nodePort");
constexpr std::string_view kHeadless = "None";

std::string_view typeOf(const Value& service) { return service.get(keys::spec, keys::type).asString(); }

bool needsAddress(const Value& service) { return !service.isNull() && typeOf(service) != "ExternalName"; }

bool needsNodePorts(const Value& service) {
  if (typeOf(service) == "NodePort") return true;
  return typeOf(service) == "LoadBalancer" &&
         service[keys::spec][kAllocateLoadBalancerNodePorts].asBool(true);
}

// The first of clusterIPs, or clusterIP where only that is set; "" for none.
std::string addressOf(const Value& service) {
  const Value& spec = service[keys::spec];
  if (!spec[keys::clusterIPs].empty()) return spec[keys::clusterIPs].item(0).toString();
  return spec[keys::clusterIP].toString();
}

std::vector<std::int64_t> nodePortsOf(const Value& service) {
  std::vector<std::int64_t> ports;
  for (const Value& port : service.get(keys::spec, keys::ports).items()) {
    const std::int64_t number = port[kNodePort].asInt();
    if (number != 0 && std::find(ports.begin(), ports.end(), number) == ports.end()) ports.push_back(number);
  }
  return ports;
}

bool contains(const std::vector<std::int64_t>& ports, std::int64_t port) {
  return std::find(ports.begin(), ports.end(), port) != ports.end();
}

Value withPorts(const Value& service, const std::vector<Value>& ports) {
  return service.withPath({keys::spec, keys::ports}, Value::array(ports));
}

Value withFamilies(const Value& service) {
  const Value& spec = service[keys::spec];
  const bool dual = addressOf(service) == kHeadless && spec[keys::selector].empty();
  ObjectBuilder filled(spec);
  if (!spec.has(kIpFamilyPolicy)) filled.set(kIpFamilyPolicy, dual ? "RequireDualStack" : "SingleStack");
  if (spec[kIpFamilies].empty()) {
    const bool both = dual && !spec.has(kIpFamilyPolicy);
    filled.set(kIpFamilies, both ? Value::array({"IPv4", "IPv6"}) : Value::array({"IPv4"}));
  }
  return service.with(keys::spec, filled.build());
}

Value withAddress(const Value& service, const std::string& address) {
  return service.withPath({keys::spec, keys::clusterIP}, Value(address))
      .withPath({keys::spec, keys::clusterIPs}, Value::array({Value(address)}));
}

Value withoutAddress(const Value& service) {
  ObjectBuilder spec(service[keys::spec]);
  for (const Key key : {keys::clusterIP, keys::clusterIPs, kIpFamilies, kIpFamilyPolicy}) spec.remove(key);
  return service.with(keys::spec, spec.build());
}

// patchAllocatedValues: a manifest that names neither address nor node ports keeps those it has. A port is
// known again by its name.
Value withKept(const Value& service, const Value& before) {
  Value kept = service;
  if (needsAddress(before) && needsAddress(service) && addressOf(service).empty()) {
    kept = withAddress(kept, addressOf(before));
  }
  if (!needsNodePorts(before) || !needsNodePorts(service)) return kept;
  const std::vector<std::int64_t> sent = nodePortsOf(service);
  std::vector<Value> ports;
  for (const Value& port : service.get(keys::spec, keys::ports).items()) {
    ports.push_back(port);
    if (port[kNodePort].asInt() != 0) continue;
    for (const Value& old : before.get(keys::spec, keys::ports).items()) {
      if (old[keys::name].asString() != port[keys::name].asString()) continue;
      if (old[kNodePort].asInt() != 0 && !contains(sent, old[kNodePort].asInt())) {
        ports.back() = port.with(kNodePort, old[kNodePort]);
      }
    }
  }
  return withPorts(kept, ports);
}

// dropTypeDependentFields: a type without node ports drops those that came from the stored Service.
Value withoutStaleNodePorts(const Value& service, const Value& before) {
  if (needsNodePorts(service) || !needsNodePorts(before)) return service;
  if (nodePortsOf(service) != nodePortsOf(before)) return service;
  std::vector<Value> ports;
  for (const Value& port : service.get(keys::spec, keys::ports).items())
    ports.push_back(port.without(kNodePort));
  return withPorts(service, ports);
}

Outcome invalid(const Value& service, std::string field, std::string why, Value badValue) {
  return Outcome::failed(api::Status::invalid(
      api::resources::services, api::name(service),
      {{api::FieldError::Type::Invalid, std::move(field), std::move(why), std::move(badValue)}}));
}

}  // namespace

ServiceResources::ServiceResources(std::string_view clusterIpRange, std::string_view nodePortRange,
                                   Random& random)
    : addresses_(clusterIpRange), ports_(nodePortRange), random_(random) {}

Outcome ServiceResources::allocate(const Value& service, const Value& before, Ticket& ticket) {
  if (!needsAddress(service)) {
    const bool changedType = needsAddress(before) && addressOf(service) == addressOf(before);
    return Outcome::of(changedType ? withoutStaleNodePorts(withoutAddress(service), before) : service);
  }
  Value filled = service;
  if (!before.isNull()) filled = withoutStaleNodePorts(withKept(filled, before), before);
  filled = withFamilies(filled);
  const std::string had = needsAddress(before) ? addressOf(before) : std::string();
  if (const std::string wanted = addressOf(filled); wanted != had || wanted.empty()) {
    Outcome outcome = allocateAddress(filled, ticket);
    if (!outcome.ok()) return outcome;
    filled = std::move(outcome.object);
  }
  Outcome outcome = needsNodePorts(filled) ? allocatePorts(filled, before, ticket) : Outcome::of(filled);
  if (!outcome.ok()) revert(ticket);
  return outcome;
}

Outcome ServiceResources::allocateAddress(const Value& service, Ticket& ticket) {
  std::string address = addressOf(service);
  if (address == kHeadless) return Outcome::of(withAddress(service, address));
  if (address.empty()) {
    address = addresses_.allocateNext(random_);
    if (address.empty()) {
      return Outcome::failed(api::Status::internalError("failed to allocate a serviceIP: range is full"));
    }
  } else if (const std::string why = addresses_.allocate(address); !why.empty()) {
    return invalid(service, "spec.clusterIPs", "failed to allocate IP " + address + ": " + why,
                   Value::array({Value(address)}));
  }
  ticket.addresses.push_back(address);
  return Outcome::of(withAddress(service, address));
}

Outcome ServiceResources::allocatePorts(const Value& service, const Value& before, Ticket& ticket) {
  std::vector<std::int64_t> own = needsNodePorts(before) ? nodePortsOf(before) : std::vector<std::int64_t>();
  const auto& ports = service.get(keys::spec, keys::ports);
  std::vector<Value> filled(ports.items().begin(), ports.items().end());
  // Requested ports first, so that a random one does not take them.
  for (std::size_t i = 0; i < filled.size(); ++i) {
    const std::int64_t wanted = filled[i][kNodePort].asInt();
    if (wanted == 0 || contains(own, wanted)) continue;  // one number may serve TCP and UDP of one Service
    if (const std::string why = ports_.allocate(wanted); !why.empty()) {
      return invalid(service, "spec.ports[" + std::to_string(i) + "].nodePort", why, wanted);
    }
    ticket.ports.push_back(wanted);
    own.push_back(wanted);
  }
  for (Value& port : filled) {
    if (port[kNodePort].asInt() != 0) continue;
    const auto next = ports_.allocateNext(random_);
    if (!next)
      return Outcome::failed(api::Status::internalError("failed to allocate a nodePort: range is full"));
    ticket.ports.push_back(*next);
    port = port.with(kNodePort, *next);
  }
  return Outcome::of(withPorts(service, filled));
}

void ServiceResources::revert(Ticket& ticket) {
  for (const std::string& address : ticket.addresses) addresses_.release(address);
  for (const std::int64_t port : ticket.ports) ports_.release(port);
  ticket = {};
}

void ServiceResources::releaseDropped(const Value& before, const Value& after) {
  const std::string address = needsAddress(before) ? addressOf(before) : std::string();
  if (!address.empty() && address != kHeadless && (!needsAddress(after) || addressOf(after) != address)) {
    addresses_.release(address);
  }
  const std::vector<std::int64_t> kept = nodePortsOf(after);
  for (const std::int64_t port : nodePortsOf(before)) {
    if (!contains(kept, port)) ports_.release(port);
  }
}

void ServiceResources::adopt(const Value& service) {
  if (const std::string address = addressOf(service); !address.empty() && address != kHeadless) {
    addresses_.allocate(address);
  }
  for (const std::int64_t port : nodePortsOf(service)) ports_.allocate(port);
}

void ServiceResources::clear() {
  addresses_.clear();
  ports_.clear();
}

}  // namespace pilothouse::apiserver
