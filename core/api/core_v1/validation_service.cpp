#include <string>
#include <unordered_set>

#include "core/api/core_v1/validation.hpp"
#include "core/api/core_v1/validation_pod_parts.hpp"
#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/api/validation/ip.hpp"
#include "core/api/validation/object_meta.hpp"

namespace pilothouse::api {
namespace {

constexpr std::int64_t kAffinitySecondsMax = 86400;
constexpr std::string_view kOnlyForLoadBalancer = "may only be used when `type` is 'LoadBalancer'";

bool isHeadless(const Value& spec) {
  return spec["clusterIPs"].size() == 1 && spec["clusterIPs"].item(0).asString() == "None";
}

bool isExternallyAccessible(const Value& spec) {
  const std::string_view type = spec["type"].asString();
  return type == "LoadBalancer" || type == "NodePort" ||
         (type == "ClusterIP" && !spec["externalIPs"].empty());
}

void validateExternalName(Errors& errors, const FieldPath& path, const Value& spec) {
  constexpr std::string_view why = "may not be set for ExternalName services";
  if (!spec["clusterIPs"].empty()) errors.forbidden(path.child("clusterIPs"), why);
  if (!spec["ipFamilies"].empty()) errors.forbidden(path.child("ipFamilies"), why);
  if (!spec["ipFamilyPolicy"].isNull()) errors.forbidden(path.child("ipFamilyPolicy"), why);
  std::string_view name = spec["externalName"].asString();
  if (endsWith(name, ".")) name.remove_suffix(1);
  if (name.empty()) {
    errors.required(path.child("externalName"));
  } else {
    errors.invalid(path.child("externalName"), Value(name), isDns1123Subdomain(name));
  }
}

void validateType(Errors& errors, const FieldPath& path, const Value& spec) {
  const std::string_view type = spec["type"].asString();
  if (spec["ports"].empty() && !isHeadless(spec) && type != "ExternalName")
    errors.required(path.child("ports"));
  if ((type == "LoadBalancer" || type == "NodePort") && isHeadless(spec)) {
    errors.invalid(path.item("clusterIPs", 0), "None",
                   "may not be set to 'None' for " + std::string(type) + " services");
  }
  if (type == "ExternalName") validateExternalName(errors, path, spec);
}

void validatePort(Errors& errors, const FieldPath& path, const Value& port, bool requireName,
                  std::unordered_set<std::string_view>& names) {
  const Value& name = port["name"];
  if (!name.asString().empty()) {
    errors.invalid(path.child("name"), name, isDns1123Label(name.asString()));
    if (!names.insert(name.asString()).second) errors.duplicate(path.child("name"), name);
  } else if (requireName) {
    errors.required(path.child("name"));
  }
  errors.invalid(path.child("port"), Value(port["port"].asInt()), isPortNumber(port["port"].asInt()));
  const std::string_view protocol = port["protocol"].asString();
  if (protocol.empty()) {
    errors.required(path.child("protocol"));
  } else if (protocol != "TCP" && protocol != "UDP" && protocol != "SCTP") {
    errors.notSupported(path.child("protocol"), port["protocol"], {"SCTP", "TCP", "UDP"});
  }
  validatePortNumberOrName(errors, path.child("targetPort"), port["targetPort"]);
  const Value& appProtocol = port["appProtocol"];
  if (appProtocol.isString()) {
    errors.invalid(path.child("appProtocol"), appProtocol, isQualifiedName(appProtocol.asString()));
  }
}

void validateUniqueNumbers(Errors& errors, const FieldPath& path, const Value& spec) {
  const Value& ports = spec["ports"];
  std::unordered_set<std::string> nodePorts;
  std::unordered_set<std::string> numbers;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const FieldPath at = path.item("ports", i);
    const Value& nodePort = ports.item(i)["nodePort"];
    if (nodePort.asInt() == 0) continue;
    if (spec["type"].asString() == "ClusterIP") {
      errors.forbidden(at.child("nodePort"), "may not be used when `type` is 'ClusterIP'");
    }
    const std::string pair = ports.item(i)["protocol"].toString() + std::to_string(nodePort.asInt());
    if (!nodePorts.insert(pair).second) errors.duplicate(at.child("nodePort"), nodePort);
  }
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const Value& port = ports.item(i);
    const std::string pair = port["protocol"].toString() + std::to_string(port["port"].asInt());
    if (numbers.insert(pair).second) continue;
    errors.duplicate(path.item("ports", i), Value::object({{keys::port, Value(port["port"].asInt())},
                                                           {keys::protocol, port["protocol"]}}));
  }
}

void validateSessionAffinity(Errors& errors, const FieldPath& path, const Value& spec) {
  const Value& affinity = spec["sessionAffinity"];
  const Value& config = spec["sessionAffinityConfig"];
  const FieldPath at = path.child("sessionAffinityConfig");
  if (affinity.asString().empty()) {
    errors.required(path.child("sessionAffinity"));
  } else if (affinity.asString() == "None") {
    if (config.isObject()) errors.forbidden(at, "must not be set when session affinity is None");
  } else if (affinity.asString() != "ClientIP") {
    errors.notSupported(path.child("sessionAffinity"), affinity, {"ClientIP", "None"});
  } else {
    const Value& timeout = config["clientIP"]["timeoutSeconds"];
    if (!timeout.isInt()) {
      errors.required(at.child("clientIP.timeoutSeconds"), "when session affinity type is ClientIP");
    } else if (timeout.asInt() <= 0 || timeout.asInt() > kAffinitySecondsMax) {
      errors.invalid(at.child("clientIP.timeoutSeconds"), timeout,
                     "must be greater than 0 and less than 86400");
    }
  }
}

void validateFamilies(Errors& errors, const FieldPath& path, const Value& spec) {
  std::unordered_set<std::string_view> seen;
  const Value& families = spec["ipFamilies"];
  for (std::size_t i = 0; i < families.size(); ++i) {
    const Value& family = families.item(i);
    const FieldPath at = path.item("ipFamilies", i);
    if (family.asString() != "IPv4" && family.asString() != "IPv6") {
      errors.notSupported(at, family, {"IPv4", "IPv6"});
    }
    if (!seen.insert(family.asString()).second) errors.duplicate(at, family);
  }
  const Value& policy = spec["ipFamilyPolicy"];
  const std::string_view text = policy.asString();
  if (!policy.isNull() && text != "SingleStack" && text != "PreferDualStack" && text != "RequireDualStack") {
    errors.notSupported(path.child("ipFamilyPolicy"), policy,
                        {"PreferDualStack", "RequireDualStack", "SingleStack"});
  }
}

bool isV4(std::string_view ip) {
  const auto parsed = parseIp(ip);
  return parsed && parsed->isV4;
}

// True when each address is well-formed.
bool validateEachClusterIp(Errors& errors, const FieldPath& path, const Value& ips) {
  const std::size_t before = errors.size();
  for (std::size_t i = 0; i < ips.size(); ++i) {
    if (i == 0 && ips.item(i).asString() == "None") {
      if (ips.size() > 1) errors.invalid(path, ips, "'None' must be the first and only value");
    } else {
      validateIp(errors, path.item(i), ips.item(i));
    }
  }
  const bool valid = errors.size() == before;
  if (ips.size() > 2) errors.invalid(path, ips, "may only hold up to 2 values");
  return valid;
}

// ValidateServiceClusterIPsRelatedFields.
void validateClusterIps(Errors& errors, const FieldPath& path, const Value& spec) {
  if (spec["type"].asString() == "ExternalName") return;
  const Value& ip = spec["clusterIP"];
  const Value& ips = spec["clusterIPs"];
  const FieldPath at = path.child("clusterIPs");
  if (ip.asString().empty()) {
    if (!ips.empty()) errors.invalid(at, ips, "must be empty when `clusterIP` is not specified");
  } else if (ips.empty()) {
    errors.required(at);
  } else if (!(ips.item(0) == ip)) {
    errors.invalid(at, ips, "first value must match `clusterIP`");
  }
  validateFamilies(errors, path, spec);
  if (!validateEachClusterIp(errors, at, ips)) return;
  if (ips.size() > 1 && isV4(ips.item(0).asString()) == isV4(ips.item(1).asString())) {
    errors.invalid(at, ips, "may specify no more than one IP for each IP family");
  }
  if (isHeadless(spec)) return;
  const Value& families = spec["ipFamilies"];
  for (std::size_t i = 0; i < ips.size() && i < families.size(); ++i) {
    const bool v4 = isV4(ips.item(i).asString());
    const std::string_view family = families.item(i).asString();
    if ((family == "IPv4" && !v4) || (family == "IPv6" && v4)) {
      errors.invalid(at.item(i), ips.item(i),
                     "expected an " + std::string(family) + " value as indicated by `ipFamilies[" +
                         std::to_string(i) + "]`");
    }
  }
}

void validateSourceRanges(Errors& errors, const FieldPath& path, const Value& spec) {
  const Value& ranges = spec["loadBalancerSourceRanges"];
  if (ranges.empty()) return;
  const FieldPath at = path.child("LoadBalancerSourceRanges");  // upstream writes it so
  if (spec["type"].asString() != "LoadBalancer") errors.forbidden(at, kOnlyForLoadBalancer);
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    validateCidr(errors, at.item(i), trimmed(ranges.item(i).asString()));
  }
}

void validateTrafficPolicies(Errors& errors, const FieldPath& path, const Value& spec) {
  const Value& external = spec["externalTrafficPolicy"];
  const FieldPath at = path.child("externalTrafficPolicy");
  if (!isExternallyAccessible(spec)) {
    if (!external.asString().empty()) {
      errors.invalid(at, external, "may only be set for externally-accessible services");
    }
  } else if (external.asString().empty()) {
    errors.required(at);
  } else if (external.asString() != "Cluster" && external.asString() != "Local") {
    errors.notSupported(at, external, {"Cluster", "Local"});
  }
  const Value& health = spec["healthCheckNodePort"];
  const bool needsHealthCheck = spec["type"].asString() == "LoadBalancer" && external.asString() == "Local";
  if (health.asInt() != 0 && !needsHealthCheck) {
    errors.invalid(path.child("healthCheckNodePort"), health,
                   "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'");
  } else if (health.asInt() != 0) {
    errors.invalid(path.child("healthCheckNodePort"), health, isPortNumber(health.asInt()));
  }
  const Value& internal = spec["internalTrafficPolicy"];
  if (!internal.isNull() && internal.asString() != "Cluster" && internal.asString() != "Local") {
    errors.notSupported(path.child("internalTrafficPolicy"), internal, {"Cluster", "Local"});
  }
  const Value& distribution = spec["trafficDistribution"];
  if (!distribution.isNull() && distribution.asString() != "PreferClose") {
    errors.notSupported(path.child("trafficDistribution"), distribution, {"PreferClose"});
  }
}

void validateLoadBalancer(Errors& errors, const FieldPath& path, const Value& spec) {
  const bool balanced = spec["type"].asString() == "LoadBalancer";
  validateSourceRanges(errors, path, spec);
  if (!spec["allocateLoadBalancerNodePorts"].isNull() && !balanced) {
    errors.forbidden(path.child("allocateLoadBalancerNodePorts"), kOnlyForLoadBalancer);
  }
  const Value& loadBalancerClass = spec["loadBalancerClass"];
  if (loadBalancerClass.isNull()) return;
  if (balanced) {
    errors.invalid(path.child("loadBalancerClass"), loadBalancerClass,
                   isQualifiedName(loadBalancerClass.asString()));
  } else {
    errors.forbidden(path.child("loadBalancerClass"), kOnlyForLoadBalancer);
  }
}

void validateSpec(Errors& errors, const FieldPath& path, const Value& spec) {
  validateType(errors, path, spec);
  std::unordered_set<std::string_view> names;
  const Value& ports = spec["ports"];
  for (std::size_t i = 0; i < ports.size(); ++i) {
    validatePort(errors, path.item("ports", i), ports.item(i), ports.size() > 1, names);
  }
  validateLabels(errors, path.child("selector"), spec["selector"]);
  validateSessionAffinity(errors, path, spec);
  validateClusterIps(errors, path, spec);
  const Value& externalIps = spec["externalIPs"];
  for (std::size_t i = 0; i < externalIps.size(); ++i) {
    const std::size_t before = errors.size();
    validateIp(errors, path.item("externalIPs", i), externalIps.item(i));
    if (errors.size() == before)
      validateNonSpecialIp(errors, path.item("externalIPs", i), externalIps.item(i));
  }
  const std::string_view type = spec["type"].asString();
  if (type.empty()) {
    errors.required(path.child("type"));
  } else if (type != "ClusterIP" && type != "NodePort" && type != "LoadBalancer" && type != "ExternalName") {
    errors.notSupported(path.child("type"), spec["type"],
                        {"ClusterIP", "ExternalName", "LoadBalancer", "NodePort"});
  }
  validateUniqueNumbers(errors, path, spec);
  validateLoadBalancer(errors, path, spec);
  validateTrafficPolicies(errors, path, spec);
}

// validateUpgradeDowngradeClusterIPs for the single address that a Service here has.
void validateSameClusterIp(Errors& errors, const FieldPath& path, const Value& now, const Value& before) {
  const auto external = [](const Value& spec) { return spec["type"].asString() == "ExternalName"; };
  if (external(now) || external(before) || (isHeadless(now) && isHeadless(before))) return;
  const Value& ips = now["clusterIPs"];
  const Value& old = before["clusterIPs"];
  if (old.empty()) return;
  if (ips.empty()) {
    errors.invalid(path.item("clusterIPs", 0), ips, "primary clusterIP can not be unset");
  }
  for (std::size_t i = 0; i < old.size() && i < ips.size(); ++i) {
    if (!(ips.item(i) == old.item(i))) {
      errors.invalid(path.item("clusterIPs", i), ips, "may not change once set");
    }
  }
  const Value& families = now["ipFamilies"];
  if (isHeadless(now) == isHeadless(before) && !families.empty() && !before["ipFamilies"].empty() &&
      !(families.item(0) == before["ipFamilies"].item(0))) {
    errors.invalid(path.item("ipFamilies", 0), families, "may not change once set");
  }
}

}  // namespace

void validateService(Errors& errors, const Value& service) {
  validateObjectMeta(errors, service, true, &nameIsDns1035Label);
  validateSpec(errors, FieldPath("spec"), service[keys::spec]);
}

void validateServiceUpdate(Errors& errors, const Value& service, const Value& stored) {
  const FieldPath path("spec");
  const Value& now = service[keys::spec];
  const Value& before = stored[keys::spec];
  validateObjectMetaUpdate(errors, service, stored);
  if (now.sameAs(before)) return;
  validateSameClusterIp(errors, path, now, before);
  const bool balanced =
      now["type"].asString() == "LoadBalancer" && before["type"].asString() == "LoadBalancer";
  if (balanced && !(now["loadBalancerClass"] == before["loadBalancerClass"])) {
    errors.invalid(path.child("loadBalancerClass"), now["loadBalancerClass"], "may not change once set");
  }
  validateSpec(errors, path, now);
}

void validateServiceStatusUpdate(Errors& errors, const Value& service, const Value& stored) {
  validateObjectMetaUpdate(errors, service, stored);
  const FieldPath path("status.loadBalancer");
  const Value& ingress = service[keys::status]["loadBalancer"]["ingress"];
  if (!ingress.empty() && service[keys::spec]["type"].asString() != "LoadBalancer") {
    return errors.forbidden(path.child("ingress"), "may only be used when `spec.type` is 'LoadBalancer'");
  }
  for (std::size_t i = 0; i < ingress.size(); ++i) {
    const FieldPath at = path.item("ingress", i);
    const Value& ip = ingress.item(i)["ip"];
    const Value& mode = ingress.item(i)["ipMode"];
    const Value& hostname = ingress.item(i)["hostname"];
    if (!ip.asString().empty()) validateIp(errors, at.child("ip"), ip);
    if (mode.isNull()) {
      if (!ip.asString().empty()) errors.required(at.child("ipMode"), "must be specified when `ip` is set");
    } else if (ip.asString().empty()) {
      errors.forbidden(at.child("ipMode"), "may not be specified when `ip` is not set");
    } else if (mode.asString() != "VIP" && mode.asString() != "Proxy") {
      errors.notSupported(at.child("ipMode"), mode, {"Proxy", "VIP"});
    }
    if (hostname.asString().empty()) continue;
    errors.invalid(at.child("hostname"), hostname, isDns1123Subdomain(hostname.asString()));
    if (parseIp(hostname.asString())) {
      errors.invalid(at.child("hostname"), hostname, "must be a DNS name, not an IP address");
    }
  }
}

}  // namespace pilothouse::api
