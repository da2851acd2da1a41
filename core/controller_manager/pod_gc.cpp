#include "core/controller_manager/pod_gc.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/controller_manager/controller_utils.hpp"
#include "core/controller_manager/fields.hpp"
#include "core/controller_manager/owned_pods.hpp"

namespace pilothouse::controller_manager {
namespace {

namespace r = api::resources;

bool isEvicted(const Value& pod) {
  return pod.get(keys::status, keys::phase).asString() == "Failed" &&
         pod.get(keys::status, keys::reason).asString() == "Evicted";
}

}  // namespace

PodGcController::PodGcController(const ControllerContext& context)
    : context_(context),
      nodes_(context.informer(r::nodes)),
      pods_(context.informer(r::pods)),
      timer_(context.simulator) {
  pods_.onChange([this](const client::Change& change) { podChanged(change); });
  nodes_.onChange([this](const client::Change& change) {
    if (!change.after.isNull()) return;
    const std::string name(api::name(change.before));
    if (context_.ownedPods.countOnNode(name) > 0) missingNodes_.emplace(name, context_.now());
  });
}

void PodGcController::start() {
  pods_.store().forEach([this](const Value& pod) {
    const Value& node = pod.get(keys::spec, keys::nodeName);
    if (!node.asString().empty() && nodes_.store().find("", node.asString()).isNull()) {
      missingNodes_.emplace(node.toString(), context_.now());
    }
  });
  collect();
}

void PodGcController::podChanged(const client::Change& change) {
  if (!change.before.isNull() && api::isPodTerminal(change.before)) --terminated_;
  if (change.after.isNull()) return;
  if (api::isPodTerminal(change.after)) ++terminated_;
  const Value& node = change.after.get(keys::spec, keys::nodeName);
  if (node.asString().empty()) {
    if (api::isBeingDeleted(change.after)) unscheduledTerminating_.insert(api::namespacedName(change.after));
  } else if (!(change.before.get(keys::spec, keys::nodeName) == node) && nodes_.hasSynced() &&
             nodes_.store().find("", node.asString()).isNull()) {
    missingNodes_.emplace(node.toString(), context_.now());
  }
}

void PodGcController::collect() {
  timer_.arm(kCheckPeriod, [this] { collect(); });
  collectOrphaned();
  collectUnscheduledTerminating();
  if (terminated_ > kTerminatedPodThreshold) collectTerminated();
}

void PodGcController::collectOrphaned() {
  for (auto at = missingNodes_.begin(); at != missingNodes_.end();) {
    const bool back = !nodes_.store().find("", at->first).isNull();
    if (back || context_.ownedPods.countOnNode(at->first) == 0) {
      at = missingNodes_.erase(at);
      continue;
    }
    if (context_.now() - at->second >= kQuarantineTime) {
      // After the quarantine the server has the last word.
      context_.client.get(r::nodes, Value(), Value(at->first),
                          [this, name = at->first](client::Response found) {
                            if (!found.ok() && api::isNotFound(found.status())) removeAll(name);
                          });
    }
    ++at;
  }
}

void PodGcController::removeAll(const std::string& node) {
  const Value condition = Value::object({{keys::lastTransitionTime, timestamp(context_.now())},
                                         {keys::message, "PodGC: node no longer exists"},
                                         {keys::reason, "DeletionByPodGC"},
                                         {keys::status, "True"},
                                         {keys::type, "DisruptionTarget"}});
  context_.ownedPods.forEachOnNode(node, [&](const Value& pod) { markFailedAndDelete(pod, condition); });
}

void PodGcController::collectUnscheduledTerminating() {
  for (auto at = unscheduledTerminating_.begin(); at != unscheduledTerminating_.end();) {
    const NamespacedName name = splitKey(*at);
    const Value& pod = pods_.store().find(name.ns, name.name);
    const bool still = api::isBeingDeleted(pod) && pod.get(keys::spec, keys::nodeName).asString().empty();
    if (still) markFailedAndDelete(pod, Value());
    at = still ? std::next(at) : unscheduledTerminating_.erase(at);
  }
}

void PodGcController::collectTerminated() {
  std::vector<Value> all;
  pods_.store().forEach([&](const Value& pod) {
    if (api::isPodTerminal(pod)) all.push_back(pod);
  });
  std::sort(all.begin(), all.end(), [](const Value& a, const Value& b) {
    return isEvicted(a) != isEvicted(b) ? isEvicted(a) : createdBefore(a, b);
  });
  for (std::size_t i = 0; i + kTerminatedPodThreshold < all.size(); ++i) markFailedAndDelete(all[i], Value());
}

void PodGcController::markFailedAndDelete(const Value& pod, const Value& condition) {
  if (api::isPodTerminal(pod)) return remove(pod);
  Value failed = pod.withPath({keys::status, keys::phase}, Value("Failed"));
  if (!condition.isNull()) {
    failed = failed.withPath({keys::status, keys::conditions},
                             withPodCondition(failed.get(keys::status, keys::conditions), condition));
  }
  const Value& metadata = api::meta(pod);
  context_.client.patch(
      r::pods, metadata[keys::namespace_], metadata[keys::name], apiserver::PatchType::Merge,
      Value::object({{keys::status, failed[keys::status]}}),
      [this, pod](client::Response response) {
        if (response.ok()) remove(pod);
      },
      keys::status);
}

void PodGcController::remove(const Value& pod) {
  const Value& metadata = api::meta(pod);
  context_.client.remove(r::pods, metadata[keys::namespace_], metadata[keys::name],
                         Value::object({{fields::gracePeriodSeconds, 0}}), [](client::Response) {});
}

}  // namespace pilothouse::controller_manager
