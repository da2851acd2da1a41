#include <optional>
#include <string_view>

#include "core/api/keys.hpp"
#include "core/api/networking_v1/validation.hpp"
#include "core/api/validation/ip.hpp"
#include "core/api/validation/object_meta.hpp"

namespace pilothouse::api {
namespace {

const Key kCidr = Key::intern("cidr");
const Key kEgress = Key::intern("egress");
const Key kEndPort = Key::intern("endPort");
const Key kExcept = Key::intern("except");
const Key kFrom = Key::intern("from");
const Key kIngress = Key::intern("ingress");
const Key kIpBlock = Key::intern("ipBlock");
const Key kNamespaceSelector = Key::intern("namespaceSelector");
const Key kPodSelector = Key::intern("podSelector");
const Key kPolicyTypes = Key::intern("policyTypes");
const Key kPort = Key::intern("port");
const Key kPorts = Key::intern("ports");
const Key kProtocol = Key::intern("protocol");
const Key kTo = Key::intern("to");

constexpr std::size_t kPolicyTypesMax = 2;

void validatePort(Errors& errors, const FieldPath& path, const Value& port) {
  const std::string_view protocol = port[kProtocol].asString();
  if (port.has(kProtocol) && protocol != "TCP" && protocol != "UDP" && protocol != "SCTP") {
    errors.notSupported(path.child("protocol"), port[kProtocol], {"TCP", "UDP", "SCTP"});
  }
  const Value& number = port[kPort];
  const Value& end = port[kEndPort];
  const FieldPath endPath = path.child("endPort");
  if (number.isNull()) {
    if (!end.isNull()) errors.invalid(endPath, end, "may not be specified when `port` is not specified");
  } else if (number.isString()) {
    if (!end.isNull()) errors.invalid(endPath, end, "may not be specified when `port` is non-numeric");
    errors.invalid(path.child("port"), number, isPortName(number.asString()));
  } else {
    errors.invalid(path.child("port"), number, isPortNumber(number.asInt()));
    if (end.isNull()) return;
    if (end.asInt() < number.asInt()) {
      errors.invalid(endPath, end, "must be greater than or equal to `port`");
    }
    errors.invalid(endPath, end, isPortNumber(end.asInt()));
  }
}

struct Network {
  IpAddress address;
  unsigned bits = 0;

  [[nodiscard]] bool contains(const IpAddress& other) const {
    if (other.isV4 != address.isV4) return false;
    for (unsigned bit = 0; bit < bits; ++bit) {
      const unsigned mask = 0x80U >> (bit % 8);
      if (((address.bytes[bit / 8] ^ other.bytes[bit / 8]) & mask) != 0) return false;
    }
    return true;
  }
};

std::optional<Network> networkOf(std::string_view cidr) {
  if (!isCidr(cidr)) return std::nullopt;
  const std::size_t slash = cidr.find('/');
  Network network{*parseIp(cidr.substr(0, slash)), 0};
  for (const char digit : cidr.substr(slash + 1)) {
    network.bits = network.bits * 10 + static_cast<unsigned>(digit - '0');
  }
  return network;
}

void validateIpBlock(Errors& errors, const FieldPath& path, const Value& block) {
  constexpr std::string_view kNotCidr = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
  const FieldPath cidrPath = path.child("cidr");
  if (block[kCidr].asString().empty()) return errors.required(cidrPath);
  const auto network = networkOf(block[kCidr].asString());
  if (!network) return errors.invalid(cidrPath, block[kCidr], kNotCidr);
  const auto exceptions = block[kExcept].items();
  const FieldPath exceptPath = path.child("except");
  for (std::size_t i = 0; i < exceptions.size(); ++i) {
    const FieldPath at = exceptPath.item(i);
    const auto exception = networkOf(exceptions[i].asString());
    if (!exception) {
      errors.invalid(at, exceptions[i], kNotCidr);
    } else if (!network->contains(exception->address) || network->bits >= exception->bits) {
      errors.invalid(at, exceptions[i], "must be a strict subset of `cidr`");
    }
  }
}

void validatePeer(Errors& errors, const FieldPath& path, const Value& peer) {
  int peers = 0;
  for (const Key selector : {kPodSelector, kNamespaceSelector}) {
    if (!peer.has(selector)) continue;
    ++peers;
    validateLabelSelector(errors, path.child(selector.text()), peer[selector]);
  }
  if (peer.has(kIpBlock)) {
    ++peers;
    validateIpBlock(errors, path.child("ipBlock"), peer[kIpBlock]);
  }
  if (peers == 0) {
    errors.required(path, "must specify a peer");
  } else if (peers > 1 && peer.has(kIpBlock)) {
    errors.forbidden(path, "may not specify both ipBlock and another peer");
  }
}

void validateRules(Errors& errors, const FieldPath& path, const Value& rules, Key peersKey) {
  for (std::size_t i = 0; i < rules.items().size(); ++i) {
    const Value& rule = rules.items()[i];
    const FieldPath at = path.item(i);
    const FieldPath ports = at.child("ports");
    for (std::size_t j = 0; j < rule[kPorts].items().size(); ++j) {
      validatePort(errors, ports.item(j), rule[kPorts].items()[j]);
    }
    const FieldPath peers = at.child(peersKey.text());
    for (std::size_t j = 0; j < rule[peersKey].items().size(); ++j) {
      validatePeer(errors, peers.item(j), rule[peersKey].items()[j]);
    }
  }
}

void validateSpec(Errors& errors, const FieldPath& path, const Value& spec) {
  validateLabelSelector(errors, path.child("podSelector"), spec[kPodSelector]);
  validateRules(errors, path.child("ingress"), spec[kIngress], kFrom);
  validateRules(errors, path.child("egress"), spec[kEgress], kTo);
  const FieldPath types = path.child("policyTypes");
  if (spec[kPolicyTypes].size() > kPolicyTypesMax) {
    return errors.invalid(types, spec[kPolicyTypes], "may not specify more than two policyTypes");
  }
  for (std::size_t i = 0; i < spec[kPolicyTypes].size(); ++i) {
    const Value& type = spec[kPolicyTypes].item(i);
    if (type.asString() != "Ingress" && type.asString() != "Egress") {
      errors.notSupported(types.item(i), type, {"Ingress", "Egress"});
    }
  }
}

}  // namespace

void validateNetworkPolicy(Errors& errors, const Value& policy) {
  validateObjectMeta(errors, policy, true, &nameIsDnsSubdomain);
  const FieldPath spec("spec");
  validateSpec(errors, spec, policy[keys::spec]);
}

void validateNetworkPolicyUpdate(Errors& errors, const Value& policy, const Value& stored) {
  validateObjectMetaUpdate(errors, policy, stored);
  if (policy[keys::spec].sameAs(stored[keys::spec])) return;
  const FieldPath spec("spec");
  validateSpec(errors, spec, policy[keys::spec]);
}

}  // namespace pilothouse::api
