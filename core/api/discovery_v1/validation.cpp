#include "core/api/discovery_v1/validation.hpp"

#include <unordered_set>

#include "core/api/core_v1/validation.hpp"
#include "core/api/keys.hpp"
#include "core/api/validation/ip.hpp"
#include "core/api/validation/object_meta.hpp"

namespace pilothouse::api {
namespace {

const Key kAddressType = Key::intern("addressType");
const Key kHostname = Key::intern("hostname");
const Key kNodeName = Key::intern("nodeName");

constexpr std::size_t kAddressesMax = 100;
constexpr std::size_t kPortsMax = 20000;
constexpr std::size_t kEndpointsMax = 1000;

void validateDomainName(Errors& errors, const FieldPath& path, std::string_view name) {
  if (name.empty()) return errors.required(path);
  if (endsWith(name, ".")) name.remove_suffix(1);
  if (const Messages wrong = isDns1123Subdomain(name); !wrong.empty()) {
    return errors.invalid(path, Value(name), joined(wrong, ","));
  }
  if (!contains(name, ".")) {
    return errors.invalid(path, Value(name),
                          "should be a domain with at least two segments separated by dots");
  }
  for (const std::string_view label : split(name, '.')) {
    if (const Messages wrong = isDns1123Label(label); !wrong.empty()) {
      return errors.invalid(path, Value(label), joined(wrong, ","));
    }
  }
}

void validateAddress(Errors& errors, const FieldPath& path, const Value& address, std::string_view type) {
  if (type == "FQDN") return validateDomainName(errors, path, address.asString());
  if (type != "IPv4" && type != "IPv6") return;
  const auto ip = parseIp(address.asString());
  if (!ip || ip->isV4 != (type == "IPv4")) {
    errors.invalid(path, address,
                   type == "IPv4" ? "must be a valid IPv4 address" : "must be a valid IPv6 address");
  }
  validateNonSpecialIp(errors, path, address);
}

void validateEndpoint(Errors& errors, const FieldPath& path, const Value& endpoint, std::string_view type) {
  const Value& addresses = endpoint[keys::addresses];
  if (addresses.empty()) {
    errors.required(path.child("addresses"), "must contain at least 1 address");
  } else if (addresses.size() > kAddressesMax) {
    errors.tooMany(path.child("addresses"), addresses.size(), kAddressesMax);
  }
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    validateAddress(errors, path.item("addresses", i), addresses.item(i), type);
  }
  if (const Value& nodeName = endpoint[kNodeName]; nodeName.isString()) {
    errors.invalid(path.child("nodeName"), nodeName, isNodeName(nodeName.asString()));
  }
  if (const Value& hostname = endpoint[kHostname]; hostname.isString()) {
    errors.invalid(path.child("hostname"), hostname, isDns1123Label(hostname.asString()));
  }
}

void validateEndpoints(Errors& errors, const Value& slice, const Value& known) {
  const FieldPath path("endpoints");
  const Value& endpoints = slice[keys::endpoints];
  if (endpoints.size() > kEndpointsMax) return errors.tooMany(path, endpoints.size(), kEndpointsMax);
  const std::string_view type = slice[kAddressType].asString();
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    const Value& endpoint = endpoints.item(i);
    if (!endpoint.sameAs(known.item(i))) validateEndpoint(errors, path.item(i), endpoint, type);
  }
}

void validatePorts(Errors& errors, const Value& ports) {
  const FieldPath path("ports");
  if (ports.size() > kPortsMax) return errors.tooMany(path, ports.size(), kPortsMax);
  std::unordered_set<std::string_view> names;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const FieldPath at = path.item(i);
    const Value& port = ports.item(i);
    const Value& name = port[keys::name];
    if (!name.asString().empty()) {
      errors.invalid(at.child("name"), name, isDns1123Label(name.asString()));
    }
    if (!names.insert(name.asString()).second) errors.duplicate(at.child("name"), name);
    const std::string_view protocol = port[keys::protocol].asString();
    if (protocol.empty()) {
      errors.required(at.child("protocol"));
    } else if (protocol != "TCP" && protocol != "UDP" && protocol != "SCTP") {
      errors.notSupported(at.child("protocol"), port[keys::protocol], {"SCTP", "TCP", "UDP"});
    }
    if (const Value& appProtocol = port["appProtocol"]; appProtocol.isString()) {
      errors.invalid(at.child("appProtocol"), appProtocol, isQualifiedName(appProtocol.asString()));
    }
  }
}

void validateContent(Errors& errors, const Value& slice, const Value& stored) {
  const FieldPath path("addressType");
  const Value& type = slice[kAddressType];
  if (type.asString().empty()) {
    errors.required(path);
  } else if (type.asString() != "IPv4" && type.asString() != "IPv6" && type.asString() != "FQDN") {
    errors.notSupported(path, type, {"FQDN", "IPv4", "IPv6"});
  }
  validateEndpoints(errors, slice, stored[keys::endpoints]);
  if (stored.isNull() || !(slice[keys::ports] == stored[keys::ports]))
    validatePorts(errors, slice[keys::ports]);
}

}  // namespace

void validateEndpointSlice(Errors& errors, const Value& slice) {
  validateObjectMeta(errors, slice, true, &nameIsDnsSubdomain);
  validateContent(errors, slice, Value());
}

void validateEndpointSliceUpdate(Errors& errors, const Value& slice, const Value& stored) {
  validateObjectMetaUpdate(errors, slice, stored);
  validateContent(errors, slice, stored);
  errors.immutable(FieldPath("addressType"), slice[kAddressType], stored[kAddressType]);
}

}  // namespace pilothouse::api
