#include "tests/chaos/invariants.hpp"

#include <algorithm>
#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/apiserver/admission/resource_amounts.hpp"
#include "core/value/duration.hpp"
#include "core/value/quantity.hpp"

namespace pilothouse::chaos {
namespace {

const Key kAllocatable = Key::intern("allocatable");
const Key kHostNetwork = Key::intern("hostNetwork");
const Key kPod = Key::intern("pod");
const Key kPods = Key::intern("pods");
const Key kRequests = Key::intern("requests");
const Key kState = Key::intern("state");

scheduler::Resources requestsOf(const Value& pod) {
  scheduler::Resources sum;
  for (const auto& [name, amount] : apiserver::podAmounts(pod[keys::spec], kRequests)) {
    if (name == "cpu") sum.milliCpu = amount.milliValue();
    if (name == "memory") sum.memory = amount.value();
    if (name == "ephemeral-storage") sum.ephemeralStorage = amount.value();
  }
  return sum;
}

}  // namespace

Invariants::Invariants(cluster::Cluster& cluster) : cluster_(cluster) {
  cancel_ = cluster.onChange([this](const api::Resource& resource, const Value& before, const Value& after) {
    changed(resource, before, after);
  });
}

Invariants::~Invariants() { cancel_(); }

void Invariants::report(std::string what) {
  broken_.push_back(durationText(cluster_.elapsed()) + ": " + std::move(what));
}

void Invariants::changed(const api::Resource& resource, const Value& before, const Value& after) {
  if (&resource != &api::resources::pods) return;
  if (after.isNull() || (!before.isNull() && api::uid(before) != api::uid(after))) podGone(before);
  if (!after.isNull()) podChanged(after);
}

void Invariants::podChanged(const Value& pod) {
  const std::string uid(api::uid(pod));
  const std::string name = api::namespacedName(pod);
  const std::string node = pod.get(keys::spec, keys::nodeName).toString();
  if (node.empty()) return;
  const auto [bound, first] = boundTo_.emplace(uid, node);
  if (!first && bound->second != node) {
    report("pod " + name + " moved from " + bound->second + " to " + node);
    bound->second = node;
  }
  if (api::isPodTerminal(pod)) return release(uid);
  PodUse use{node, "", requestsOf(pod)};
  if (!pod.get(keys::spec, kHostNetwork).asBool() && !api::isBeingDeleted(pod)) {
    use.ip = pod.get(keys::status, keys::podIP).toString();
  }
  place(uid, name, std::move(use));
}

void Invariants::podGone(const Value& pod) {
  const std::string uid(api::uid(pod));
  release(uid);
  boundTo_.erase(uid);
}

void Invariants::place(const std::string& uid, const std::string& name, PodUse use) {
  release(uid);
  if (!use.ip.empty()) {
    const auto [at, free] = uidOfIp_.emplace(use.ip, uid);
    if (!free) report("pod " + name + " has the address " + use.ip + " of another pod");
  }
  const std::string node = use.node;
  used_[node].add(use.requests);
  ++podsOn_[node];
  pods_[uid] = std::move(use);
  checkRoom(node);
}

void Invariants::release(const std::string& uid) {
  const auto at = pods_.find(uid);
  if (at == pods_.end()) return;
  const PodUse& use = at->second;
  used_[use.node].subtract(use.requests);
  --podsOn_[use.node];
  const auto address = uidOfIp_.find(use.ip);
  if (address != uidOfIp_.end() && address->second == uid) uidOfIp_.erase(address);
  pods_.erase(at);
}

void Invariants::checkRoom(const std::string& node) {
  const Value& object = cluster_.find(api::resources::nodes, "", node);
  const Value& allocatable = object.get(keys::status, kAllocatable);
  if (allocatable.isNull()) return;
  const scheduler::Resources room = scheduler::Resources::fromList(allocatable);
  const scheduler::Resources& used = used_[node];
  if (used.milliCpu > room.milliCpu) report("node " + node + " is over-committed on cpu");
  if (used.memory > room.memory) report("node " + node + " is over-committed on memory");
  if (podsOn_[node] > quantityValue(allocatable[kPods])) report("node " + node + " has too many pods");
}

// By name: no pod is ever taken from a machine by force here, so a name is one pod as long as it runs.
void Invariants::checkRuntimes() {
  std::map<std::string, std::string> nodeOf;
  for (const cluster::Machine& machine : cluster_.machines()) {
    const Value containers = cluster_.containers(machine.name);
    for (const Value& container : containers.items()) {
      if (container[kState].asString() != "Running") continue;
      const std::string pod = container[keys::namespace_].toString() + "/" + container[kPod].toString();
      const auto [at, first] = nodeOf.emplace(pod, machine.name);
      if (!first && at->second != machine.name) {
        report("containers of pod " + pod + " run on " + at->second + " and " + machine.name);
      }
    }
  }
}

}  // namespace pilothouse::chaos
