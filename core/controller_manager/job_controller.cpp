#include "core/controller_manager/job_controller.hpp"

#include <algorithm>
#include <utility>

#include "core/controller_manager/controller_utils.hpp"
#include "core/controller_manager/job_keys.hpp"
#include "core/controller_manager/owned_pods.hpp"

namespace pilothouse::controller_manager {
namespace {

namespace r = api::resources;
using Result = client::WorkQueue::Result;

const Value kNone;
const Value kJobKind("Job");
const Key kRemoveFinalizers = Key::intern("$deleteFromPrimitiveList/finalizers");

// Adoption gives a pod the finalizer too; letting go takes it away.
Value withFinalizers(const Value& patch, Key key) {
  return patch.withPath({keys::metadata, key}, Value::array({Value(job::kTrackingFinalizer)}));
}

bool isOfJob(const Value& controller) { return controller[keys::kind] == kJobKind; }

}  // namespace

Value withoutTrackingFinalizerPatch() {
  static const Value patch = withFinalizers(Value::emptyObject(), kRemoveFinalizers);
  return patch;
}

JobController::JobController(const ControllerContext& context, const api::Resource& jobs,
                             const JobControllerOptions& options)
    : context_(context),
      resource_(jobs),
      options_(options),
      jobs_(context.informer(jobs)),
      pods_(context.informer(r::pods)),
      byNamespace_(jobs_.store().addIndex([](const Value& job, std::vector<Value>& out) {
        out.push_back(api::meta(job)[keys::namespace_]);
      })),
      recorder_(context.client, "job-controller"),
      queue_(
          context.simulator, options.concurrentJobSyncs,
          [this](const std::string& key, client::WorkQueue::Finish finish) { sync(key, std::move(finish)); }),
      orphans_(context.simulator, 1, [this](const std::string& key, client::WorkQueue::Finish finish) {
        syncOrphan(key, std::move(finish));
      }) {
  jobs_.onChange([this](const client::Change& change) { jobChanged(change); });
  pods_.onChange([this](const client::Change& change) { podChanged(change); });
}

void JobController::start() {
  started_ = true;
  queue_.start();
  orphans_.start();
  jobs_.store().forEach([this](const Value& job) { queue_.add(api::namespacedName(job)); });
  for (const std::string& key : std::exchange(orphansBeforeStart_, {})) orphans_.add(key);
}

void JobController::jobChanged(const client::Change& change) {
  const Value& before = change.before;
  const Value& after = change.after;
  if (!before.isNull() && (after.isNull() || api::uid(before) != api::uid(after))) {
    known_.erase(std::string(api::uid(before)));
    cleanUpFinalizers(before);
  }
  const std::string key = api::namespacedName(after.isNull() ? before : after);
  if (after.isNull()) return queue_.add(key);
  known_[std::string(api::uid(after))].key = key;
  const bool specChanged =
      before.isNull() || !(api::meta(before)[keys::generation] == api::meta(after)[keys::generation]);
  queue_.addAfter(key, specChanged ? SimDuration::zero() : options_.syncJobBatchPeriod);
  if (isJobFinished(after)) cleanUpFinalizers(after);
}

JobController::Known* JobController::known(const Value& controller) {
  if (!isOfJob(controller)) return nullptr;
  const auto found = known_.find(controller[keys::uid].asString());
  return found == known_.end() ? nullptr : &found->second;
}

const Value& JobController::jobOf(const Known* known) const {
  if (known == nullptr) return kNone;
  const NamespacedName at = splitKey(known->key);
  return jobs_.store().find(at.ns, at.name);
}

// Most pods are of no Job, and leave here.
void JobController::podChanged(const client::Change& change) {
  const Value& pod = change.after.isNull() ? change.before : change.after;
  const Value& owner = api::controllerOf(pod);
  if (!owner.isNull() && !isOfJob(owner)) {
    if (change.before.isNull() || change.after.isNull()) return;
    if (!isOfJob(api::controllerOf(change.before))) return;
  }
  if (change.after.isNull()) return podDeleted(change.before, true);
  if (change.before.isNull()) return podAdded(change.after);
  podUpdated(change.before, change.after);
}

void JobController::podAdded(const Value& pod) {
  if (api::isBeingDeleted(pod)) return podDeleted(pod, false);
  const Value& owner = api::controllerOf(pod);
  if (owner.isNull()) {
    if (hasTrackingFinalizer(pod)) enqueueOrphan(pod);
    return enqueueMatching(pod);
  }
  if (Known* job = known(owner)) {
    job->expectations.creationObserved();
    enqueue(*job, options_.syncJobBatchPeriod);
  }
}

void JobController::podUpdated(const Value& before, const Value& after) {
  if (api::isBeingDeleted(after)) return podDeleted(after, false);
  const bool letGo = !hasTrackingFinalizer(after);
  const Value& owner = api::controllerOf(after);
  const Value& former = api::controllerOf(before);
  const bool ownerChanged = !(owner == former);
  const auto tell = [&](Known* job) {
    if (job == nullptr) return;
    if (letGo) job->finalizersGoing.erase(api::meta(after)[keys::uid].toString());
    enqueue(*job, options_.syncJobBatchPeriod);
  };
  if (ownerChanged) tell(known(former));
  if (!owner.isNull()) return tell(known(owner));
  if (!letGo) enqueueOrphan(after);
  if (ownerChanged || !(api::labels(before) == api::labels(after))) enqueueMatching(after);
}

// `gone`: from the store, not only marked.
void JobController::podDeleted(const Value& pod, bool gone) {
  const bool tracked = hasTrackingFinalizer(pod);
  Known* job = known(api::controllerOf(pod));
  if (job == nullptr || isJobFinished(jobOf(job))) {
    // No sync of a Job will take the finalizer away.
    if (tracked) enqueueOrphan(pod);
    return;
  }
  job->expectations.deletionObserved(api::name(pod));
  if (gone || !tracked) job->finalizersGoing.erase(api::meta(pod)[keys::uid].toString());
  enqueue(*job, options_.syncJobBatchPeriod);
}

void JobController::enqueueMatching(const Value& orphan) {
  jobs_.store().forEachByIndex(byNamespace_, api::namespaceOf(orphan), [&](const Value& job) {
    const LabelSelector selector = LabelSelector::fromObject(job.get(keys::spec, keys::selector));
    if (!selector.empty() && selector.matches(api::labels(orphan))) {
      queue_.addAfter(api::namespacedName(job), options_.syncJobBatchPeriod);
    }
  });
}

void JobController::enqueueOrphan(const Value& pod) {
  std::string key = api::namespacedName(pod);
  if (started_) return orphans_.add(key);
  orphansBeforeStart_.push_back(std::move(key));
}

void JobController::cleanUpFinalizers(const Value& job) {
  context_.ownedPods.forEach(api::uid(job), [this](const Value& pod) {
    if (hasTrackingFinalizer(pod)) enqueueOrphan(pod);
  });
}

// syncOrphanPod: takes the finalizer from a pod that no unfinished Job owns.
void JobController::syncOrphan(const std::string& key, client::WorkQueue::Finish finish) {
  const NamespacedName at = splitKey(key);
  const Value& pod = pods_.store().find(at.ns, at.name);
  if (pod.isNull() || !hasTrackingFinalizer(pod)) return finish(Result::Done);
  if (const Value& owner = api::controllerOf(pod); !owner.isNull()) {
    if (!isOfJob(owner)) return finish(Result::Done);
    const Value& job = jobOf(known(owner));
    if (!job.isNull() && (isManagedElsewhere(job) || !isJobFinished(job))) return finish(Result::Done);
  }
  const Value& metadata = api::meta(pod);
  context_.client.patch(r::pods, metadata[keys::namespace_], metadata[keys::name],
                        apiserver::PatchType::StrategicMerge, withoutTrackingFinalizerPatch(),
                        [finish = std::move(finish)](const client::Response& response) mutable {
                          const bool gone = !response.ok() && api::isNotFound(response.status());
                          finish(response.ok() || gone ? Result::Done : Result::Retry);
                        });
}

void JobController::sync(const std::string& key, client::WorkQueue::Finish finish) {
  const NamespacedName at = splitKey(key);
  const Value& job = jobs_.store().find(at.ns, at.name);
  const auto found = known_.find(api::uid(job));
  if (job.isNull() || found == known_.end() || isManagedElsewhere(job)) return finish(Result::Done);
  if (isJobFinished(job)) {
    found->second.backoff = {};
    return finish(Result::Done);
  }
  auto sync = std::make_shared<Sync>();
  sync->key = key;
  sync->finish = std::move(finish);
  sync->job = job;
  sync->status = JobStatus(job[keys::status]);
  sync->selector = LabelSelector::fromObject(sync->spec()[keys::selector]);
  sync->expectationsMet = found->second.expectations.satisfied(context_.now());
  sync->finalizersGoing = found->second.finalizersGoing;
  sync->backoff = found->second.backoff;
  if (!findPods(*sync)) return claim(sync);
  count(*sync);
  judge(*sync);
  if (sync->finished) return deleteActive(sync);
  if (sync->expectationsMet && !api::isBeingDeleted(job)) return manage(sync);
  afterManage(sync, false);
}

// ClaimPods: false when orphans are to be adopted or own pods to be let go first.
bool JobController::findPods(Sync& sync) const {
  const bool deleting = api::isBeingDeleted(sync.job);
  context_.ownedPods.forEach(api::uid(sync.job), [&](const Value& pod) {
    if (sync.selector.matches(api::labels(pod))) {
      sync.pods.push_back(pod);
    } else if (!deleting) {
      sync.toRelease.push_back(pod);
    }
  });
  const std::string_view ns = api::namespaceOf(sync.job);
  if (!deleting && context_.ownedPods.hasOrphans(ns)) {
    context_.ownedPods.forEachOrphan(ns, [&](const Value& pod) {
      if (!api::isBeingDeleted(pod) && sync.selector.matches(api::labels(pod))) sync.toAdopt.push_back(pod);
    });
  }
  return sync.toAdopt.empty() && sync.toRelease.empty();
}

// Before adopting, a look at the live object: it may be gone already (RecheckDeletionTimestamp).
void JobController::claim(const SyncPointer& sync) {
  if (sync->toAdopt.empty()) return patchClaims(sync);
  const Value& metadata = api::meta(sync->job);
  context_.client.get(resource_, metadata[keys::namespace_], metadata[keys::name],
                      [this, sync](const client::Response& response) {
                        const bool mayAdopt = response.ok() &&
                                              api::uid(response.body) == api::uid(sync->job) &&
                                              !api::isBeingDeleted(response.body);
                        if (!mayAdopt) sync->toAdopt.clear();
                        sync->claimFailed = !mayAdopt;
                        patchClaims(sync);
                      });
}

// The changed pods come back through the informer and start the next sync, which counts them.
void JobController::patchClaims(const SyncPointer& sync) {
  sync->pending = sync->toAdopt.size() + sync->toRelease.size();
  if (sync->pending == 0) return fail(*sync);
  const auto answered = [this, sync](const client::Response& response) {
    if (!response.ok()) {
      const api::Status status = response.status();
      if (!api::isNotFound(status) && status.reason != "Invalid") sync->claimFailed = true;
    }
    if (--sync->pending > 0) return;
    if (sync->claimFailed) return fail(*sync);
    done(*sync);
  };
  const auto patch = [&](const Value& pod, Value body) {
    const Value& metadata = api::meta(pod);
    context_.client.patch(r::pods, metadata[keys::namespace_], metadata[keys::name],
                          apiserver::PatchType::StrategicMerge, std::move(body), answered);
  };
  const Value uid = api::meta(sync->job)[keys::uid];
  const std::vector<Value> toRelease = sync->toRelease;
  const std::vector<Value> toAdopt = sync->toAdopt;
  for (const Value& pod : toRelease) {
    patch(pod, withFinalizers(ownerReleasePatch(api::uid(pod), {uid}), kRemoveFinalizers));
  }
  for (const Value& pod : toAdopt) {
    patch(pod, withFinalizers(adoptionPatch(pod, sync->job, resource_), keys::finalizers));
  }
}

void JobController::fail(Sync& sync) {
  const auto found = known_.find(api::uid(sync.job));
  if (found != known_.end()) {
    const int exponent = std::min(found->second.failures++, 20);
    queue_.addAfter(sync.key, std::min(options_.maxJobApiBackOff,
                                       options_.jobApiBackOff * (SimDuration::rep{1} << exponent)));
  }
  sync.finish(Result::Done);
}

void JobController::done(Sync& sync) {
  const auto found = known_.find(api::uid(sync.job));
  if (found != known_.end()) found->second.failures = 0;
  sync.finish(Result::Done);
}

}  // namespace pilothouse::controller_manager
