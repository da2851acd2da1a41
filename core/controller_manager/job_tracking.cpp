#include <algorithm>
#include <utility>

#include "core/controller_manager/job_controller.hpp"
#include "core/controller_manager/job_keys.hpp"

namespace pilothouse::controller_manager {
namespace {

namespace r = api::resources;

bool contains(const std::vector<Value>& uids, const Value& uid) {
  return std::find(uids.begin(), uids.end(), uid) != uids.end();
}

}  // namespace

// trackJobStatusAndRemoveFinalizers: ended pods are written down as uncounted, lose their finalizer, and
// count.
void JobController::track(const SyncPointer& sync) {
  for (const Value& pod : sync->pods) {
    const std::string_view uid = api::uid(pod);
    if (hasTrackingFinalizer(pod) && sync->finalizersGoing.count(uid) == 0) sync->withFinalizer.emplace(uid);
  }
  sync->status.countThoseWithout(
      [&sync](std::string_view uid) { return sync->withFinalizer.count(uid) > 0; });
  trackPods(*sync);
  noteInterimConditions(*sync);
  flush(sync);
}

void JobController::trackPods(Sync& sync) {
  const bool indexed = isIndexedJob(sync.job);
  if (indexed) {
    std::stable_sort(sync.pods.begin(), sync.pods.end(),
                     [](const Value& a, const Value& b) { return completionIndex(a) < completionIndex(b); });
  }
  std::size_t newlySucceeded = 0;
  for (const Value& pod : sync.pods) {
    if (sync.withFinalizer.count(api::uid(pod)) == 0) continue;  // processed before
    trackPod(sync, pod, newlySucceeded);
    const std::size_t uncounted =
        newlySucceeded + sync.status.uncountedSucceeded.size() + sync.status.uncountedFailed.size();
    if (static_cast<std::int64_t>(uncounted) >= options_.maxUncountedPods) {
      sync.tooManyUncounted = true;  // the rest in the next sync, which the changes of the pods bring
      break;
    }
  }
  if (!indexed) return;
  sync.status.succeeded = sync.succeededIndexes.total();
  sync.status.completedIndexes = sync.succeededIndexes.toString();
  sync.status.failedIndexes.reset();
  if (sync.failedIndexes) sync.status.failedIndexes = sync.failedIndexes->toString();
}

void JobController::trackPod(Sync& sync, const Value& pod, std::size_t& newlySucceeded) {
  const bool failed = isPodFailed(pod, sync.job);
  if (!mayLetGo(sync, pod, failed)) return;
  sync.toLetGo.push_back(pod);
  const bool indexed = isIndexedJob(sync.job);
  const Value& uid = api::meta(pod)[keys::uid];
  const std::int64_t index = completionIndex(pod);
  const bool validIndex = index != kNoCompletionIndex && index < sync.spec()[job::kCompletions].asInt();
  if (contains(sync.status.uncountedFailed, uid)) return;
  if (pod.get(keys::status, keys::phase).asString() == "Succeeded") {
    if (!indexed) {
      if (!contains(sync.status.uncountedSucceeded, uid)) sync.status.uncountedSucceeded.push_back(uid);
    } else if (validIndex && !sync.succeededBefore.has(index)) {
      ++newlySucceeded;
    }
    return;
  }
  // Of a Job at its end, every pod that has not succeeded has failed.
  const bool ended = sync.finished && sync.finished->type != "SuccessCriteriaMet";
  if (!failed && !ended) return;
  if (indexed && !validIndex) return;
  if (matchPodFailurePolicy(sync.spec()[job::kPodFailurePolicy], pod).counts) {
    sync.status.uncountedFailed.push_back(uid);
  }
}

// canRemoveFinalizer.
bool JobController::mayLetGo(const Sync& sync, const Value& pod, bool failed) const {
  if (api::isBeingDeleted(sync.job) || sync.finished ||
      pod.get(keys::status, keys::phase).asString() == "Succeeded") {
    return true;
  }
  if (!failed) return false;
  if (!hasBackoffLimitPerIndex(sync.job)) return true;
  const auto waiting = sync.waitingForSuccessor.find(completionIndex(pod));
  return waiting == sync.waitingForSuccessor.end() || api::uid(waiting->second) != api::uid(pod);
}

// The conditions that are True from here on, while the pods still end.
void JobController::noteInterimConditions(Sync& sync) {
  if (!sync.finished) return;
  Finished& finished = *sync.finished;
  if (finished.type == "FailureTarget") {
    sync.status.addCondition("FailureTarget", finished.reason, finished.message, context_.now());
    finished.type = "Failed";
  } else if (finished.type == "SuccessCriteriaMet") {
    if (sync.status.ifTrue("SuccessCriteriaMet").isNull()) {
      sync.status.addCondition("SuccessCriteriaMet", finished.reason, finished.message, context_.now());
    }
    finished.type = "Complete";
  }
}

// flushUncountedAndRemoveFinalizers.
void JobController::flush(const SyncPointer& sync) {
  Value status = sync->status.toValue();
  if (status == sync->job[keys::status]) return removeFinalizers(sync);
  context_.client.updateStatus(resource_, sync->job.with(keys::status, std::move(status)),
                               [this, sync](const client::Response& response) {
                                 if (!response.ok()) return fail(*sync);
                                 sync->job = response.body;
                                 const auto found = known_.find(api::uid(sync->job));
                                 if (found != known_.end()) found->second.backoff = sync->backoff;
                                 removeFinalizers(sync);
                               });
}

void JobController::removeFinalizers(const SyncPointer& sync) {
  sync->pending = sync->toLetGo.size();
  if (sync->pending == 0) return afterRemoval(sync);
  const auto found = known_.find(api::uid(sync->job));
  if (found != known_.end()) {
    for (const Value& pod : sync->toLetGo) found->second.finalizersGoing.emplace(api::uid(pod));
  }
  for (const Value& pod : sync->toLetGo) {
    const Value& metadata = api::meta(pod);
    context_.client.patch(
        r::pods, metadata[keys::namespace_], metadata[keys::name], apiserver::PatchType::StrategicMerge,
        withoutTrackingFinalizerPatch(),
        [this, sync, pod](const client::Response& response) { finalizerGone(sync, pod, response); });
  }
}

void JobController::finalizerGone(const SyncPointer& sync, const Value& pod,
                                  const client::Response& response) {
  const std::string uid = api::meta(pod)[keys::uid].toString();
  if (!response.ok()) {
    // There will be no change of the pod to see.
    const auto found = known_.find(api::uid(sync->job));
    if (found != known_.end()) found->second.finalizersGoing.erase(uid);
  }
  if (response.ok() || api::isNotFound(response.status())) {
    sync->withFinalizer.erase(uid);
  } else {
    sync->letGoFailed = true;
  }
  if (--sync->pending == 0) afterRemoval(sync);
}

void JobController::afterRemoval(const SyncPointer& sync) {
  sync->status.countThoseWithout(
      [&sync](std::string_view uid) { return sync->withFinalizer.count(uid) > 0; });
  enact(sync);
}

// enactJobFinished: the last condition when nothing is uncounted and no pod still ends; then the counters.
void JobController::enact(const SyncPointer& sync) {
  JobStatus& status = sync->status;
  if (sync->finished && !sync->letGoFailed && !sync->tooManyUncounted && sync->terminating == 0 &&
      status.uncountedSucceeded.empty() && status.uncountedFailed.empty()) {
    const Finished& finished = *sync->finished;
    status.ensureCondition(finished.type, "True", finished.reason, finished.message, context_.now());
    if (finished.type == "Complete") status.completionTime = timestamp(context_.now());
    sync->jobFinished = true;
  }
  const auto end = [this, sync] {
    const bool failed = sync->letGoFailed || !sync->error.empty();
    return failed ? fail(*sync) : done(*sync);
  };
  Value written = status.toValue();
  if (written == sync->job[keys::status]) return end();
  context_.client.updateStatus(resource_, sync->job.with(keys::status, std::move(written)),
                               [this, sync, end](const client::Response& response) {
                                 if (!response.ok()) return fail(*sync);
                                 sync->job = response.body;
                                 if (sync->jobFinished) recordFinished(*sync);
                                 end();
                               });
}

void JobController::recordFinished(const Sync& sync) {
  const Finished& finished = *sync.finished;
  if (finished.type != "Complete") {
    return recorder_.event(sync.job, "Warning", finished.reason, finished.message);
  }
  const Value& completions = sync.spec()[job::kCompletions];
  if (!completions.isNull() && sync.status.succeeded > completions.asInt()) {
    recorder_.event(sync.job, "Warning", "TooManySucceededPods",
                    "Too many succeeded pods running after completion count reached");
  }
  recorder_.event(sync.job, "Normal", "Completed", "Job completed");
}

}  // namespace pilothouse::controller_manager
