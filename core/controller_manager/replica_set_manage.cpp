#include <algorithm>
#include <utility>

#include "core/controller_manager/controller_utils.hpp"
#include "core/controller_manager/fields.hpp"
#include "core/controller_manager/pod_ranking.hpp"
#include "core/controller_manager/replica_set.hpp"

namespace pilothouse::controller_manager {
namespace {

namespace r = api::resources;
using Result = client::WorkQueue::Result;

constexpr std::size_t kNameMax = 253;
constexpr std::string_view kReplicaFailure = "ReplicaFailure";

void setCount(ObjectBuilder& status, Key key, std::int64_t count) {
  if (count == 0) {
    status.remove(key);  // omitempty
  } else {
    status.set(key, Value(count));
  }
}

Value withoutCondition(const Value& conditions, std::string_view type) {
  std::vector<Value> kept;
  for (const Value& condition : conditions.items()) {
    if (condition[keys::type].asString() != type) kept.push_back(condition);
  }
  return Value::array(kept);
}

}  // namespace

// manageReplicas.
void ReplicaSetController::manage(const std::shared_ptr<Sync>& sync) {
  const std::int64_t difference = sync->active - specReplicas(sync->replicaSet);
  if (difference == 0) return updateStatus(sync);
  if (difference > 0) return deletePods(sync, std::min(difference, kBurstReplicas));
  sync->wanted = std::min(-difference, kBurstReplicas);
  const auto found = known_.find(api::uid(sync->replicaSet));
  if (found != known_.end()) found->second.expectations.expectCreations(sync->wanted, context_.now());
  createBatch(sync, sync->wanted, kSlowStartInitialBatchSize);
}

// slowStartBatch: a batch goes out together; when all of it succeeded the next is twice as large.
void ReplicaSetController::createBatch(const std::shared_ptr<Sync>& sync, std::int64_t remaining,
                                       std::int64_t batch) {
  const auto found = known_.find(api::uid(sync->replicaSet));
  if (found == known_.end()) return sync->finish(Result::Done);  // deleted meanwhile
  const Value body = podBody(sync->replicaSet, found->second);
  batch = std::min(batch, remaining);
  sync->pending = static_cast<std::size_t>(batch);
  for (std::int64_t i = 0; i < batch; ++i) {
    context_.client.create(r::pods, body, [this, sync, remaining, batch](client::Response response) {
      recordCreation(*sync, response);
      if (--sync->pending > 0) return;
      if (sync->error.empty() && remaining > batch) {
        createBatch(sync, remaining - batch, 2 * batch);
      } else {
        finishCreations(sync);
      }
    });
  }
}

void ReplicaSetController::recordCreation(Sync& sync, const client::Response& response) {
  if (response.ok()) {
    ++sync.successes;
    recorder_.event(sync.replicaSet, "Normal", "SuccessfulCreate",
                    "Created pod: " + std::string(api::name(response.body)));
    return;
  }
  const api::Status status = response.status();
  if (isNamespaceTerminating(status)) {
    ++sync.successes;  // nothing to do: every creation would fail
    return;
  }
  recorder_.event(sync.replicaSet, "Warning", "FailedCreate", "Error creating: " + status.message);
  if (sync.error.empty()) sync.error = status.message;
}

void ReplicaSetController::finishCreations(const std::shared_ptr<Sync>& sync) {
  const auto found = known_.find(api::uid(sync->replicaSet));
  if (found != known_.end()) {
    // What was not made will not be seen.
    for (std::int64_t i = sync->successes; i < sync->wanted; ++i)
      found->second.expectations.creationObserved();
  }
  updateStatus(sync);
}

void ReplicaSetController::deletePods(const std::shared_ptr<Sync>& sync, std::int64_t count) {
  const std::vector<Value> chosen =
      choosePods(sync->replicaSet, count, sync->active - specReplicas(sync->replicaSet));
  if (chosen.empty()) return updateStatus(sync);
  std::vector<std::string> names;
  for (const Value& pod : chosen) names.emplace_back(api::name(pod));
  const auto found = known_.find(api::uid(sync->replicaSet));
  if (found != known_.end()) found->second.expectations.expectDeletions(std::move(names), context_.now());
  sync->pending = chosen.size();
  for (const Value& pod : chosen) {
    const Value& metadata = api::meta(pod);
    context_.client.remove(r::pods, metadata[keys::namespace_], metadata[keys::name], Value(),
                           [this, sync, name = metadata[keys::name]](client::Response response) {
                             if (response.ok()) {
                               recorder_.event(sync->replicaSet, "Normal", "SuccessfulDelete",
                                               "Deleted pod: " + name.toString());
                             } else {
                               const api::Status status = response.status();
                               const auto owner = known_.find(api::uid(sync->replicaSet));
                               if (owner != known_.end())
                                 owner->second.expectations.deletionObserved(name.asString());
                               if (!api::isNotFound(status)) {
                                 recorder_.event(sync->replicaSet, "Warning", "FailedDelete",
                                                 "Error deleting: " + status.message);
                                 if (sync->error.empty()) sync->error = status.message;
                               }
                             }
                             if (--sync->pending == 0) updateStatus(sync);
                           });
  }
}

// `count` pods of the `difference` that have to go in all.
std::vector<Value> ReplicaSetController::choosePods(const Value& replicaSet, std::int64_t count,
                                                    std::int64_t difference) {
  const auto found = known_.find(api::uid(replicaSet));
  if (found == known_.end()) return rankedPods(replicaSet, count);
  Known& known = found->second;
  if (count == difference) {
    known.chosen = {};
    return rankedPods(replicaSet, count);
  }
  const std::int64_t generation = api::meta(replicaSet)[keys::generation].asInt();
  if (known.chosenFor != generation) known.chosen.clear();
  known.chosenFor = generation;
  std::vector<Value> pods;
  for (int round = 0; round < 2 && pods.empty(); ++round) {
    if (known.chosen.empty()) {
      known.chosen = rankedPods(replicaSet, difference);
      std::reverse(known.chosen.begin(), known.chosen.end());
    }
    while (static_cast<std::int64_t>(pods.size()) < count && !known.chosen.empty()) {
      const Value& next = known.chosen.back();
      const Value& live = pods_.store().find(api::namespaceOf(next), api::name(next));
      if (api::uid(live) == api::uid(next) && api::isPodActive(live)) pods.push_back(live);
      known.chosen.pop_back();
    }
  }
  return pods;
}

std::vector<Value> ReplicaSetController::rankedPods(const Value& replicaSet, std::int64_t count) const {
  std::vector<Value> pods;
  context_.ownedPods.forEach(api::uid(replicaSet), [&](const Value& pod) {
    if (api::isPodActive(pod)) pods.push_back(pod);
  });
  // Pods of every ReplicaSet of the same Deployment count for "doubled up on a node".
  const auto related = [&](const std::function<void(const Value&)>& visit) {
    const Value& controller = api::controllerOf(replicaSet);
    if (controller.isNull() || kind_.mapSelector) return;
    replicaSets_.store().forEachByIndex(
        context_.replicaSetsByOwner, controller[keys::uid].asString(), [&](const Value& sibling) {
          context_.ownedPods.forEach(api::uid(sibling), [&](const Value& pod) {
            if (api::isPodActive(pod)) visit(pod);
          });
        });
  };
  return podsToDelete(std::move(pods), static_cast<std::size_t>(count), context_.now(), related);
}

// controller.GetPodFromTemplate; one tree for all pods of a template, so that the server and every cache
// share labels, owner and spec among them.
Value ReplicaSetController::podBody(const Value& replicaSet, Known& known) const {
  const Value& podTemplate = replicaSet.get(keys::spec, keys::template_);
  if (!known.podBody.isNull() && known.templateSeen.sameAs(podTemplate)) return known.podBody;
  const Value& from = podTemplate[keys::metadata];
  std::string prefix(api::name(replicaSet));
  if (prefix.size() < kNameMax) prefix += '-';
  ObjectBuilder metadata;
  metadata.setIfAny(keys::annotations, from[keys::annotations])
      .setIfAny(keys::finalizers, from[keys::finalizers])
      .set(keys::generateName, prefix)
      .setIfAny(keys::labels, from[keys::labels])
      .set(keys::namespace_, api::meta(replicaSet)[keys::namespace_])
      .set(keys::ownerReferences, Value::array({api::controllerReference(replicaSet, kind_.resource)}));
  known.podBody = Value::object({{keys::apiVersion, "v1"},
                                 {keys::kind, "Pod"},
                                 {keys::metadata, metadata.build()},
                                 {keys::spec, podTemplate[keys::spec]}});
  known.templateSeen = podTemplate;
  return known.podBody;
}

// calculateStatus.
Value ReplicaSetController::statusOf(const Sync& sync, const Value& replicaSet) const {
  const Value& before = replicaSet[keys::status];
  ObjectBuilder status(before);
  status.set(keys::replicas, Value(sync.active));
  setCount(status, fields::fullyLabeledReplicas, sync.fullyLabeled);
  setCount(status, keys::readyReplicas, sync.ready);
  setCount(status, keys::availableReplicas, sync.available);
  // The generation of the object that the counts were made for.
  status.set(keys::observedGeneration, api::meta(sync.replicaSet)[keys::generation]);
  Value conditions = before[keys::conditions];
  const bool failing = !api::condition(replicaSet, kReplicaFailure).isNull();
  if (!sync.error.empty() && !failing) {
    const bool creating = sync.active < specReplicas(sync.replicaSet);
    conditions =
        conditions.appended(Value::object({{keys::lastTransitionTime, timestamp(context_.now())},
                                           {keys::message, Value(sync.error)},
                                           {keys::reason, creating ? "FailedCreate" : "FailedDelete"},
                                           {keys::status, "True"},
                                           {keys::type, Value(kReplicaFailure)}}));
  } else if (sync.error.empty() && failing) {
    conditions = withoutCondition(conditions, kReplicaFailure);
  }
  if (conditions.empty()) {
    status.remove(keys::conditions);
  } else {
    status.set(keys::conditions, std::move(conditions));
  }
  return status.build();
}

void ReplicaSetController::updateStatus(const std::shared_ptr<Sync>& sync) {
  writeStatus(sync, sync->replicaSet, true);
}

// updateReplicaSetStatus: a conflict is tried once more on the live object.
void ReplicaSetController::writeStatus(const std::shared_ptr<Sync>& sync, const Value& replicaSet,
                                       bool mayRetry) {
  Value status = statusOf(*sync, replicaSet);
  if (status == replicaSet[keys::status]) return finish(sync, replicaSet);
  context_.client.updateStatus(kind_.resource, replicaSet.with(keys::status, std::move(status)),
                               [this, sync, mayRetry](client::Response response) {
                                 if (response.ok()) return finish(sync, response.body);
                                 if (!mayRetry) return sync->finish(Result::Retry);
                                 const Value& metadata = api::meta(sync->replicaSet);
                                 context_.client.get(kind_.resource, metadata[keys::namespace_],
                                                     metadata[keys::name],
                                                     [this, sync](client::Response fresh) {
                                                       if (!fresh.ok()) return sync->finish(Result::Retry);
                                                       writeStatus(sync, fresh.body, false);
                                                     });
                               });
}

void ReplicaSetController::finish(const std::shared_ptr<Sync>& sync, const Value& replicaSet) {
  if (!sync->error.empty()) return sync->finish(Result::Retry);
  const std::int64_t minReadySeconds = replicaSet.get(keys::spec, fields::minReadySeconds).asInt(0);
  const std::int64_t replicas = specReplicas(replicaSet);
  if (minReadySeconds > 0 && sync->ready == replicas && sync->available != replicas) {
    queue_.addAfter(sync->key, std::chrono::seconds(minReadySeconds));
  }
  sync->finish(Result::Done);
}

}  // namespace pilothouse::controller_manager
