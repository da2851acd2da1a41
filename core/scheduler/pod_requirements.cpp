#include "core/scheduler/pod_requirements.hpp"

#include <algorithm>
#include <cstring>

#include "core/api/keys.hpp"

namespace pilothouse::scheduler {
namespace {

const Key kAffinity = Key::intern("affinity");
const Key kCpu = Key::intern("cpu");
const Key kHostIp = Key::intern("hostIP");
const Key kHostPort = Key::intern("hostPort");
const Key kInitContainers = Key::intern("initContainers");
const Key kLabelSelector = Key::intern("labelSelector");
const Key kMatchLabelKeys = Key::intern("matchLabelKeys");
const Key kMaxSkew = Key::intern("maxSkew");
const Key kMemory = Key::intern("memory");
const Key kMinDomains = Key::intern("minDomains");
const Key kNamespaceSelector = Key::intern("namespaceSelector");
const Key kNamespaces = Key::intern("namespaces");
const Key kNodeAffinityPolicy = Key::intern("nodeAffinityPolicy");
const Key kNodeTaintsPolicy = Key::intern("nodeTaintsPolicy");
const Key kOverhead = Key::intern("overhead");
const Key kPodAffinity = Key::intern("podAffinity");
const Key kPodAffinityTerm = Key::intern("podAffinityTerm");
const Key kPodAntiAffinity = Key::intern("podAntiAffinity");
const Key kPreemptionPolicy = Key::intern("preemptionPolicy");
const Key kPreferred = Key::intern("preferredDuringSchedulingIgnoredDuringExecution");
const Key kPriority = Key::intern("priority");
const Key kRequired = Key::intern("requiredDuringSchedulingIgnoredDuringExecution");
const Key kRestartPolicy = Key::intern("restartPolicy");
const Key kSchedulingGates = Key::intern("schedulingGates");
const Key kTopologyKey = Key::intern("topologyKey");
const Key kTopologySpreadConstraints = Key::intern("topologySpreadConstraints");
const Key kWeight = Key::intern("weight");
const Key kWhenUnsatisfiable = Key::intern("whenUnsatisfiable");

// pkg/scheduler/util/pod_resources.go.
constexpr std::int64_t kDefaultMilliCpuRequest = 100;
constexpr std::int64_t kDefaultMemoryRequest = 200 * 1024 * 1024;

Resources containerRequests(const Value& container, bool nonZero) {
  const Value& requests = container.get(keys::resources, keys::requests);
  Resources resources = Resources::fromList(requests);
  if (nonZero && !requests.has(kCpu)) resources.milliCpu = kDefaultMilliCpuRequest;
  if (nonZero && !requests.has(kMemory)) resources.memory = kDefaultMemoryRequest;
  return resources;
}

bool isSidecar(const Value& initContainer) { return initContainer[kRestartPolicy].asString() == "Always"; }

// component-helpers' resource.PodRequests: containers and sidecars together, or what an init container needs
// beside the sidecars started before it, and the overhead.
Resources podRequests(const Value& spec, bool nonZero) {
  Resources total;
  for (const Value& container : spec[keys::containers].items()) {
    total.add(containerRequests(container, nonZero));
  }
  Resources sidecars;
  Resources initial;
  for (const Value& container : spec[kInitContainers].items()) {
    Resources needed = containerRequests(container, nonZero);
    if (isSidecar(container)) {
      total.add(needed);
      sidecars.add(needed);
      needed = sidecars;
    } else {
      needed.add(sidecars);
    }
    initial.raise(needed);
  }
  total.raise(initial);
  total.add(Resources::fromList(spec[kOverhead]));
  return total;
}

void addHostPorts(const Value& container, std::vector<HostPort>& out) {
  for (const Value& port : container[keys::ports].items()) {
    const std::int64_t hostPort = port[kHostPort].asInt();
    if (hostPort <= 0) continue;
    const Value& ip = port[kHostIp];
    const Value& protocol = port[keys::protocol];
    out.push_back({ip.asString().empty() ? Value("0.0.0.0") : ip,
                   protocol.asString().empty() ? Value("TCP") : protocol, hostPort});
  }
}

std::vector<SpreadConstraint> spreadConstraints(const Value& spec) {
  std::vector<SpreadConstraint> result;
  for (const Value& c : spec[kTopologySpreadConstraints].items()) {
    SpreadConstraint constraint;
    constraint.maxSkew = c[kMaxSkew].asInt(1);
    constraint.minDomains = c[kMinDomains].asInt(1);
    constraint.topologyKey = Key::intern(c[kTopologyKey].asString());
    constraint.labelSelector = c[kLabelSelector];
    constraint.hard = c[kWhenUnsatisfiable].asString() != "ScheduleAnyway";
    constraint.honorAffinity = c[kNodeAffinityPolicy].asString() != "Ignore";
    constraint.honorTaints = c[kNodeTaintsPolicy].asString() == "Honor";
    for (const Value& key : c[kMatchLabelKeys].items()) {
      constraint.matchLabelKeys.push_back(Key::intern(key.asString()));
    }
    result.push_back(std::move(constraint));
  }
  return result;
}

PodAffinityTerm affinityTerm(const Value& term, std::int64_t weight) {
  return {term[kLabelSelector], term[kNamespaces], term[kNamespaceSelector],
          Key::intern(term[kTopologyKey].asString()), weight};
}

PodAffinityTerms affinityTerms(const Value& affinity) {
  PodAffinityTerms terms;
  for (const Value& term : affinity[kRequired].items()) terms.required.push_back(affinityTerm(term, 0));
  for (const Value& weighted : affinity[kPreferred].items()) {
    terms.preferred.push_back(affinityTerm(weighted[kPodAffinityTerm], weighted[kWeight].asInt()));
  }
  return terms;
}

std::uint64_t bits(const Value& value, std::size_t offset) {
  std::uint64_t part = 0;
  std::memcpy(&part, reinterpret_cast<const unsigned char*>(&value) + offset, sizeof part);
  return part;
}

// Of the handles, not of what they hold: equal for specs that share their members.
std::uint64_t identity(const Value& spec) {
  const auto keys = spec.memberKeys();
  const auto values = spec.memberValues();
  std::uint64_t hash = 0;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys[i] == keys::nodeName) continue;
    hash = (hash ^ keys[i].id()) * 0x9e3779b97f4a7c15ULL;
    hash = (hash ^ bits(values[i], 0)) * 0xff51afd7ed558ccdULL;
    hash = (hash ^ (hash >> 29) ^ bits(values[i], 8)) * 0xc4ceb9fe1a85ec53ULL;
  }
  return hash ^ (hash >> 32);
}

// `a` has no nodeName.
bool sameMembers(const Value& a, const Value& b) {
  const auto keysA = a.memberKeys();
  const auto keysB = b.memberKeys();
  std::size_t i = 0;
  for (std::size_t j = 0; j < keysB.size(); ++j) {
    if (keysB[j] == keys::nodeName) continue;
    if (i == keysA.size() || !(keysA[i] == keysB[j])) return false;
    if (!a.memberValues()[i].sameAs(b.memberValues()[j])) return false;
    ++i;
  }
  return i == keysA.size();
}

}  // namespace

bool HostPort::conflicts(const HostPort& other) const {
  if (port != other.port || protocol.asString() != other.protocol.asString()) return false;
  return ip.asString() == other.ip.asString() || ip.asString() == "0.0.0.0" ||
         other.ip.asString() == "0.0.0.0";
}

std::string normalizedImage(std::string_view image) {
  const std::size_t colon = image.rfind(':');
  const std::size_t slash = image.rfind('/');
  const bool tagged = colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash);
  return tagged ? std::string(image) : std::string(image) + ":latest";
}

PodRequirements decodeRequirements(const Value& podSpec) {
  PodRequirements result;
  result.spec = podSpec.without(keys::nodeName);
  result.requests = podRequests(podSpec, false);
  result.nonZeroRequests = podRequests(podSpec, true);
  result.priority = podSpec[kPriority].asInt();
  result.neverPreempts = podSpec[kPreemptionPolicy].asString() == "Never";
  result.gated = !podSpec[kSchedulingGates].empty();
  for (const Value& container : podSpec[keys::containers].items()) {
    addHostPorts(container, result.hostPorts);
    result.images.push_back(Key::intern(normalizedImage(container[keys::image].asString())));
  }
  for (const Value& container : podSpec[kInitContainers].items()) {
    if (isSidecar(container)) addHostPorts(container, result.hostPorts);
    result.images.push_back(Key::intern(normalizedImage(container[keys::image].asString())));
  }
  result.tolerations = tolerationsOf(podSpec);
  result.nodeAffinity = requiredNodeAffinity(podSpec);
  result.preferredNodes = preferredNodeTerms(podSpec);
  result.spread = spreadConstraints(podSpec);
  result.affinity = affinityTerms(podSpec.get(kAffinity, kPodAffinity));
  result.antiAffinity = affinityTerms(podSpec.get(kAffinity, kPodAntiAffinity));
  return result;
}

PodRequirementsPtr RequirementsCache::get(const Value& podSpec) {
  const std::uint64_t hash = identity(podSpec);
  const auto [first, last] = byIdentity_.equal_range(hash);
  for (auto it = first; it != last; ++it) {
    if (sameMembers(it->second->spec, podSpec)) return it->second;
  }
  if (byIdentity_.size() >= sweepAt_) sweep();
  auto requirements = std::make_shared<const PodRequirements>(decodeRequirements(podSpec));
  byIdentity_.emplace(hash, requirements);
  return requirements;
}

void RequirementsCache::sweep() {
  for (auto it = byIdentity_.begin(); it != byIdentity_.end();) {
    it = it->second.use_count() == 1 ? byIdentity_.erase(it) : std::next(it);
  }
  sweepAt_ = std::max<std::size_t>(1024, byIdentity_.size() * 2);
}

}  // namespace pilothouse::scheduler
