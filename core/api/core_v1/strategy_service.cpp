#include <vector>

#include "core/api/core_v1/strategies.hpp"
#include "core/api/keys.hpp"

namespace pilothouse::api {
namespace {

const Key kAllocateLoadBalancerNodePorts = Key::intern("allocateLoadBalancerNodePorts");
const Key kExternalIps = Key::intern("externalIPs");
const Key kExternalTrafficPolicy = Key::intern("externalTrafficPolicy");
const Key kHealthCheckNodePort = Key::intern("healthCheckNodePort");
const Key kIpFamilies = Key::intern("ipFamilies");
const Key kIpFamilyPolicy = Key::intern("ipFamilyPolicy");
const Key kLoadBalancer = Key::intern("loadBalancer");
const Key kLoadBalancerClass = Key::intern("loadBalancerClass");
const Key kNodePort = Key::intern("nodePort");

bool isType(const Value& spec, std::string_view type) { return spec[keys::type].asString() == type; }

bool needsClusterIp(const Value& spec) { return !isType(spec, "ExternalName"); }

bool needsNodePort(const Value& spec) {
  return isType(spec, "NodePort") ||
         (isType(spec, "LoadBalancer") && spec[kAllocateLoadBalancerNodePorts].asBool(true));
}

bool needsHealthCheck(const Value& spec) {
  return isType(spec, "LoadBalancer") && spec[kExternalTrafficPolicy].asString() == "Local";
}

bool isExternallyAccessible(const Value& spec) {
  return isType(spec, "NodePort") || isType(spec, "LoadBalancer") ||
         (isType(spec, "ClusterIP") && !spec[kExternalIps].empty());
}

// normalizeClusterIPs: clients that know only clusterIP write that alone.
Value withSyncedClusterIps(const Value& spec, const Value& before) {
  const Value& ip = spec[keys::clusterIP];
  if (ip.asString().empty()) {
    // Released by its old name.
    const bool released = !before.isNull() && !before[keys::clusterIP].asString().empty() &&
                          spec[keys::clusterIPs] == before[keys::clusterIPs];
    return released ? spec.without(keys::clusterIPs) : spec;
  }
  if (spec[keys::clusterIPs].empty()) return spec.with(keys::clusterIPs, Value::array({ip}));
  const bool renamed = !before.isNull() && !(ip == before[keys::clusterIP]) &&
                       spec[keys::clusterIPs] == before[keys::clusterIPs];
  return renamed ? spec.with(keys::clusterIPs, Value::array({ip})) : spec;
}

// patchAllocatedValues for the address; node ports are known again when they are allocated.
Value withKeptAddress(const Value& spec, const Value& before) {
  if (!needsClusterIp(spec) || !needsClusterIp(before) || !spec[keys::clusterIP].asString().empty())
    return spec;
  if (!spec[keys::clusterIPs].empty() || before[keys::clusterIP].asString().empty()) return spec;
  return spec.with(keys::clusterIP, before[keys::clusterIP]).with(keys::clusterIPs, before[keys::clusterIPs]);
}

Value withoutUnchanged(Value spec, Key key, const Value& before) {
  return spec.has(key) && spec[key] == before[key] ? spec.without(key) : spec;
}

bool sameNodePorts(const Value& ports, const Value& before) {
  if (ports.size() != before.size()) return false;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    if (!(ports.item(i)[kNodePort] == before.item(i)[kNodePort])) return false;
  }
  return true;
}

Value withoutNodePorts(const Value& spec) {
  std::vector<Value> ports;
  for (const Value& port : spec[keys::ports].items()) ports.push_back(port.without(kNodePort));
  return spec.with(keys::ports, Value::array(ports));
}

// dropTypeDependentFields: what the old type had and the new one may not have goes, when nobody changed it.
Value withoutOldTypesFields(Value spec, const Value& before) {
  if (needsClusterIp(before) && !needsClusterIp(spec) && spec[keys::clusterIPs] == before[keys::clusterIPs]) {
    spec = spec.without(keys::clusterIP).without(keys::clusterIPs);
  }
  if (needsClusterIp(before) && !needsClusterIp(spec)) {
    spec = withoutUnchanged(spec, kIpFamilies, before);
    spec = withoutUnchanged(spec, kIpFamilyPolicy, before);
  }
  if (needsNodePort(before) && !needsNodePort(spec) &&
      sameNodePorts(spec[keys::ports], before[keys::ports])) {
    spec = withoutNodePorts(spec);
  }
  if (needsHealthCheck(before) && !needsHealthCheck(spec)) {
    spec = withoutUnchanged(spec, kHealthCheckNodePort, before);
  }
  if (isType(before, "LoadBalancer") && !isType(spec, "LoadBalancer")) {
    spec = withoutUnchanged(spec, kAllocateLoadBalancerNodePorts, before);
    spec = withoutUnchanged(spec, kLoadBalancerClass, before);
  }
  if (isExternallyAccessible(before) && !isExternallyAccessible(spec)) {
    spec = withoutUnchanged(spec, kExternalTrafficPolicy, before);
  }
  return spec;
}

}  // namespace

Value prepareServiceCreate(const Value& service) {
  static const Value status = Value::object({{kLoadBalancer, Value::emptyObject()}});
  return service.with(keys::spec, withSyncedClusterIps(service[keys::spec], Value()))
      .with(keys::status, status);
}

Value prepareServiceUpdate(const Value& service, const Value& stored) {
  const Value& before = stored[keys::spec];
  Value spec = service[keys::spec];
  if (!spec.sameAs(before)) {
    spec = withKeptAddress(withSyncedClusterIps(spec, before), before);
    spec = withoutOldTypesFields(std::move(spec), before);
  }
  const Value prepared = service.with(keys::spec, spec);
  return stored.has(keys::status) ? prepared.with(keys::status, stored[keys::status])
                                  : prepared.without(keys::status);
}

}  // namespace pilothouse::api
