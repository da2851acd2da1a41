#include "core/api/core_v1/defaults.hpp"
#include "core/api/defaulting.hpp"
#include "core/api/keys.hpp"

namespace pilothouse::api {
namespace {

const Key kAllocateLoadBalancerNodePorts = Key::intern("allocateLoadBalancerNodePorts");
const Key kClientIp = Key::intern("clientIP");
const Key kExternalIps = Key::intern("externalIPs");
const Key kExternalTrafficPolicy = Key::intern("externalTrafficPolicy");
const Key kIngress = Key::intern("ingress");
const Key kInternalTrafficPolicy = Key::intern("internalTrafficPolicy");
const Key kIp = Key::intern("ip");
const Key kIpMode = Key::intern("ipMode");
const Key kLoadBalancer = Key::intern("loadBalancer");
const Key kSessionAffinity = Key::intern("sessionAffinity");
const Key kSessionAffinityConfig = Key::intern("sessionAffinityConfig");
const Key kTargetPort = Key::intern("targetPort");
const Key kTimeoutSeconds = Key::intern("timeoutSeconds");

constexpr std::int64_t kDefaultClientIpServiceAffinitySeconds = 10800;

Value withPortDefaults(const Value& sent) {
  Value port = sent;
  setDefault(port, keys::protocol, "TCP");
  const Value& target = port[kTargetPort];
  if ((isUnset(target) || (target.isInt() && target.asInt() == 0)) && port[keys::port].isInt()) {
    port = port.with(kTargetPort, port[keys::port]);
  }
  return port;
}

Value withAffinityDefaults(const Value& sent) {
  Value spec = sent;
  setDefault(spec, kSessionAffinity, "None");
  const std::string_view affinity = spec[kSessionAffinity].asString();
  if (affinity == "None") return spec.without(kSessionAffinityConfig);
  if (affinity == "ClientIP" && spec[kSessionAffinityConfig][kClientIp][kTimeoutSeconds].isNull()) {
    spec = spec.with(
        kSessionAffinityConfig,
        Value::object(
            {{kClientIp, Value::object({{kTimeoutSeconds, kDefaultClientIpServiceAffinitySeconds}})}}));
  }
  return spec;
}

Value specDefaults(const Value& sent) {
  Value spec = withAffinityDefaults(sent);
  setDefault(spec, keys::type, "ClusterIP");
  const std::string type = spec[keys::type].toString();
  changeItems(spec, keys::ports, withPortDefaults);
  const bool external =
      type == "NodePort" || type == "LoadBalancer" || (type == "ClusterIP" && !spec[kExternalIps].empty());
  if (external) setDefault(spec, kExternalTrafficPolicy, "Cluster");
  if (type == "NodePort" || type == "LoadBalancer" || type == "ClusterIP") {
    if (spec[kInternalTrafficPolicy].isNull()) spec = spec.with(kInternalTrafficPolicy, "Cluster");
  }
  if (type == "LoadBalancer" && spec[kAllocateLoadBalancerNodePorts].isNull()) {
    spec = spec.with(kAllocateLoadBalancerNodePorts, true);
  }
  return spec;
}

}  // namespace

Value serviceDefaults(const Value& sent) {
  Value service = sent.with(keys::spec, specDefaults(sent[keys::spec]));
  if (service[keys::spec][keys::type].asString() != "LoadBalancer") return service;
  changeMember(service, keys::status, [](const Value& status) {
    Value filled = status;
    changeMember(filled, kLoadBalancer, [](const Value& balancer) {
      Value complete = balancer;
      changeItems(complete, kIngress, [](const Value& ingress) {
        if (isUnset(ingress[kIp]) || !ingress[kIpMode].isNull()) return ingress;
        return ingress.with(kIpMode, "VIP");
      });
      return complete;
    });
    return filled;
  });
  return service;
}

Value endpointsDefaults(const Value& sent) {
  Value endpoints = sent;
  changeItems(endpoints, keys::subsets, [](const Value& subset) {
    Value filled = subset;
    changeItems(filled, keys::ports, [](const Value& port) {
      Value complete = port;
      setDefault(complete, keys::protocol, "TCP");
      return complete;
    });
    return filled;
  });
  return endpoints;
}

}  // namespace pilothouse::api
