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

const Key kAllocatable = Key::intern("allocatable");
const Key kPodCidrs = Key::intern("podCIDRs");
const Key kProviderId = Key::intern("providerID");

void validateTaints(Errors& errors, const Value& taints) {
  const FieldPath path("metadata.taints");  // upstream's path
  std::unordered_set<std::string> seen;
  for (std::size_t i = 0; i < taints.size(); ++i) {
    const FieldPath at = path.item(i);
    const Value& taint = taints.item(i);
    const std::string_view key = taint["key"].asString();
    errors.invalid(at.child("key"), Value(key), isQualifiedName(key));
    const Messages wrong = isLabelValue(taint["value"].asString());
    if (!wrong.empty()) errors.invalid(at.child("value"), taint["value"], joined(wrong, ";"));
    validateTaintEffect(errors, at.child("effect"), taint["effect"], false);
    if (!seen.insert(taint["effect"].toString() + "/" + std::string(key)).second) {
      errors.duplicate(at, taint, "taints must be unique by key and effect pair");
    }
  }
}

void validateResources(Errors& errors, const Value& node, const Value& stored) {
  const FieldPath path("status");
  for (const Key list : {keys::capacity, kAllocatable}) {
    const Value& quantities = node[keys::status][list];
    if (quantities == stored[keys::status][list]) continue;
    const FieldPath at = path.child(list.text());
    for (std::size_t i = 0; i < quantities.memberKeys().size(); ++i) {
      const std::string_view name = quantities.memberKeys()[i].text();
      validateResourceQuantity(errors, at.child(name), name, quantities.memberValues()[i]);
    }
  }
}

void validateAddresses(Errors& errors, const Value& addresses) {
  const FieldPath path("status");
  std::unordered_set<std::string> seen;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const Value& address = addresses.item(i);
    if (!seen.insert(address["type"].toString() + "/" + address["address"].toString()).second) {
      errors.duplicate(path.item("addresses", i), address);
    }
  }
}

void validatePodCidrs(Errors& errors, const Value& cidrs) {
  const FieldPath path("spec");
  std::unordered_set<std::string_view> seen;
  std::size_t v4 = 0;
  for (std::size_t i = 0; i < cidrs.size(); ++i) {
    const std::string_view cidr = cidrs.item(i).asString();
    validateCidr(errors, path.item("podCIDRs", i), cidr);
    if (!contains(cidr, ":")) ++v4;
    if (!seen.insert(cidr).second) errors.duplicate(path.item("podCIDRs", i), cidrs.item(i));
  }
  if (cidrs.size() > 1 && (cidrs.size() > 2 || v4 != 1)) {
    errors.invalid(path.child("podCIDRs"), cidrs, "may specify no more than one CIDR for each IP family");
  }
}

}  // namespace

void validateNode(Errors& errors, const Value& node) {
  validateObjectMeta(errors, node, false, &nameIsDnsSubdomain);
  validateTaints(errors, node[keys::spec][keys::taints]);
  validateResources(errors, node, Value());
  validatePodCidrs(errors, node[keys::spec][kPodCidrs]);
}

void validateNodeUpdate(Errors& errors, const Value& node, const Value& stored) {
  validateObjectMetaUpdate(errors, node, stored);
  validateResources(errors, node, stored);
  const Value& addresses = node[keys::status][keys::addresses];
  if (!(addresses == stored[keys::status][keys::addresses])) validateAddresses(errors, addresses);
  const FieldPath path("spec");
  const Value& now = node[keys::spec];
  const Value& before = stored[keys::spec];
  if (now.sameAs(before)) return;
  if (!before[kPodCidrs].empty() && !(now[kPodCidrs] == before[kPodCidrs])) {
    errors.forbidden(path.child("podCIDRs"), "node updates may not change podCIDR except from \"\" to valid");
  }
  if (!before[kProviderId].asString().empty() && !(now[kProviderId] == before[kProviderId])) {
    errors.forbidden(path.child("providerID"),
                     "node updates may not change providerID except from \"\" to valid");
  }
  validateTaints(errors, now[keys::taints]);
}

}  // namespace pilothouse::api
