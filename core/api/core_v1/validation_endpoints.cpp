#include "core/api/core_v1/validation.hpp"
#include "core/api/keys.hpp"
#include "core/api/validation/object_meta.hpp"

namespace pilothouse::api {
namespace {

void validateAddress(Errors& errors, const FieldPath& path, const Value& address) {
  const Value& ip = address["ip"];
  const Value& hostname = address["hostname"];
  const Value& nodeName = address["nodeName"];
  validateIp(errors, path.child("ip"), ip);
  if (!hostname.asString().empty()) {
    errors.invalid(path.child("hostname"), hostname, isDns1123Label(hostname.asString()));
  }
  if (nodeName.isString()) errors.invalid(path.child("nodeName"), nodeName, isNodeName(nodeName.asString()));
  validateNonSpecialIp(errors, path.child("ip"), ip);
}

void validatePort(Errors& errors, const FieldPath& path, const Value& port, bool requireName) {
  const Value& name = port["name"];
  if (!name.asString().empty()) {
    errors.invalid(path.child("name"), name, isDns1123Label(name.asString()));
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
}

void validateSubset(Errors& errors, const FieldPath& path, const Value& subset) {
  if (subset["addresses"].empty() && subset["notReadyAddresses"].empty()) {
    errors.required(path, "must specify `addresses` or `notReadyAddresses`");
  }
  for (const std::string_view list : {"addresses", "notReadyAddresses"}) {
    const Value& addresses = subset[list];
    for (std::size_t i = 0; i < addresses.size(); ++i) {
      validateAddress(errors, path.item(list, i), addresses.item(i));
    }
  }
  const Value& ports = subset["ports"];
  for (std::size_t i = 0; i < ports.size(); ++i) {
    validatePort(errors, path.item("ports", i), ports.item(i), ports.size() > 1);
  }
}

void validateSubsets(Errors& errors, const Value& subsets) {
  const FieldPath path("subsets");
  for (std::size_t i = 0; i < subsets.size(); ++i) validateSubset(errors, path.item(i), subsets.item(i));
}

}  // namespace

void validateEndpoints(Errors& errors, const Value& endpoints) {
  validateObjectMeta(errors, endpoints, true, &nameIsDnsSubdomain);
  validateSubsets(errors, endpoints[keys::subsets]);
}

void validateEndpointsUpdate(Errors& errors, const Value& endpoints, const Value& stored) {
  validateObjectMetaUpdate(errors, endpoints, stored);
  if (!(endpoints[keys::subsets] == stored[keys::subsets])) validateSubsets(errors, endpoints[keys::subsets]);
}

}  // namespace pilothouse::api
