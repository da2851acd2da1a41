#include "core/controller_manager/node_lifecycle_controller.hpp"

#include <utility>

#include "core/controller_manager/controller_utils.hpp"
#include "core/controller_manager/fields.hpp"
#include "core/controller_manager/node_utils.hpp"
#include "core/controller_manager/owned_pods.hpp"

namespace pilothouse::controller_manager {
namespace {

namespace r = api::resources;
using Result = client::WorkQueue::Result;

const Key kBetaArch = Key::intern("beta.kubernetes.io/arch");
const Key kBetaOs = Key::intern("beta.kubernetes.io/os");
const Key kArch = Key::intern("kubernetes.io/arch");
const Key kOs = Key::intern("kubernetes.io/os");

struct ConditionTaint {
  std::string_view condition;
  std::string_view status;
  std::string_view taint;
};
constexpr ConditionTaint kConditionTaints[] = {
    {"Ready", "False", node::kNotReady},
    {"Ready", "Unknown", node::kUnreachable},
    {"MemoryPressure", "True", node::kMemoryPressure},
    {"DiskPressure", "True", node::kDiskPressure},
    {"NetworkUnavailable", "True", node::kNetworkUnavailable},
    {"PIDPressure", "True", node::kPidPressure},
};

// The NoSchedule taints of a node and which of them its conditions ask for (doNoScheduleTaintingPass).
void noScheduleTaints(const Value& object, std::vector<node::Taint>& add, std::vector<node::Taint>& remove) {
  for (const ConditionTaint& rule : kConditionTaints) {
    const node::Taint taint{rule.taint, node::kNoSchedule};
    const bool wanted = api::conditionIs(object, rule.condition, rule.status);
    if (wanted != node::hasTaint(object, taint)) (wanted ? add : remove).push_back(taint);
  }
  const node::Taint cordoned{node::kUnschedulable, node::kNoSchedule};
  const bool wanted = object.get(keys::spec, fields::unschedulable).asBool();
  if (wanted != node::hasTaint(object, cordoned)) (wanted ? add : remove).push_back(cordoned);
}

}  // namespace

NodeLifecycleController::NodeLifecycleController(const ControllerContext& context)
    : context_(context),
      nodes_(context.informer(r::nodes)),
      leases_(context.informer(r::leases)),
      pods_(context.informer(r::pods)),
      recorder_(context.client, "node-controller"),
      nodeQueue_(context.simulator, kNodeWorkers,
                 [this](const std::string& key, client::WorkQueue::Finish finish) {
                   syncNode(key, std::move(finish));
                 }),
      podQueue_(context.simulator, kPodWorkers,
                [this](const std::string& key, client::WorkQueue::Finish finish) {
                  syncPod(key, std::move(finish));
                }),
      monitorTimer_(context.simulator),
      taintTimer_(context.simulator) {
  nodes_.onChange([this](const client::Change& change) { nodeChanged(change); });
  pods_.onChange([this](const client::Change& change) { podChanged(change); });
}

void NodeLifecycleController::start() {
  nodeQueue_.start();
  podQueue_.start();
  nodes_.store().forEach([this](const Value& object) { nodeQueue_.add(api::name(object)); });
  monitor();
}

void NodeLifecycleController::nodeChanged(const client::Change& change) {
  if (!change.after.isNull()) nodeQueue_.add(api::name(change.after));
}

// A pod that comes to a node that is not ready is not ready either.
void NodeLifecycleController::podChanged(const client::Change& change) {
  if (change.after.isNull()) return;
  const Value& now = change.after.get(keys::spec, keys::nodeName);
  if (now.asString().empty() || change.before.get(keys::spec, keys::nodeName) == now) return;
  const auto found = healths_.find(now.asString());
  if (found == healths_.end()) return;
  const Value& ready = api::condition(found->second.object, "Ready");
  if (ready.isNull() || ready[keys::status].asString() == "True") return;
  podQueue_.add(api::namespacedName(change.after));
}

void NodeLifecycleController::syncNode(const std::string& key, client::WorkQueue::Finish finish) {
  const Value& object = nodes_.store().find("", key);
  if (object.isNull()) return finish(Result::Done);
  std::vector<node::Taint> add;
  std::vector<node::Taint> remove;
  noScheduleTaints(object, add, remove);
  // reconcileNodeLabels: the beta labels follow the stable ones.
  ObjectBuilder labels;
  const Value& own = api::labels(object);
  for (const auto& [stable, beta] : {std::pair(kOs, kBetaOs), std::pair(kArch, kBetaArch)}) {
    if (own.has(stable) && !(own[stable] == own[beta])) labels.set(beta, own[stable]);
  }
  const Value missing = labels.build();
  auto done = std::make_shared<client::WorkQueue::Finish>(std::move(finish));
  const auto relabel = [this, missing, name = api::meta(object)[keys::name], done](bool ok) {
    if (!ok || missing.empty()) return (*done)(ok ? Result::Done : Result::Retry);
    context_.client.patch(
        r::nodes, Value(), name, apiserver::PatchType::StrategicMerge,
        Value::object({{keys::metadata, Value::object({{keys::labels, missing}})}}),
        [done](client::Response response) { (*done)(response.ok() ? Result::Done : Result::Retry); });
  };
  if (add.empty() && remove.empty()) return relabel(true);
  node::swapTaints(context_.client, object, std::move(add), std::move(remove), relabel);
}

void NodeLifecycleController::syncPod(const std::string& key, client::WorkQueue::Finish finish) {
  const NamespacedName at = splitKey(key);
  const Value& pod = pods_.store().find(at.ns, at.name);
  if (pod.isNull()) return finish(Result::Done);
  const auto found = healths_.find(pod.get(keys::spec, keys::nodeName).asString());
  if (found == healths_.end() || api::conditionIs(found->second.object, "Ready", "True")) {
    return finish(Result::Done);
  }
  auto done = std::make_shared<client::WorkQueue::Finish>(std::move(finish));
  markPodNotReady(pod, [done](bool ok) { (*done)(ok ? Result::Done : Result::Retry); });
}

// MarkPodsNotReady for one pod: an event tells it, as no kubelet will.
void NodeLifecycleController::markPodNotReady(const Value& pod, std::function<void(bool)> done) {
  const Value marked = node::markedNotReady(pod, context_.now());
  if (marked.sameAs(pod)) return done(true);
  context_.client.updateStatus(r::pods, marked,
                               [this, marked, done = std::move(done)](client::Response response) {
                                 if (!response.ok() && api::isNotFound(response.status())) return done(true);
                                 recorder_.event(marked, "Warning", "NodeNotReady", "Node is not ready");
                                 done(response.ok());
                               });
}

void NodeLifecycleController::markPodsNotReady(const Value& object) {
  const std::string name(api::name(object));
  healths_[name].podsNeedRetry = false;
  context_.ownedPods.forEachOnNode(name, [this, &name](const Value& pod) {
    markPodNotReady(pod, [this, name](bool ok) {
      const auto found = healths_.find(name);
      if (!ok && found != healths_.end()) found->second.podsNeedRetry = true;
    });
  });
}

// doNoExecuteTaintingPass: one node a zone when its rate allows.
void NodeLifecycleController::taintPass() {
  for (auto& [key, zone] : zones_) {
    const std::string name = zone.tainter.next(context_.now());
    if (!name.empty()) taintNode(name, key);
  }
  armTaintPass();
}

void NodeLifecycleController::armTaintPass() {
  if (taintTimer_.isArmed()) return;
  for (const auto& [key, zone] : zones_) {
    if (!zone.tainter.empty()) return taintTimer_.arm(kEvictionPeriod, [this] { taintPass(); });
  }
}

void NodeLifecycleController::taintNode(const std::string& name, const std::string& zoneKey) {
  RateLimitedQueue& queue = zones_.find(zoneKey)->second.tainter;
  const Value& object = nodes_.store().find("", name);
  const Value& ready = api::condition(object, "Ready");
  const std::string_view status = ready[keys::status].asString();
  if (object.isNull() || status == "True") {
    queue.remove(name);
    return;
  }
  if (ready.isNull()) return queue.postpone(name);
  const node::Taint notReady{node::kNotReady, node::kNoExecute};
  const node::Taint unreachable{node::kUnreachable, node::kNoExecute};
  const bool unknown = status == "Unknown";
  node::swapTaints(context_.client, object, {unknown ? unreachable : notReady},
                   {unknown ? notReady : unreachable}, [this, name, zoneKey](bool ok) {
                     const auto zone = zones_.find(zoneKey);
                     if (zone == zones_.end()) return;
                     RateLimitedQueue& waiting = zone->second.tainter;
                     if (ok) {
                       waiting.remove(name);
                     } else {
                       waiting.postpone(name);
                       armTaintPass();
                     }
                   });
}

}  // namespace pilothouse::controller_manager
