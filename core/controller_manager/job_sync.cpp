#include <algorithm>
#include <utility>

#include "core/controller_manager/job_controller.hpp"
#include "core/controller_manager/job_keys.hpp"

namespace pilothouse::controller_manager {
namespace {

const Key kRestartCount = Key::intern("restartCount");
const Key kRestartPolicy = Key::intern("restartPolicy");

std::set<std::string_view> uidsOf(const std::vector<Value>& list) {
  std::set<std::string_view> uids;
  for (const Value& uid : list) uids.insert(uid.asString());
  return uids;
}

// pastBackoffLimitOnFailure: containers that the kubelet restarts count instead of pods.
bool restartsPastLimit(const Value& job, const std::vector<Value>& pods) {
  if (job[keys::spec].get(keys::template_, keys::spec, kRestartPolicy).asString() != "OnFailure")
    return false;
  std::int64_t restarts = 0;
  for (const Value& pod : pods) {
    const Value& status = pod[keys::status];
    const std::string_view phase = status[keys::phase].asString();
    if (phase != "Running" && phase != "Pending") continue;
    for (const Key list : {job::kInitContainerStatuses, keys::containerStatuses}) {
      for (const Value& container : status[list].items()) restarts += container[kRestartCount].asInt();
    }
  }
  const std::int64_t limit = job.get(keys::spec, job::kBackoffLimit).asInt();
  return limit == 0 ? restarts > 0 : restarts >= limit;
}

}  // namespace

// What the Job's pods come to, those counted before and those that ended since.
void JobController::count(Sync& sync) {
  const bool indexed = isIndexedJob(sync.job);
  const std::int64_t completions = sync.spec()[job::kCompletions].asInt();
  const Value& policy = sync.spec()[job::kPodFailurePolicy];
  const std::set<std::string_view> countedSucceeded = uidsOf(sync.status.uncountedSucceeded);
  const std::set<std::string_view> countedFailed = uidsOf(sync.status.uncountedFailed);
  std::vector<Value> newSucceeded;
  std::vector<Value> newFailed;
  std::int64_t newFailures = 0;
  for (const Value& pod : sync.pods) {
    if (api::isPodActive(pod)) {
      sync.activePods.push_back(pod);
      if (api::isPodReady(pod)) ++sync.ready;
    }
    if (isPodTerminating(pod)) ++sync.terminating;
    const std::string_view uid = api::uid(pod);
    if (!hasTrackingFinalizer(pod) || sync.finalizersGoing.count(uid) > 0) continue;
    if (indexed) {
      const std::int64_t index = completionIndex(pod);
      if (index == kNoCompletionIndex || index >= completions) continue;
    }
    if (pod.get(keys::status, keys::phase).asString() == "Succeeded" && countedSucceeded.count(uid) == 0) {
      newSucceeded.push_back(pod);
    }
    if (isPodFailed(pod, sync.job) && countedFailed.count(uid) == 0) {
      newFailed.push_back(pod);
      if (matchPodFailurePolicy(policy, pod).counts) ++newFailures;
    }
  }
  sync.active = static_cast<std::int64_t>(sync.activePods.size());
  sync.succeeded = sync.status.succeeded +
                   static_cast<std::int64_t>(newSucceeded.size() + sync.status.uncountedSucceeded.size());
  sync.failed =
      sync.status.failed + newFailures + static_cast<std::int64_t>(sync.status.uncountedFailed.size());
  if (sync.status.startTime.isNull() && !isJobSuspended(sync.job)) {
    sync.status.startTime = timestamp(context_.now());
  }
  sync.backoff.count(std::move(newSucceeded), std::move(newFailed));
}

// Whether the Job has come to its end, and why.
void JobController::judge(Sync& sync) {
  const Value& policy = sync.spec()[job::kPodFailurePolicy];
  if (const Value& met = sync.status.ifTrue("SuccessCriteriaMet"); !met.isNull()) {
    sync.finished =
        Finished{"SuccessCriteriaMet", met[keys::reason].toString(), met[keys::message].toString()};
  } else if (const Value& target = sync.status.ifTrue("FailureTarget"); !target.isNull()) {
    sync.finished = Finished{"Failed", target[keys::reason].toString(), target[keys::message].toString()};
  } else if (policy.isObject()) {
    for (const Value& pod : sync.pods) {
      if (!isPodFailed(pod, sync.job)) continue;
      std::string message = matchPodFailurePolicy(policy, pod).failJob;
      if (message.empty()) continue;
      sync.finished = Finished{"FailureTarget", "PodFailurePolicy", std::move(message)};
      break;
    }
  }
  if (!sync.finished) judgeLimits(sync);
  if (isIndexedJob(sync.job)) judgeIndexes(sync);
}

void JobController::judgeLimits(Sync& sync) {
  const Value& spec = sync.spec();
  if (sync.failed > spec[job::kBackoffLimit].asInt() || restartsPastLimit(sync.job, sync.pods)) {
    sync.finished =
        Finished{"FailureTarget", "BackoffLimitExceeded", "Job has reached the specified backoff limit"};
    return;
  }
  const Value& deadline = spec[job::kActiveDeadlineSeconds];
  const auto started = parseTimestamp(sync.status.startTime.asString());
  if (deadline.isNull() || !started || isJobSuspended(sync.job)) return;
  const SimDuration left = *started + std::chrono::seconds(deadline.asInt()) - context_.now();
  if (left <= SimDuration::zero()) {
    sync.finished =
        Finished{"FailureTarget", "DeadlineExceeded", "Job was active longer than specified deadline"};
  } else {
    queue_.addAfter(sync.key, left);
  }
}

void JobController::judgeIndexes(Sync& sync) {
  const Value& spec = sync.spec();
  const std::int64_t completions = spec[job::kCompletions].asInt();
  const bool perIndex = hasBackoffLimitPerIndex(sync.job);
  sync.succeededBefore = JobIndexes::parse(sync.status.completedIndexes, completions);
  sync.succeededIndexes = sync.succeededBefore;
  if (perIndex) sync.failedIndexes = JobIndexes::parse(sync.status.failedIndexes.value_or(""), completions);
  std::set<std::int64_t> activeIndexes;
  for (const Value& pod : sync.activePods) activeIndexes.insert(completionIndex(pod));
  for (const Value& pod : sync.pods) {
    const std::int64_t index = completionIndex(pod);
    if (index == kNoCompletionIndex || index >= completions || !hasTrackingFinalizer(pod)) continue;
    if (pod.get(keys::status, keys::phase).asString() == "Succeeded") sync.succeededIndexes.add(index);
    if (perIndex && isIndexFailed(sync.job, pod)) sync.failedIndexes->add(index);
  }
  sync.succeeded = sync.succeededIndexes.total();
  if (perIndex) {
    const std::int64_t failed = sync.failedIndexes->total();
    const Value& most = spec[job::kMaxFailedIndexes];
    if (!sync.finished && !most.isNull() && failed > most.asInt()) {
      sync.finished = Finished{"FailureTarget", "MaxFailedIndexesExceeded",
                               "Job has exceeded the specified maximal number of failed indexes"};
    } else if (!sync.finished && failed > 0 && failed + sync.succeeded >= completions) {
      sync.finished = Finished{"FailureTarget", "FailedIndexes", "Job has failed indexes"};
    }
    for (const Value& pod : sync.pods) {
      const std::int64_t index = completionIndex(pod);
      if (index == kNoCompletionIndex || index >= completions || !isPodFailed(pod, sync.job) ||
          !hasTrackingFinalizer(pod) || sync.finalizersGoing.count(api::uid(pod)) > 0 ||
          sync.succeededIndexes.has(index) || sync.failedIndexes->has(index) ||
          activeIndexes.count(index) > 0) {
        continue;
      }
      Value& waiting = sync.waitingForSuccessor[index];
      const auto failures = [](const Value& p) { return indexFailures(p) + indexIgnoredFailures(p); };
      if (waiting.isNull() ||
          (failures(waiting) <= failures(pod) && finishedTime(pod) >= finishedTime(waiting))) {
        waiting = pod;
      }
    }
  }
  if (sync.finished) return;
  std::string met = matchSuccessPolicy(spec[job::kSuccessPolicy], completions, sync.succeededIndexes);
  if (!met.empty()) sync.finished = Finished{"SuccessCriteriaMet", "SuccessPolicy", std::move(met)};
}

// The Job is at its end: what still runs goes.
void JobController::deleteActive(const SyncPointer& sync) {
  const auto finish = [this, sync] {
    // Not the end yet while there may be pods that still count, or that are not in the cache.
    if (sync->deleted != sync->active || !sync->expectationsMet) sync->finished.reset();
    sync->active -= sync->deleted;
    sync->terminating += sync->deleted;
    sync->ready -= sync->deletedReady;
    conclude(sync);
  };
  sync->pending = sync->activePods.size();
  if (sync->pending == 0) return finish();
  for (const Value& pod : sync->activePods) {
    remove(sync, pod, [sync, pod, finish](const client::Response& response) {
      if (api::isPodReady(pod)) ++sync->deletedReady;
      if (response.ok() || api::isNotFound(response.status())) {
        ++sync->deleted;
      } else if (sync->error.empty()) {
        sync->error = response.status().message;
      }
      if (--sync->pending == 0) finish();
    });
  }
}

// Nothing has ended the Job so far. `managed`: pods were made or deleted as the spec says, so that the
// conditions may follow.
void JobController::afterManage(const SyncPointer& sync, bool managed) {
  const Value& completions = sync->spec()[job::kCompletions];
  const SimTime now = context_.now();
  if (sync->active == 0 &&
      (completions.isNull() ? sync->succeeded > 0 : sync->succeeded >= completions.asInt())) {
    sync->finished =
        Finished{"SuccessCriteriaMet", "CompletionsReached", "Reached expected number of succeeded pods"};
  } else if (managed && isJobSuspended(sync->job)) {
    if (sync->status.ensureCondition("Suspended", "True", "JobSuspended", "Job suspended", now)) {
      recorder_.event(sync->job, "Normal", "Suspended", "Job suspended");
    }
  } else if (managed) {
    if (sync->status.ensureCondition("Suspended", "False", "JobResumed", "Job resumed", now)) {
      recorder_.event(sync->job, "Normal", "Resumed", "Job resumed");
      // The time that a Job may be active begins anew.
      sync->status.startTime = timestamp(now);
    }
  }
  conclude(sync);
}

void JobController::conclude(const SyncPointer& sync) {
  sync->status.active = sync->active;
  sync->status.ready = sync->ready;
  sync->status.terminating = sync->terminating;
  track(sync);
}

}  // namespace pilothouse::controller_manager
