#include "core/api/core_v1/strategies.hpp"
#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/value/quantity.hpp"

namespace pilothouse::api {
namespace {

const Key kInitContainers = Key::intern("initContainers");
const Key kLastProbeTime = Key::intern("lastProbeTime");
const Key kLimits = Key::intern("limits");
const Key kQosClass = Key::intern("qosClass");
const Key kResourceClaims = Key::intern("resourceClaims");
const Key kSchedulingGates = Key::intern("schedulingGates");

constexpr std::int64_t kFirstGeneration = 1;

Value pendingStatus(std::string_view qosClass) {
  return Value::object({{keys::phase, "Pending"}, {kQosClass, qosClass}});
}

Value gatedConditions() {
  return Value::array(
      {Value::object({{kLastProbeTime, nullptr},
                      {keys::lastTransitionTime, nullptr},
                      {keys::message, "Scheduling is blocked due to non-empty scheduling gates"},
                      {keys::reason, "SchedulingGated"},
                      {keys::status, "False"},
                      {keys::type, "PodScheduled"}})});
}

// New pods of one class share their status.
Value firstStatus(const Value& spec) {
  static const Value guaranteed = pendingStatus("Guaranteed");
  static const Value burstable = pendingStatus("Burstable");
  static const Value bestEffort = pendingStatus("BestEffort");
  const std::string_view qosClass = podQosClass(spec).asString();
  const Value& status =
      qosClass == "Guaranteed" ? guaranteed : (qosClass == "Burstable" ? burstable : bestEffort);
  if (spec[kSchedulingGates].empty()) return status;
  static const Value gated = gatedConditions();
  return status.with(keys::conditions, gated);
}

// podutil.DropDisabledPodFields: fields of features that are off by default.
Value withoutDisabledFields(const Value& spec) {
  return spec.without(keys::resources).without(kResourceClaims);
}

struct ComputeResources {
  Quantity cpu;
  Quantity memory;
  bool any = false;

  // True when the list names both.
  bool add(const Value& list) {
    static const Key kCpu = Key::intern("cpu");
    static const Key kMemory = Key::intern("memory");
    const auto ofCpu = Quantity::from(list[kCpu]);
    const auto ofMemory = Quantity::from(list[kMemory]);
    const bool hasCpu = ofCpu && ofCpu->sign() > 0;
    const bool hasMemory = ofMemory && ofMemory->sign() > 0;
    if (hasCpu) cpu = cpu + *ofCpu;
    if (hasMemory) memory = memory + *ofMemory;
    any = any || hasCpu || hasMemory;
    return hasCpu && hasMemory;
  }
};

Value takeOver(const Value& object, Key key, const Value& stored) {
  return stored.has(key) ? object.with(key, stored[key]) : object.without(key);
}

}  // namespace

const Value& podQosClass(const Value& spec) {
  static const Value guaranteed("Guaranteed");
  static const Value burstable("Burstable");
  static const Value bestEffort("BestEffort");
  ComputeResources requests;
  ComputeResources limits;
  bool everyLimit = true;
  for (const Key list : {keys::containers, kInitContainers}) {
    for (const Value& container : spec[list].items()) {
      requests.add(container[keys::resources][keys::requests]);
      everyLimit = limits.add(container[keys::resources][kLimits]) && everyLimit;
    }
  }
  if (!requests.any && !limits.any) return bestEffort;
  // A request above zero of one resource counts only with the same limit.
  const bool equal = requests.cpu.compare(limits.cpu) == 0 && requests.memory.compare(limits.memory) == 0;
  return everyLimit && equal ? guaranteed : burstable;
}

Value preparePodCreate(const Value& pod) {
  const Value spec = withMatchLabelKeys(withoutDisabledFields(pod[keys::spec]), api::labels(pod));
  return pod.withPath({keys::metadata, keys::generation}, kFirstGeneration)
      .with(keys::spec, spec)
      .with(keys::status, firstStatus(spec));
}

Value preparePodUpdate(const Value& pod, const Value& stored) {
  const Value kept = takeOver(pod, keys::status, stored);
  if (kept[keys::spec] == stored[keys::spec]) return takeOver(kept, keys::spec, stored);
  const std::int64_t generation = api::meta(stored)[keys::generation].asInt(0);
  return kept.with(keys::spec, withoutDisabledFields(kept[keys::spec]))
      .withPath({keys::metadata, keys::generation}, generation + 1);
}

Value preparePodStatus(const Value& pod, const Value& stored) {
  Value prepared = takeOver(pod, keys::spec, stored);
  const Value& owners = api::meta(stored)[keys::ownerReferences];
  if (!(api::meta(pod)[keys::ownerReferences] == owners)) {
    prepared = owners.isNull() ? prepared.withoutPath({keys::metadata, keys::ownerReferences})
                               : prepared.withPath({keys::metadata, keys::ownerReferences}, owners);
  }
  const Value& qosClass = stored[keys::status][kQosClass];
  if (prepared[keys::status][kQosClass].asString().empty() && !qosClass.isNull()) {
    prepared = prepared.withPath({keys::status, kQosClass}, qosClass);
  }
  return prepared;
}

}  // namespace pilothouse::api
