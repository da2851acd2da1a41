#include <algorithm>
#include <utility>

#include "core/controller_manager/controller_utils.hpp"
#include "core/controller_manager/deployment_controller.hpp"
#include "core/controller_manager/fields.hpp"
#include "core/value/selector.hpp"

namespace pilothouse::controller_manager {
namespace {

namespace r = api::resources;
using namespace deployment;

const Key kCollisionCount = Key::intern("collisionCount");
const Key kPaused = Key::intern("paused");
const Key kRevisionHistoryLimit = Key::intern("revisionHistoryLimit");
const Key kUnavailableReplicas = Key::intern("unavailableReplicas");

}  // namespace

// syncDeployment.
void DeploymentSync::run() {
  const Value& selector = d_.get(keys::spec, keys::selector);
  if (selector.isObject() && LabelSelector::fromObject(selector).empty()) {
    controller_.recorder_.event(d_, "Warning", "SelectingAll",
                                "This deployment is selecting all pods. A non-empty selector is required.");
    const Value& generation = api::meta(d_)[keys::generation];
    if (statusCount(d_, keys::observedGeneration) >= generation.asInt()) return done();
    return writeStatus(d_.withPath({keys::status, keys::observedGeneration}, generation),
                       [self = shared_from_this()] { self->done(); });
  }
  claimReplicaSets([self = shared_from_this()] { self->decide(); });
}

// getReplicaSetsForDeployment: its own, with orphans that it selects adopted and others let go.
void DeploymentSync::claimReplicaSets(Next next) {
  const LabelSelector selector = LabelSelector::fromObject(d_.get(keys::spec, keys::selector));
  const client::Store& store = controller_.replicaSets_.store();
  const Value uid = api::meta(d_)[keys::uid];
  struct Claims {
    std::vector<std::pair<Value, Value>> patches;  // ReplicaSet, patch
    std::size_t pending = 0;
    api::Status error;
    Next next;
  };
  auto claims = std::make_shared<Claims>();
  bool adopts = false;
  store.forEachByIndex(controller_.context_.replicaSetsByOwner, uid.asString(), [&](const Value& replicaSet) {
    if (!api::isControlledBy(replicaSet, uid.asString())) return;
    if (selector.matches(api::labels(replicaSet)) || api::isBeingDeleted(d_)) {
      owned_.push_back(replicaSet);
    } else {
      claims->patches.emplace_back(replicaSet, ownerReleasePatch(api::uid(replicaSet), {uid}));
    }
  });
  if (!api::isBeingDeleted(d_)) {
    store.forEachByIndex(
        controller_.context_.replicaSetOrphans, api::namespaceOf(d_), [&](const Value& replicaSet) {
          if (api::isBeingDeleted(replicaSet) || !selector.matches(api::labels(replicaSet))) return;
          claims->patches.emplace_back(replicaSet, adoptionPatch(replicaSet, d_, r::deployments));
          adopts = true;
        });
  }
  if (claims->patches.empty()) return next();
  claims->next = std::move(next);
  claims->pending = claims->patches.size();
  const auto patchAll = [self = shared_from_this(), claims] {
    for (const auto& [replicaSet, patch] : claims->patches) {
      const Value& metadata = api::meta(replicaSet);
      self->client().patch(r::replicaSets, metadata[keys::namespace_], metadata[keys::name],
                           apiserver::PatchType::StrategicMerge, patch,
                           [self, claims](client::Response response) {
                             if (response.ok()) {
                               if (api::isControlledBy(response.body, api::uid(self->d_)))
                                 self->owned_.push_back(response.body);
                             } else if (!api::isNotFound(response.status())) {
                               claims->error = response.status();
                             }
                             if (--claims->pending > 0) return;
                             if (claims->error.code != 0) return self->fail(claims->error);
                             claims->next();
                           });
    }
  };
  if (!adopts) return patchAll();
  // Before adopting, a look at the live object (RecheckDeletionTimestamp).
  const Value& metadata = api::meta(d_);
  client().get(r::deployments, metadata[keys::namespace_], metadata[keys::name],
               [self = shared_from_this(), patchAll](client::Response response) {
                 if (!response.ok()) return self->fail(response.status());
                 if (api::uid(response.body) != api::uid(self->d_) || api::isBeingDeleted(response.body)) {
                   return self->fail(api::Status::internalError("the Deployment is gone"));
                 }
                 patchAll();
               });
}

void DeploymentSync::decide() {
  std::sort(owned_.begin(), owned_.end(), createdBefore);
  if (api::isBeingDeleted(d_)) return syncStatusOnly();
  checkPausedConditions([self = shared_from_this()] {
    if (self->d_.get(keys::spec, kPaused).asBool() || self->isScalingEvent()) return self->syncScaling();
    if (isRollingUpdate(self->d_)) return self->rolloutRolling();
    self->rolloutRecreate();
  });
}

// So that a pause does not count as lack of progress.
void DeploymentSync::checkPausedConditions(Next next) {
  if (!hasProgressDeadline(d_)) return next();
  const Value& conditions = d_.get(keys::status, keys::conditions);
  const Value reasonValue = findCondition(conditions, kProgressing)[keys::reason];
  const std::string_view reason = reasonValue.asString();
  const bool paused = d_.get(keys::spec, kPaused).asBool();
  const bool saidPaused = reason == kDeploymentPaused;
  if (reason == kProgressDeadlineExceeded || paused == saidPaused) return next();
  Value condition =
      paused ? newCondition(kProgressing, "Unknown", kDeploymentPaused, "Deployment is paused", now())
             : newCondition(kProgressing, "Unknown", kDeploymentResumed, "Deployment is resumed", now());
  writeStatus(d_.withPath({keys::status, keys::conditions}, withCondition(conditions, std::move(condition))),
              std::move(next));
}

bool DeploymentSync::isScalingEvent() const {
  const std::int64_t desired = specReplicas(d_);
  return std::any_of(owned_.begin(), owned_.end(), [&](const Value& replicaSet) {
    if (specReplicas(replicaSet) == 0) return false;
    const std::int64_t wanted = desiredReplicas(replicaSet);
    return wanted >= 0 && wanted != desired;
  });
}

void DeploymentSync::syncStatusOnly() {
  findReplicaSets(false, [self = shared_from_this()] { self->syncDeploymentStatus(); });
}

// Scaling, or paused (sync).
void DeploymentSync::syncScaling() {
  findReplicaSets(false, [self = shared_from_this()] {
    self->scale([self] {
      if (!self->d_.get(keys::spec, kPaused).asBool()) return self->syncDeploymentStatus();
      self->cleanup([self] { self->syncDeploymentStatus(); });
    });
  });
}

void DeploymentSync::scale(Next next) {
  Scales scales;
  if (const Value only = findActiveOrLatest(new_, old_); !only.isNull()) {
    if (specReplicas(only) != specReplicas(d_)) scales.emplace_back(only, specReplicas(d_));
  } else if (isSaturated(d_, new_)) {
    for (const Value& old : activeOnly(old_)) scales.emplace_back(old, 0);
  } else if (isRollingUpdate(d_)) {
    scales = proportionalScales();
  }
  scaleAll(std::move(scales), [self = shared_from_this(), next = std::move(next)](bool ok) mutable {
    if (ok) next();
  });
}

// During a rollout a change of size is shared out to all active ReplicaSets by their sizes, so that it
// neither speeds the rollout up nor turns it back.
DeploymentSync::Scales DeploymentSync::proportionalScales() const {
  ReplicaSets active = activeOnly(all());
  const std::int64_t allowed = specReplicas(d_) > 0 ? specReplicas(d_) + maxSurge(d_) : 0;
  const std::int64_t toAdd = allowed - specTotal(active);
  // Larger ones first; of equal ones the newer grows first and the older shrinks first.
  std::stable_sort(active.begin(), active.end(), [toAdd](const Value& a, const Value& b) {
    if (specReplicas(a) != specReplicas(b)) return specReplicas(a) > specReplicas(b);
    return toAdd > 0 ? createdBefore(b, a) : createdBefore(a, b);
  });
  Scales scales;
  std::int64_t added = 0;
  for (const Value& replicaSet : active) {
    const std::int64_t part = proportion(replicaSet, d_, toAdd, added);
    scales.emplace_back(replicaSet, specReplicas(replicaSet) + part);
    added += part;
  }
  if (!scales.empty() && toAdd != 0) {
    scales.front().second = std::max<std::int64_t>(0, scales.front().second + toAdd - added);
  }
  return scales;
}

// scaleReplicaSet for each, one after the other. On failure the sync has ended and `done` gets false.
void DeploymentSync::scaleAll(Scales scales, Function<void(bool ok)> done) {
  scaleNext(std::make_shared<Scales>(std::move(scales)), 0,
            std::make_shared<Function<void(bool ok)>>(std::move(done)));
}

void DeploymentSync::scaleNext(std::shared_ptr<Scales> scales, std::size_t at,
                               std::shared_ptr<Function<void(bool ok)>> done) {
  for (; at < scales->size(); ++at) {
    const auto& [replicaSet, size] = (*scales)[at];
    const std::int64_t before = specReplicas(replicaSet);
    Value scaled = withReplicasAnnotations(d_, replicaSet);
    if (before != size) scaled = scaled.withPath({keys::spec, keys::replicas}, Value(size));
    if (scaled.sameAs(replicaSet)) continue;
    client().update(r::replicaSets, std::move(scaled),
                    [self = shared_from_this(), scales, at, done, before](client::Response response) {
                      if (!response.ok()) {
                        self->fail(response.status());
                        return (*done)(false);
                      }
                      const std::int64_t after = (*scales)[at].second;
                      if (before != after) {
                        self->controller_.recorder_.event(
                            self->d_, "Normal", "ScalingReplicaSet",
                            std::string(before < after ? "Scaled up" : "Scaled down") + " replica set " +
                                std::string(api::name(response.body)) + " from " + std::to_string(before) +
                                " to " + std::to_string(after));
                      }
                      self->note(response.body);
                      self->scaleNext(scales, at + 1, done);
                    });
    return;
  }
  (*done)(true);
}

// cleanupDeployment: old ReplicaSets beyond revisionHistoryLimit go, oldest first. An error is no reason to
// stop: the next sync tries again.
void DeploymentSync::cleanup(Next next) {
  if (!hasRevisionHistoryLimit(d_)) return next();
  ReplicaSets cleanable;
  for (const Value& replicaSet : old_) {
    if (!api::isBeingDeleted(replicaSet)) cleanable.push_back(replicaSet);
  }
  const std::int64_t limit = d_.get(keys::spec, kRevisionHistoryLimit).asInt();
  const std::int64_t excess = static_cast<std::int64_t>(cleanable.size()) - limit;
  if (excess <= 0) return next();
  std::sort(cleanable.begin(), cleanable.end(), [](const Value& a, const Value& b) {
    const std::int64_t revisionA = maxRevision({a});
    const std::int64_t revisionB = maxRevision({b});
    return revisionA != revisionB ? revisionA < revisionB : createdBefore(a, b);
  });
  auto pending = std::make_shared<std::size_t>(1);
  auto after = std::make_shared<Next>(std::move(next));
  for (std::int64_t i = 0; i < excess; ++i) {
    const Value& replicaSet = cleanable[static_cast<std::size_t>(i)];
    const bool observed =
        statusCount(replicaSet, keys::observedGeneration) >= api::meta(replicaSet)[keys::generation].asInt();
    if (statusCount(replicaSet, keys::replicas) != 0 || specReplicas(replicaSet) != 0 || !observed) continue;
    ++*pending;
    const Value& metadata = api::meta(replicaSet);
    client().remove(r::replicaSets, metadata[keys::namespace_], metadata[keys::name], Value(),
                    [self = shared_from_this(), pending, after](client::Response) {
                      if (--*pending == 0) (*after)();
                    });
  }
  if (--*pending == 0) (*after)();
}

void DeploymentSync::syncDeploymentStatus() {
  Value status = calculateStatus();
  if (status == d_[keys::status]) return done();
  writeStatus(d_.with(keys::status, std::move(status)), [self = shared_from_this()] { self->done(); });
}

Value DeploymentSync::calculateStatus() const {
  const ReplicaSets sets = all();
  const std::int64_t available = statusTotal(sets, keys::availableReplicas);
  const std::int64_t unavailable = std::max<std::int64_t>(0, specTotal(sets) - available);
  ObjectBuilder status;
  const auto setCount = [&status](Key key, std::int64_t count) {
    if (count != 0) status.set(key, Value(count));
  };
  setCount(keys::observedGeneration, api::meta(d_)[keys::generation].asInt());
  setCount(keys::replicas, statusTotal(sets, keys::replicas));
  setCount(keys::updatedReplicas, new_.isNull() ? 0 : statusCount(new_, keys::replicas));
  setCount(keys::readyReplicas, statusTotal(sets, keys::readyReplicas));
  setCount(keys::availableReplicas, available);
  setCount(kUnavailableReplicas, unavailable);
  const Value& collisions = d_.get(keys::status, kCollisionCount);
  if (!collisions.isNull()) status.set(kCollisionCount, collisions);
  const bool enough = available >= specReplicas(d_) - maxUnavailable(d_);
  const Value condition = enough ? newCondition(kAvailable, "True", kMinimumReplicasAvailable,
                                                "Deployment has minimum availability.", now())
                                 : newCondition(kAvailable, "False", kMinimumReplicasUnavailable,
                                                "Deployment does not have minimum availability.", now());
  status.set(keys::conditions, withCondition(d_.get(keys::status, keys::conditions), condition));
  return status.build();
}

DeploymentSync::ReplicaSets DeploymentSync::all() const {
  ReplicaSets sets = old_;
  if (!new_.isNull()) sets.push_back(new_);
  return sets;
}

void DeploymentSync::note(const Value& replicaSet) {
  if (api::uid(new_) == api::uid(replicaSet)) new_ = replicaSet;
  for (Value& old : old_) {
    if (api::uid(old) == api::uid(replicaSet)) old = replicaSet;
  }
}

void DeploymentSync::writeStatus(Value deployment, Next next) {
  client().updateStatus(
      r::deployments, std::move(deployment),
      [self = shared_from_this(), next = std::move(next)](client::Response response) mutable {
        if (!response.ok()) return self->fail(response.status());
        self->d_ = std::move(response.body);
        next();
      });
}

// handleErr.
void DeploymentSync::fail(const api::Status& status) {
  const bool retry = !isNamespaceTerminating(status) &&
                     controller_.queue_.failures(key_) < DeploymentController::kMaxRetries;
  finish_(retry ? client::WorkQueue::Result::Retry : client::WorkQueue::Result::Done);
}

}  // namespace pilothouse::controller_manager
