#include "core/api/scheduling_v1/validation.hpp"

#include <string>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/api/validation/object_meta.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kSystemPrefix = "system-";
constexpr std::int64_t kHighestUserPriority = 1000000000;

const Key kGlobalDefault = Key::intern("globalDefault");
const Key kPreemptionPolicy = Key::intern("preemptionPolicy");

constexpr SystemPriorityClass kSystemClasses[] = {
    {"system-node-critical", 2 * kHighestUserPriority + 1000,
     "Used for system critical pods that must not be moved from their current node."},
    {"system-cluster-critical", 2 * kHighestUserPriority,
     "Used for system critical pods that must run in the cluster, but can be moved to another node if "
     "necessary."}};

// IsKnownSystemPriorityClass; empty: it is one.
std::string unknownSystemClass(const Value& priorityClass) {
  const std::string_view name = api::name(priorityClass);
  for (const SystemPriorityClass& known : kSystemClasses) {
    if (known.name != name) continue;
    const std::string of = " of " + std::string(name) + " PriorityClass must be ";
    if (priorityClass[keys::value].asInt() != known.value) return "value" + of + std::to_string(known.value);
    return priorityClass[kGlobalDefault].asBool() ? "globalDefault" + of + "false" : std::string();
  }
  return std::string(name) + " is not a known system priority class";
}

}  // namespace

void validatePriorityClass(Errors& errors, const Value& priorityClass) {
  validateObjectMeta(errors, priorityClass, false, &nameIsDnsSubdomain);
  if (startsWith(name(priorityClass), kSystemPrefix)) {
    if (const std::string why = unknownSystemClass(priorityClass); !why.empty()) {
      errors.forbidden(FieldPath("metadata.name"),
                       "priority class names with '" + std::string(kSystemPrefix) +
                           "' prefix are reserved for system use only. error: " + why);
    }
  } else if (priorityClass[keys::value].asInt() > kHighestUserPriority) {
    errors.forbidden(FieldPath("value"), "maximum allowed value of a user defined priority is " +
                                             std::to_string(kHighestUserPriority));
  }
  const Value& policy = priorityClass[kPreemptionPolicy];
  if (policy.isString() && policy.asString() != "PreemptLowerPriority" && policy.asString() != "Never") {
    errors.notSupported(FieldPath("preemptionPolicy"), policy, {"PreemptLowerPriority", "Never"});
  }
}

void validatePriorityClassUpdate(Errors& errors, const Value& priorityClass, const Value& stored) {
  validateObjectMetaUpdate(errors, priorityClass, stored);
  if (priorityClass[keys::value].asInt() != stored[keys::value].asInt()) {
    errors.forbidden(FieldPath("value"), "may not be changed in an update.");
  }
  errors.immutable(FieldPath("preemptionPolicy"), priorityClass[kPreemptionPolicy],
                   stored[kPreemptionPolicy]);
}

std::span<const SystemPriorityClass> systemPriorityClasses() { return kSystemClasses; }

}  // namespace pilothouse::api
