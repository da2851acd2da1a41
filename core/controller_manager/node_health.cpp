#include <algorithm>
#include <utility>

#include "core/controller_manager/controller_utils.hpp"
#include "core/controller_manager/fields.hpp"
#include "core/controller_manager/node_lifecycle_controller.hpp"
#include "core/controller_manager/node_utils.hpp"

// The health half of the node lifecycle controller: monitorNodeHealth, tryUpdateNodeHealth, handleDisruption.
namespace pilothouse::controller_manager {
namespace {

namespace r = api::resources;

const Key kExcludeDisruption = Key::intern("node.kubernetes.io/exclude-disruption");
const Key kLastHeartbeatTime = Key::intern("lastHeartbeatTime");
const Key kRenewTime = Key::intern("renewTime");

constexpr std::string_view kNodeLeases = "kube-node-lease";
// NetworkUnavailable is not the kubelet's to say.
constexpr std::string_view kKubeletConditions[] = {"Ready", "MemoryPressure", "DiskPressure", "PIDPressure"};

const Value& readyOf(const Value& object) { return api::condition(object, "Ready"); }

// What stands for the condition that no kubelet has posted yet.
Value assumedReady(const Value& object) {
  const Value& created = api::meta(object)[keys::creationTimestamp];
  return Value::object({{kLastHeartbeatTime, created},
                        {keys::lastTransitionTime, created},
                        {keys::status, "Unknown"},
                        {keys::type, "Ready"}});
}

Value withUnknownConditions(const Value& object, SimTime now) {
  Value conditions = object.get(keys::status, keys::conditions);
  for (const std::string_view type : kKubeletConditions) {
    const Value current = api::condition(object, type);
    if (current.isNull()) {
      conditions =
          conditions.appended(Value::object({{kLastHeartbeatTime, api::meta(object)[keys::creationTimestamp]},
                                             {keys::lastTransitionTime, timestamp(now)},
                                             {keys::message, "Kubelet never posted node status."},
                                             {keys::reason, "NodeStatusNeverUpdated"},
                                             {keys::status, "Unknown"},
                                             {keys::type, Value(type)}}));
    } else if (current[keys::status].asString() != "Unknown") {
      conditions =
          withPodCondition(conditions, current.with(keys::status, Value("Unknown"))
                                           .with(keys::reason, Value("NodeStatusUnknown"))
                                           .with(keys::message, Value("Kubelet stopped posting node status."))
                                           .with(keys::lastTransitionTime, timestamp(now)));
    }
  }
  return object.withPath({keys::status, keys::conditions}, std::move(conditions));
}

}  // namespace

void NodeLifecycleController::monitor() {
  monitorTimer_.arm(kMonitorPeriod, [this] { monitor(); });
  for (auto& [key, zone] : zones_) zone.ready = zone.notReady = 0;
  // Nodes that are gone.
  for (auto at = healths_.begin(); at != healths_.end();) {
    const Value& live = nodes_.store().find("", at->first);
    const bool gone = live.isNull() || !(api::meta(live)[keys::uid] == at->second.uid);
    if (gone && at->second.known) {
      recorder_.event(node::eventReference(at->second.object), "Normal", "RemovingNode",
                      "Node " + at->first + " event: Removing Node " + at->first + " from Controller");
    }
    at = gone ? healths_.erase(at) : std::next(at);
  }
  std::vector<Value> all;
  all.reserve(nodes_.store().size());
  nodes_.store().forEach([&](const Value& object) { all.push_back(object); });
  for (const Value& object : all) observe(object);
  handleDisruption();
  armTaintPass();
}

void NodeLifecycleController::observe(const Value& object) {
  const std::string_view name = api::name(object);
  auto at = healths_.find(name);
  if (at == healths_.end()) at = healths_.emplace(std::string(name), Health()).first;
  Health& health = at->second;
  health.zone = node::zoneKey(object);
  Zone& zone = zones_[health.zone];
  if (!health.known) {
    health.known = true;
    health.uid = api::meta(object)[keys::uid];
    recorder_.event(node::eventReference(object), "Normal", "RegisteredNode",
                    "Node " + at->first + " event: Registered Node " + at->first + " in Controller");
    markReachable(object);
  }
  if (!health.busy) judge(object, health);
  if (!api::labels(object).has(kExcludeDisruption)) {
    ++(api::conditionIs(health.object, "Ready", "True") ? zone.ready : zone.notReady);
  }
}

// tryUpdateNodeHealth: a new heart-beat or a renewed lease is a sign of life, by this process's own clock.
void NodeLifecycleController::judge(const Value& object, Health& health) {
  const SimTime now = context_.now();
  const Value current = readyOf(object);
  const Value saved = readyOf(health.object);
  const bool first = health.object.isNull();
  if (first && current.isNull()) {
    health.probed = parseTimestamp(api::meta(object)[keys::creationTimestamp].asString()).value_or(now);
  } else if (first || saved.isNull() != current.isNull() ||
             !(saved[kLastHeartbeatTime] == current[kLastHeartbeatTime])) {
    health.probed = now;
    health.leaseRenewTime = Value();
  }
  health.object = object;
  const Value& renewed = leases_.store().find(kNodeLeases, api::name(object)).get(keys::spec, kRenewTime);
  if (renewed.isString() &&
      (health.leaseRenewTime.isNull() || health.leaseRenewTime.asString() < renewed.asString())) {
    health.leaseRenewTime = renewed;
    health.probed = now;
  }
  const Value observed = current.isNull() ? assumedReady(object) : current;
  const SimDuration grace = current.isNull() ? kStartupGracePeriod : kMonitorGracePeriod;
  if (now <= health.probed + grace) return judged(object, observed);
  writeHealth(object, observed, 1);
}

void NodeLifecycleController::writeHealth(const Value& object, const Value& observed, int attempt) {
  const Value unknown = withUnknownConditions(object, context_.now());
  const auto found = healths_.find(api::name(object));
  if (found == healths_.end()) return;
  if (readyOf(unknown) == observed) {
    found->second.object = unknown;
    return judged(unknown, observed);
  }
  found->second.busy = true;
  const Value name = api::meta(object)[keys::name];
  context_.client.updateStatus(r::nodes, unknown, [this, name, observed, attempt](client::Response response) {
    const auto health = healths_.find(name.asString());
    if (health == healths_.end()) return;
    if (response.ok()) {
      health->second.busy = false;
      health->second.object = response.body;
      return judged(response.body, observed);
    }
    if (attempt >= kHealthUpdateRetries) {
      health->second.busy = false;
      return;
    }
    context_.client.get(r::nodes, Value(), name, [this, name, attempt](client::Response fresh) {
      const auto again = healths_.find(name.asString());
      if (again == healths_.end()) return;
      again->second.busy = false;
      if (!fresh.ok()) return;
      // A live kubelet may just have spoken.
      const Value& ready = readyOf(fresh.body);
      if (!(ready[kLastHeartbeatTime] == readyOf(again->second.object)[kLastHeartbeatTime])) {
        return judge(fresh.body, again->second);
      }
      writeHealth(fresh.body, ready.isNull() ? assumedReady(fresh.body) : ready, attempt + 1);
    });
  });
}

// `object` is the node as it is now, `observed` its Ready condition before this pass.
void NodeLifecycleController::judged(const Value& object, const Value& observed) {
  const Value& current = readyOf(object);
  if (current.isNull()) return;
  processTaints(object, observed);
  const bool was = observed[keys::status].asString() == "True";
  const bool is = current[keys::status].asString() == "True";
  const bool retry = healths_[std::string(api::name(object))].podsNeedRetry;
  if (was && !is) {
    recorder_.event(node::eventReference(object), "Normal", "NodeNotReady",
                    "Node " + std::string(api::name(object)) + " status is now: NodeNotReady");
  }
  if ((was && !is) || (retry && !was)) markPodsNotReady(object);
}

// processTaintBaseEviction.
void NodeLifecycleController::processTaints(const Value& object, const Value& observed) {
  const std::string_view status = observed[keys::status].asString();
  if (status == "True") return markReachable(object);
  const node::Taint notReady{node::kNotReady, node::kNoExecute};
  const node::Taint unreachable{node::kUnreachable, node::kNoExecute};
  const node::Taint& wanted = status == "False" ? notReady : unreachable;
  const node::Taint& opposite = status == "False" ? unreachable : notReady;
  if (node::hasTaint(object, opposite)) {
    return node::swapTaints(context_.client, object, {wanted}, {opposite}, [](bool) {});
  }
  if (!node::hasTaint(object, wanted)) {
    zones_[node::zoneKey(object)].tainter.add(api::name(object));
    armTaintPass();
  }
}

void NodeLifecycleController::markReachable(const Value& object) {
  zones_[node::zoneKey(object)].tainter.remove(api::name(object));
  const node::Taint notReady{node::kNotReady, node::kNoExecute};
  const node::Taint unreachable{node::kUnreachable, node::kNoExecute};
  if (!node::hasTaint(object, notReady) && !node::hasTaint(object, unreachable)) return;
  node::swapTaints(context_.client, object, {}, {unreachable, notReady}, [](bool) {});
}

void NodeLifecycleController::setRate(Zone& zone, ZoneState state) {
  double rate = kEvictionRate;
  if (state == ZoneState::PartialDisruption) {
    rate = zone.ready + zone.notReady > kLargeClusterThreshold ? kSecondaryEvictionRate : 0;
  }
  zone.tainter.setRate(rate, context_.now());
  zone.state = state;
}

void NodeLifecycleController::handleDisruption() {
  const auto stateOf = [](const Zone& zone) {
    if (zone.ready == 0 && zone.notReady > 0) return ZoneState::FullDisruption;
    const double unhealthy =
        static_cast<double>(zone.notReady) / static_cast<double>(zone.ready + zone.notReady);
    if (zone.notReady > 2 && unhealthy >= kUnhealthyZoneThreshold) return ZoneState::PartialDisruption;
    return ZoneState::Normal;
  };
  for (auto at = zones_.begin(); at != zones_.end();) {
    const bool left = at->second.ready + at->second.notReady == 0 && at->second.tainter.empty();
    at = left ? zones_.erase(at) : std::next(at);
  }
  bool allAreDown = true;
  bool allWereDown = true;
  for (const auto& [key, zone] : zones_) {
    allAreDown = allAreDown && stateOf(zone) == ZoneState::FullDisruption;
    allWereDown = allWereDown && zone.state == ZoneState::FullDisruption;
  }
  if (allAreDown && allWereDown) return;
  if (allAreDown) {
    // No node answers: more likely this side is cut off. All evictions stop.
    nodes_.store().forEach([this](const Value& object) { markReachable(object); });
    for (auto& [key, zone] : zones_) {
      zone.tainter.setRate(0, context_.now());
      zone.state = ZoneState::FullDisruption;
    }
    return;
  }
  if (allWereDown) {
    for (auto& [name, health] : healths_) health.probed = context_.now();
  }
  for (auto& [key, zone] : zones_) {
    const ZoneState next = stateOf(zone);
    if (allWereDown || zone.state != next) setRate(zone, next);
  }
}

}  // namespace pilothouse::controller_manager
