#include "core/kubelet/admission.hpp"

#include <algorithm>

#include "core/api/keys.hpp"
#include "core/value/quantity.hpp"
#include "core/value/selector.hpp"

namespace pilothouse::kubelet {
namespace {

const Key kAffinity = Key::intern("affinity");
const Key kCpu = Key::intern("cpu");
const Key kHostPort = Key::intern("hostPort");
const Key kInitContainers = Key::intern("initContainers");
const Key kMemory = Key::intern("memory");
const Key kNodeAffinity = Key::intern("nodeAffinity");
const Key kNodeSelector = Key::intern("nodeSelector");
const Key kNodeSelectorTerms = Key::intern("nodeSelectorTerms");
const Key kOs = Key::intern("os");
const Key kOverhead = Key::intern("overhead");
const Key kRequired = Key::intern("requiredDuringSchedulingIgnoredDuringExecution");
const Key kRestartPolicy = Key::intern("restartPolicy");

PodRequests requestsOf(const Value& container) {
  const Value& requests = container[keys::resources][keys::requests];
  return {quantityMilli(requests[kCpu]), quantityValue(requests[kMemory])};
}

NodeResources::Rejection insufficient(std::string_view resource, std::int64_t requested, std::int64_t used,
                                      std::int64_t capacity) {
  return {"OutOf" + std::string(resource), "Node didn't have enough resource: " + std::string(resource) +
                                               ", requested: " + std::to_string(requested) +
                                               ", used: " + std::to_string(used) +
                                               ", capacity: " + std::to_string(capacity)};
}

template <typename Visit>
void forEachHostPort(const Value& pod, Visit visit) {
  for (const Value& container : pod.get(keys::spec, keys::containers).items()) {
    for (const Value& port : container[keys::ports].items()) {
      if (const std::int64_t number = port[kHostPort].asInt(); number > 0) {
        const Value& protocol = port[keys::protocol];
        visit(number, protocol.isNull() ? std::string("TCP") : protocol.toString());
      }
    }
  }
}

bool matchesNode(const Value& pod, const Value& labels) {
  const Value& spec = pod[keys::spec];
  if (!spec[kNodeSelector].empty() && !LabelSelector::fromMap(spec[kNodeSelector]).matches(labels))
    return false;
  const Value& terms = spec[kAffinity].get(kNodeAffinity, kRequired, kNodeSelectorTerms);
  if (terms.empty()) return true;
  return std::any_of(terms.items().begin(), terms.items().end(), [&labels](const Value& term) {
    const Value& expressions = term[keys::matchExpressions];
    if (expressions.empty()) return true;  // by fields: the scheduler has seen to it
    return LabelSelector::fromObject(Value::object({{keys::matchExpressions, expressions}})).matches(labels);
  });
}

}  // namespace

PodRequests podRequests(const Value& pod) {
  const Value& spec = pod[keys::spec];
  PodRequests sum;
  for (const Value& container : spec[keys::containers].items()) {
    const PodRequests one = requestsOf(container);
    sum.milliCpu += one.milliCpu;
    sum.memory += one.memory;
  }
  PodRequests sidecars;
  PodRequests largest;
  for (const Value& container : spec[kInitContainers].items()) {
    PodRequests one = requestsOf(container);
    if (container[kRestartPolicy].asString() == "Always") {
      sidecars.milliCpu += one.milliCpu;
      sidecars.memory += one.memory;
      one = sidecars;
    } else {
      one.milliCpu += sidecars.milliCpu;
      one.memory += sidecars.memory;
    }
    largest = {std::max(largest.milliCpu, one.milliCpu), std::max(largest.memory, one.memory)};
  }
  sum.milliCpu =
      std::max(sum.milliCpu + sidecars.milliCpu, largest.milliCpu) + quantityMilli(spec[kOverhead][kCpu]);
  sum.memory =
      std::max(sum.memory + sidecars.memory, largest.memory) + quantityValue(spec[kOverhead][kMemory]);
  return sum;
}

NodeResources::Rejection NodeResources::admit(const Value& pod, const Value& nodeLabels) const {
  const Value& os = pod.get(keys::spec, kOs, keys::name);
  if (!os.isNull() && os.asString() != "linux") {
    return {"PodOSNotSupported", "Failed to admit pod as the OS field doesn't match node OS"};
  }
  const PodRequests requests = podRequests(pod);
  if (pods_ + 1 > podsMax_) return insufficient("pods", 1, pods_, podsMax_);
  if (requests.milliCpu > 0 && requests.milliCpu > cpuMax_ - cpu_) {
    return insufficient("cpu", requests.milliCpu, cpu_, cpuMax_);
  }
  if (requests.memory > 0 && requests.memory > memoryMax_ - memory_) {
    return insufficient("memory", requests.memory, memory_, memoryMax_);
  }
  if (!matchesNode(pod, nodeLabels)) {
    return {"NodeAffinity",
            "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"};
  }
  bool taken = false;
  forEachHostPort(pod, [this, &taken](std::int64_t port, const std::string& protocol) {
    for (const HostPort& used : hostPorts_) taken = taken || (used.port == port && used.protocol == protocol);
  });
  if (taken) {
    return {"NodePorts",
            "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports"};
  }
  return {};
}

void NodeResources::add(const Value& pod) {
  const PodRequests requests = podRequests(pod);
  cpu_ += requests.milliCpu;
  memory_ += requests.memory;
  ++pods_;
  forEachHostPort(pod, [this](std::int64_t port, std::string protocol) {
    hostPorts_.push_back({port, std::move(protocol)});
  });
}

void NodeResources::remove(const Value& pod) {
  const PodRequests requests = podRequests(pod);
  cpu_ -= requests.milliCpu;
  memory_ -= requests.memory;
  --pods_;
  forEachHostPort(pod, [this](std::int64_t port, const std::string& protocol) {
    const auto at = std::find_if(hostPorts_.begin(), hostPorts_.end(), [&](const HostPort& used) {
      return used.port == port && used.protocol == protocol;
    });
    if (at != hostPorts_.end()) hostPorts_.erase(at);
  });
}

}  // namespace pilothouse::kubelet
