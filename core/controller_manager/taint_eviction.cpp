#include "core/controller_manager/taint_eviction.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "core/controller_manager/controller_utils.hpp"
#include "core/controller_manager/fields.hpp"
#include "core/controller_manager/node_utils.hpp"
#include "core/controller_manager/owned_pods.hpp"

namespace pilothouse::controller_manager {
namespace {

namespace r = api::resources;

const Key kOperator = Key::intern("operator");

Value noExecuteTaints(const Value& object) {
  std::vector<Value> taints;
  for (const Value& taint : object.get(keys::spec, keys::taints).items()) {
    if (taint[fields::effect].asString() == node::kNoExecute) taints.push_back(taint);
  }
  return Value::array(taints);
}

// Toleration.ToleratesTaint.
bool tolerates(const Value& toleration, const Value& taint) {
  const std::string_view effect = toleration[fields::effect].asString();
  const std::string_view key = toleration[fields::key].asString();
  if (!effect.empty() && effect != taint[fields::effect].asString()) return false;
  if (!key.empty() && key != taint[fields::key].asString()) return false;
  const std::string_view op = toleration[kOperator].asString();
  if (op == "Exists") return true;
  return (op.empty() || op == "Equal") && toleration[keys::value].asString() == taint[keys::value].asString();
}

// How long the pod may stay: no value for ever, 0 when some taint is not tolerated at all.
std::optional<SimDuration> tolerationTime(const Value& pod, const Value& taints) {
  const auto tolerations = pod.get(keys::spec, keys::tolerations).items();
  std::optional<SimDuration> least;
  for (const Value& taint : taints.items()) {
    const auto match = std::find_if(tolerations.begin(), tolerations.end(),
                                    [&taint](const Value& t) { return tolerates(t, taint); });
    if (match == tolerations.end()) return SimDuration{};
    const Value& seconds = (*match)[fields::tolerationSeconds];
    if (!seconds.isInt()) continue;
    const SimDuration time = std::chrono::seconds(std::max<std::int64_t>(0, seconds.asInt()));
    least = least ? std::min(*least, time) : time;
  }
  return least;
}

}  // namespace

TaintEvictionController::TaintEvictionController(const ControllerContext& context)
    : context_(context),
      nodes_(context.informer(r::nodes)),
      pods_(context.informer(r::pods)),
      recorder_(context.client, "taint-eviction-controller") {
  nodes_.onChange([this](const client::Change& change) {
    if (running_) nodeChanged(change.before, change.after);
  });
  pods_.onChange([this](const client::Change& change) {
    if (running_) podChanged(change);
  });
}

void TaintEvictionController::start() {
  running_ = true;
  nodes_.store().forEach([this](const Value& object) { nodeChanged(Value(), object); });
}

void TaintEvictionController::nodeChanged(const Value& before, const Value& after) {
  if (after.isNull()) {
    taintedNodes_.erase(std::string(api::name(before)));
    return;
  }
  const std::string name(api::name(after));
  const Value taints = noExecuteTaints(after);
  const auto known = taintedNodes_.find(name);
  if (known == taintedNodes_.end() ? taints.empty() : known->second == taints) return;
  if (taints.empty()) {
    taintedNodes_.erase(known);
  } else {
    taintedNodes_[name] = taints;
  }
  context_.ownedPods.forEachOnNode(name, [&](const Value& pod) { process(pod, taints); });
}

void TaintEvictionController::podChanged(const client::Change& change) {
  if (change.after.isNull()) return cancel(change.before);
  if (taintedNodes_.empty()) return;
  const Value& before = change.before[keys::spec];
  const Value& after = change.after[keys::spec];
  const bool same = before.sameAs(after) || (before[keys::nodeName] == after[keys::nodeName] &&
                                             before[keys::tolerations] == after[keys::tolerations]);
  if (same && !change.before.isNull()) return;
  const auto tainted = taintedNodes_.find(after[keys::nodeName].asString());
  if (tainted != taintedNodes_.end()) process(change.after, tainted->second);
}

void TaintEvictionController::process(const Value& pod, const Value& taints) {
  if (taints.empty()) return cancel(pod);
  const SimTime now = context_.now();
  const std::optional<SimDuration> time = tolerationTime(pod, taints);
  if (!time) return cancel(pod);
  if (*time == SimDuration{}) {
    cancel(pod);
    return schedule(pod, now, now);
  }
  SimTime created = now;
  const auto known = evictions_.find(api::namespacedName(pod));
  if (known != evictions_.end()) {
    // Scheduled already: the clock of the first taint runs on, unless that would be sooner than agreed.
    created = known->second.created;
    if (created + *time < now + *time) return;
    cancel(pod);
  }
  schedule(pod, created, now + *time);
}

void TaintEvictionController::schedule(const Value& pod, SimTime created, SimTime due) {
  const std::string key = api::namespacedName(pod);
  if (evictions_.count(key) > 0) return;
  Eviction& eviction = evictions_[key];
  eviction.created = created;
  eviction.timer = context_.simulator.at(due, [this, key, alive = std::weak_ptr<bool>(alive_)] {
    if (!alive.expired()) evict(key, 1);
  });
}

void TaintEvictionController::cancel(const Value& pod) {
  if (evictions_.empty()) return;
  const auto at = evictions_.find(api::namespacedName(pod));
  if (at == evictions_.end()) return;
  const bool waits = context_.simulator.cancel(at->second.timer);
  evictions_.erase(at);
  if (waits) event(pod, "Cancelling deletion of Pod ");
}

void TaintEvictionController::event(const Value& pod, std::string_view text) {
  recorder_.event(pod, "Normal", "TaintManagerEviction", std::string(text) + api::namespacedName(pod));
}

// addConditionAndDeletePod.
void TaintEvictionController::evict(const std::string& key, int attempt) {
  const auto at = evictions_.find(key);
  if (at == evictions_.end()) return;
  at->second.timer = TimerId::None;
  const NamespacedName name = splitKey(key);
  if (attempt == 1) {
    const Value& pod = pods_.store().find(name.ns, name.name);
    if (!pod.isNull()) event(pod, "Marking for deletion Pod ");
  }
  const auto remove = [this, key, attempt] {
    const NamespacedName whole = splitKey(key);
    context_.client.remove(r::pods, Value(whole.ns), Value(whole.name), Value(),
                           [this, key, attempt](client::Response response) {
                             if (!response.ok()) return failed(key, attempt);
                             evictions_.erase(key);
                           });
  };
  context_.client.get(r::pods, Value(name.ns), Value(name.name), [=, this](client::Response response) {
    if (!response.ok()) return failed(key, attempt);
    const Value& pod = response.body;
    const Value& conditions = pod.get(keys::status, keys::conditions);
    const Value target = Value::object({{keys::lastTransitionTime, timestamp(context_.now())},
                                        {keys::message, "Taint manager: deleting due to NoExecute taint"},
                                        {keys::reason, "DeletionByTaintManager"},
                                        {keys::status, "True"},
                                        {keys::type, "DisruptionTarget"}});
    const Value next = withPodCondition(conditions, target);
    if (next == conditions) return remove();
    context_.client.updateStatus(r::pods, pod.withPath({keys::status, keys::conditions}, next),
                                 [=, this](client::Response written) {
                                   if (!written.ok()) return failed(key, attempt);
                                   remove();
                                 });
  });
}

void TaintEvictionController::failed(const std::string& key, int attempt) {
  const auto at = evictions_.find(key);
  if (at == evictions_.end()) return;
  if (attempt >= kRetries) {
    evictions_.erase(at);
    return;
  }
  at->second.timer =
      context_.simulator.after(kRetrySleep, [this, key, attempt, alive = std::weak_ptr<bool>(alive_)] {
        if (!alive.expired()) evict(key, attempt + 1);
      });
}

}  // namespace pilothouse::controller_manager
