#include "core/scheduler/node_info.hpp"

#include <algorithm>

#include "core/api/object.hpp"
#include "core/scheduler/cluster_event.hpp"
#include "core/value/quantity.hpp"

namespace pilothouse::scheduler {
namespace {

const Key kImages = Key::intern("images");
const Key kNames = Key::intern("names");
const Key kPods = Key::intern("pods");
const Key kSizeBytes = Key::intern("sizeBytes");
const Key kUnschedulable = Key::intern("unschedulable");

}  // namespace

void NodeInfo::setNode(const Value& object) {
  const Value& was = node;
  const Value& spec = object[keys::spec];
  const Value& status = object[keys::status];
  if (was.isNull() || !was[keys::spec].sameAs(spec)) {
    unschedulable = spec[kUnschedulable].asBool();
    taints = taintsOf(spec);
    softTaints = std::any_of(taints.begin(), taints.end(),
                             [](const Taint& t) { return t.effect == TaintEffect::PreferNoSchedule; });
  }
  if (was.isNull() || !was.get(keys::status, keys::allocatable).sameAs(status[keys::allocatable])) {
    allocatable = Resources::fromList(status[keys::allocatable]);
    allowedPods = quantityValue(status[keys::allocatable][kPods]);
  }
  if (was.isNull() || !was.get(keys::status, kImages).sameAs(status[kImages])) {
    images.clear();
    for (const Value& image : status[kImages].items()) {
      for (const Value& imageName : image[kNames].items()) {
        images.emplace_back(Key::intern(imageName.asString()), image[kSizeBytes].asInt());
      }
    }
    std::sort(images.begin(), images.end(),
              [](const auto& a, const auto& b) { return a.first.id() < b.first.id(); });
  }
  name = object[keys::metadata][keys::name];
  node = object;
}

void NodeInfo::addRequests(const PodRequirements& pod) {
  requested.add(pod.requests);
  nonZeroMilliCpu += pod.nonZeroRequests.milliCpu;
  nonZeroMemory += pod.nonZeroRequests.memory;
  usedPorts.insert(usedPorts.end(), pod.hostPorts.begin(), pod.hostPorts.end());
}

void NodeInfo::removeRequests(const PodRequirements& pod) {
  requested.subtract(pod.requests);
  nonZeroMilliCpu -= pod.nonZeroRequests.milliCpu;
  nonZeroMemory -= pod.nonZeroRequests.memory;
  for (const HostPort& port : pod.hostPorts) {
    const auto used = std::find_if(usedPorts.begin(), usedPorts.end(), [&port](const HostPort& u) {
      return u.port == port.port && u.protocol == port.protocol && u.ip == port.ip;
    });
    if (used != usedPorts.end()) usedPorts.erase(used);
  }
}

std::uint32_t nodeChanges(const Value& before, const Value& after) {
  std::uint32_t types = 0;
  const auto differs = [](const Value& a, const Value& b) { return !(a == b); };
  if (differs(before.get(keys::status, keys::allocatable), after.get(keys::status, keys::allocatable))) {
    types |= event_type::kNodeAllocatable;
  }
  if (differs(api::labels(before), api::labels(after))) types |= event_type::kNodeLabel;
  const Value& specBefore = before[keys::spec];
  const Value& specAfter = after[keys::spec];
  if (differs(specBefore[keys::taints], specAfter[keys::taints]) ||
      specBefore[kUnschedulable].asBool() != specAfter[kUnschedulable].asBool()) {
    types |= event_type::kNodeTaint;
  }
  return types;
}

}  // namespace pilothouse::scheduler
