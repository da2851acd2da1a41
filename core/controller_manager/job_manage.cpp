#include <algorithm>
#include <utility>

#include "core/controller_manager/controller_utils.hpp"
#include "core/controller_manager/fields.hpp"
#include "core/controller_manager/job_controller.hpp"
#include "core/controller_manager/job_keys.hpp"
#include "core/controller_manager/pod_ranking.hpp"

namespace pilothouse::controller_manager {
namespace {

namespace r = api::resources;

constexpr std::size_t kNameMax = 253;
constexpr std::size_t kGeneratedNameMax = 58;  // names.MaxGeneratedNameLength
constexpr std::size_t kSlowStartInitialBatchSize = 1;
const Key kEnv = Key::intern("env");
const Key kFieldPath = Key::intern("fieldPath");
const Key kFieldRef = Key::intern("fieldRef");
const Key kValueFrom = Key::intern("valueFrom");
constexpr std::string_view kIndexVariable = "JOB_COMPLETION_INDEX";

Value withIndexVariable(const Value& container) {
  for (const Value& variable : container[kEnv].items()) {
    if (variable[keys::name].asString() == kIndexVariable) return container;
  }
  static const Value variable = Value::object(
      {{keys::name, Value(kIndexVariable)},
       {kValueFrom,
        Value::object({{kFieldRef, Value::object({{kFieldPath, "metadata.labels['" +
                                                                   std::string(job::kCompletionIndex.text()) +
                                                                   "']"}})}})}});
  return container.with(kEnv, container[kEnv].appended(variable));
}

Value withIndexVariables(const Value& podSpec) {
  Value made = podSpec;
  for (const Key list : {keys::containers, job::kInitContainers}) {
    const auto containers = podSpec[list].items();
    for (std::size_t i = 0; i < containers.size(); ++i) {
      made = made.with(list, made[list].withItem(i, withIndexVariable(containers[i])));
    }
  }
  return made;
}

Value withTrackingFinalizer(const Value& finalizers) {
  for (const Value& finalizer : finalizers.items()) {
    if (finalizer.asString() == job::kTrackingFinalizer) return finalizers;
  }
  return finalizers.appended(Value(job::kTrackingFinalizer));
}

}  // namespace

// manageJob.
void JobController::manage(const SyncPointer& sync) {
  const Value& spec = sync->spec();
  const std::int64_t parallelism = spec[job::kParallelism].asInt();
  if (isJobSuspended(sync->job)) return deletePods(sync, activeForRemoval(*sync, sync->active));
  std::int64_t wanted = 0;
  if (const Value& completions = spec[job::kCompletions]; completions.isNull()) {
    // One success is the end of it: what runs may run on, and nothing comes in its place.
    wanted = sync->succeeded > 0 ? sync->active : parallelism;
  } else {
    wanted = std::clamp<std::int64_t>(completions.asInt() - sync->succeeded, 0, parallelism);
  }
  std::vector<Value> surplus = activeForRemoval(*sync, std::max<std::int64_t>(sync->active - wanted, 0));
  const auto most = static_cast<std::size_t>(options_.maxPodCreateDeletePerSync);
  if (surplus.size() > most) surplus.resize(most);
  if (!surplus.empty()) return deletePods(sync, surplus);
  const std::int64_t ending = onlyReplacesFailedPods(sync->job) ? sync->terminating : 0;
  createPods(sync, wanted - ending - sync->active);
}

// Of an Indexed Job, pods of one index but the best, and those without a valid one, go in any case.
std::vector<Value> JobController::activeForRemoval(const Sync& sync, std::int64_t atLeast) const {
  if (!isIndexedJob(sync.job)) return activePodsToDelete(sync.activePods, static_cast<std::size_t>(atLeast));
  const std::int64_t completions = sync.spec()[job::kCompletions].asInt();
  std::map<std::int64_t, std::vector<Value>> byIndex;
  for (const Value& pod : sync.activePods) byIndex[completionIndex(pod)].push_back(pod);
  std::vector<Value> remove;
  std::vector<Value> left;
  for (auto& [index, pods] : byIndex) {
    const bool valid = index != kNoCompletionIndex && index < completions;
    const std::vector<Value> ordered = activePodsToDelete(pods, pods.size());
    remove.insert(remove.end(), ordered.begin(), valid ? ordered.end() - 1 : ordered.end());
    if (valid) left.push_back(ordered.back());
  }
  const auto wanted = static_cast<std::size_t>(atLeast);
  if (remove.size() < wanted) {
    const std::vector<Value> more = activePodsToDelete(std::move(left), wanted - remove.size());
    remove.insert(remove.end(), more.begin(), more.end());
  }
  return remove;
}

// RealPodControl.DeletePod.
void JobController::remove(const SyncPointer& sync, const Value& pod,
                           std::function<void(const client::Response&)> done) {
  const Value& metadata = api::meta(pod);
  context_.client.remove(
      r::pods, metadata[keys::namespace_], metadata[keys::name], Value(),
      [this, sync, name = metadata[keys::name], done = std::move(done)](const client::Response& response) {
        if (response.ok()) {
          recorder_.event(sync->job, "Normal", "SuccessfulDelete", "Deleted pod: " + name.toString());
        } else if (const api::Status status = response.status(); !api::isNotFound(status)) {
          recorder_.event(sync->job, "Warning", "FailedDelete", "Error deleting: " + status.message);
        }
        done(response);
      });
}

// deleteJobPods: these count neither as succeeded nor as failed, so that their finalizers go first.
void JobController::deletePods(const SyncPointer& sync, const std::vector<Value>& pods) {
  if (pods.empty()) return afterManage(sync, true);
  std::vector<std::string> names;
  for (const Value& pod : pods) names.emplace_back(api::name(pod));
  const auto found = known_.find(api::uid(sync->job));
  if (found != known_.end()) found->second.expectations.expectDeletions(std::move(names), context_.now());
  sync->pending = pods.size();
  for (const Value& pod : pods) {
    if (!hasTrackingFinalizer(pod)) {
      remove(sync, pod, [this, sync, pod](const client::Response& r) { deletionAnswered(sync, pod, r); });
      continue;
    }
    const Value& metadata = api::meta(pod);
    context_.client.patch(r::pods, metadata[keys::namespace_], metadata[keys::name],
                          apiserver::PatchType::StrategicMerge, withoutTrackingFinalizerPatch(),
                          [this, sync, pod](const client::Response& patched) {
                            if (!patched.ok()) return deletionAnswered(sync, pod, patched);
                            remove(sync, pod, [this, sync, pod](const client::Response& response) {
                              deletionAnswered(sync, pod, response);
                            });
                          });
  }
}

void JobController::deletionAnswered(const SyncPointer& sync, const Value& pod,
                                     const client::Response& response) {
  if (!response.ok()) {
    const auto found = known_.find(api::uid(sync->job));
    if (found != known_.end()) found->second.expectations.deletionObserved(api::name(pod));
  }
  if (response.ok() || api::isNotFound(response.status())) {
    ++sync->deleted;
    if (api::isPodReady(pod)) ++sync->deletedReady;
  } else if (sync->error.empty()) {
    sync->error = response.status().message;
  }
  if (--sync->pending > 0) return;
  sync->active -= sync->deleted;
  sync->terminating += sync->deleted;
  sync->ready -= sync->deletedReady;
  afterManage(sync, true);
}

void JobController::createPods(const SyncPointer& sync, std::int64_t missing) {
  missing = std::min(missing, options_.maxPodCreateDeletePerSync);
  if (missing <= 0) return afterManage(sync, true);
  SimDuration wait{};
  sync->toCreate = static_cast<std::size_t>(missing);
  if (!hasBackoffLimitPerIndex(sync->job)) {
    wait = sync->backoff.remaining(context_.now(), options_.jobPodFailureBackOff,
                                   options_.maxJobPodFailureBackOff);
  }
  if (wait == SimDuration::zero() && isIndexedJob(sync->job)) {
    sync->indexesToCreate = pendingIndexes(*sync, missing);
    if (hasBackoffLimitPerIndex(sync->job)) {
      sync->indexesToCreate = indexesWithoutWait(*sync, sync->indexesToCreate, wait);
    }
    sync->toCreate = sync->indexesToCreate.size();
  }
  if (wait > SimDuration::zero()) {
    queue_.addAfter(sync->key, std::max(wait, options_.syncJobBatchPeriod));
    return afterManage(sync, true);
  }
  if (sync->toCreate == 0) return afterManage(sync, true);
  const auto found = known_.find(api::uid(sync->job));
  if (found != known_.end()) {
    found->second.expectations.expectCreations(static_cast<std::int64_t>(sync->toCreate), context_.now());
  }
  createBatch(sync, 0, kSlowStartInitialBatchSize);
}

// firstPendingIndexes: neither succeeded, failed nor active.
std::vector<std::int64_t> JobController::pendingIndexes(const Sync& sync, std::int64_t count) const {
  const std::int64_t completions = sync.spec()[job::kCompletions].asInt();
  JobIndexes taken = sync.succeededIndexes;
  const auto take = [&](const Value& pod) {
    const std::int64_t index = completionIndex(pod);
    if (index != kNoCompletionIndex && index < completions) taken.add(index);
  };
  for (const Value& pod : sync.activePods) take(pod);
  if (onlyReplacesFailedPods(sync.job)) {
    for (const Value& pod : sync.pods) {
      if (isPodTerminating(pod)) take(pod);
    }
  }
  if (sync.failedIndexes) taken.add(*sync.failedIndexes);
  return taken.firstAbsent(count, completions);
}

// getPodCreationInfoForIndependentIndexes: those whose back-off is over; `wait` when there is none.
std::vector<std::int64_t> JobController::indexesWithoutWait(const Sync& sync,
                                                            const std::vector<std::int64_t>& indexes,
                                                            SimDuration& wait) const {
  std::vector<std::int64_t> now;
  SimDuration shortest = SimDuration::max();
  for (const std::int64_t index : indexes) {
    JobBackoff backoff;
    if (const auto at = sync.waitingForSuccessor.find(index); at != sync.waitingForSuccessor.end()) {
      const Value& pod = at->second;
      backoff = {indexFailures(pod) + indexIgnoredFailures(pod) + 1, finishedTime(pod)};
    }
    const SimDuration left =
        backoff.remaining(context_.now(), options_.jobPodFailureBackOff, options_.maxJobPodFailureBackOff);
    if (left == SimDuration::zero()) now.push_back(index);
    shortest = std::min(shortest, left);
  }
  wait = now.empty() && !indexes.empty() ? shortest : SimDuration::zero();
  return now;
}

// slowStartBatch: a batch goes out together; when all of it succeeded the next is twice as large.
void JobController::createBatch(const SyncPointer& sync, std::size_t from, std::size_t batch) {
  const auto found = known_.find(api::uid(sync->job));
  if (found == known_.end()) return done(*sync);  // deleted meanwhile
  batch = std::min(batch, sync->toCreate - from);
  const Value body = podBody(sync->job, found->second);
  sync->pending = batch;
  for (std::size_t i = from; i < from + batch; ++i) {
    createPod(sync,
              sync->indexesToCreate.empty() ? body : indexedPodBody(*sync, body, sync->indexesToCreate[i]),
              from, batch);
  }
}

void JobController::createPod(const SyncPointer& sync, const Value& body, std::size_t from,
                              std::size_t batch) {
  context_.client.create(r::pods, body, [this, sync, from, batch](const client::Response& response) {
    if (response.ok()) {
      ++sync->created;
      recorder_.event(sync->job, "Normal", "SuccessfulCreate",
                      "Created pod: " + std::string(api::name(response.body)));
    } else if (const api::Status status = response.status(); isNamespaceTerminating(status)) {
      ++sync->created;  // nothing to do: every creation would fail
    } else {
      recorder_.event(sync->job, "Warning", "FailedCreate", "Error creating: " + status.message);
      if (sync->error.empty()) sync->error = status.message;
    }
    if (--sync->pending > 0) return;
    if (sync->error.empty() && from + batch < sync->toCreate)
      return createBatch(sync, from + batch, 2 * batch);
    const auto found = known_.find(api::uid(sync->job));
    if (found != known_.end()) {
      // What was not made will not be seen.
      for (std::size_t i = sync->created; i < sync->toCreate; ++i) {
        found->second.expectations.creationObserved();
      }
    }
    sync->active += static_cast<std::int64_t>(sync->created);
    afterManage(sync, true);
  });
}

// controller.GetPodFromTemplate; one tree for all pods of a Job.
const Value& JobController::podBody(const Value& job, Known& known) const {
  const Value& podTemplate = job.get(keys::spec, keys::template_);
  if (!known.podBody.isNull() && known.templateSeen.sameAs(podTemplate)) return known.podBody;
  const Value& from = podTemplate[keys::metadata];
  std::string prefix(api::name(job));
  if (prefix.size() < kNameMax) prefix += '-';
  ObjectBuilder metadata;
  metadata.setIfAny(keys::annotations, from[keys::annotations])
      .set(keys::finalizers, withTrackingFinalizer(from[keys::finalizers]))
      .set(keys::generateName, prefix)
      .setIfAny(keys::labels, from[keys::labels])
      .set(keys::namespace_, api::meta(job)[keys::namespace_])
      .set(keys::ownerReferences, Value::array({api::controllerReference(job, resource_)}));
  const Value& spec = podTemplate[keys::spec];
  known.podBody = Value::object({{keys::apiVersion, "v1"},
                                 {keys::kind, "Pod"},
                                 {keys::metadata, metadata.build()},
                                 {keys::spec, isIndexedJob(job) ? withIndexVariables(spec) : spec}});
  known.templateSeen = podTemplate;
  return known.podBody;
}

Value JobController::indexedPodBody(const Sync& sync, const Value& body, std::int64_t index) const {
  const std::string text = std::to_string(index);
  const std::string name(api::name(sync.job));
  const std::string tail = "-" + text + "-";
  Value made = body.withPath({keys::metadata, keys::annotations, job::kCompletionIndex}, text);
  if (hasBackoffLimitPerIndex(sync.job)) {
    std::int64_t failures = 0;
    std::int64_t ignored = 0;
    const auto before = sync.waitingForSuccessor.find(index);
    if (before != sync.waitingForSuccessor.end()) {
      const Value& pod = before->second;
      const bool counts = matchPodFailurePolicy(sync.spec()[job::kPodFailurePolicy], pod).counts;
      failures = indexFailures(pod) + (counts ? 1 : 0);
      ignored = indexIgnoredFailures(pod) + (counts ? 0 : 1);
    }
    made =
        made.withPath({keys::metadata, keys::annotations, job::kIndexFailureCount}, std::to_string(failures));
    if (ignored > 0) {
      made = made.withPath({keys::metadata, keys::annotations, job::kIndexIgnoredFailureCount},
                           std::to_string(ignored));
    }
  }
  return made.withPath({keys::metadata, keys::labels, job::kCompletionIndex}, text)
      .withPath({keys::spec, fields::hostname}, name + "-" + text)
      .withPath({keys::metadata, keys::generateName},
                name.substr(0, kGeneratedNameMax - std::min(kGeneratedNameMax, tail.size())) + tail);
}

}  // namespace pilothouse::controller_manager
