#include <utility>

#include "core/controller_manager/controller_utils.hpp"
#include "core/controller_manager/deployment_controller.hpp"
#include "core/controller_manager/fields.hpp"

namespace pilothouse::controller_manager {
namespace {

using namespace deployment;

const Key kProgressDeadlineSeconds = Key::intern("progressDeadlineSeconds");

// ReplicaSetToDeploymentCondition.
Value fromReplicaSet(const Value& condition) {
  return condition.with(fields::lastUpdateTime, condition[keys::lastTransitionTime]);
}

}  // namespace

void DeploymentSync::syncRolloutStatus() {
  Value status = calculateStatus();
  const Value current = findCondition(d_.get(keys::status, keys::conditions), kProgressing);
  if (!hasProgressDeadline(d_)) {
    status = status.with(keys::conditions, withoutCondition(status[keys::conditions], kProgressing));
  } else {
    const bool wasComplete = status[keys::replicas] == status[keys::updatedReplicas] &&
                             current[keys::reason].asString() == kNewReplicaSetAvailable;
    if (!wasComplete) status = progressed(std::move(status));
  }
  // A failure of the new ReplicaSet says more than one of an old.
  Value failure = api::condition(new_, kReplicaFailure);
  for (const Value& replicaSet : old_) {
    if (failure.isNull()) failure = api::condition(replicaSet, kReplicaFailure);
  }
  const Value& conditions = status[keys::conditions];
  status =
      status.with(keys::conditions, failure.isNull() ? withoutCondition(conditions, kReplicaFailure)
                                                     : withCondition(conditions, fromReplicaSet(failure)));
  if (status == d_[keys::status]) {
    requeueStuck(status);
    return done();
  }
  writeStatus(d_.with(keys::status, std::move(status)), [self = shared_from_this()] { self->done(); });
}

// The condition Progressing after what has happened since the last sync.
Value DeploymentSync::progressed(Value status) const {
  const std::string subject = new_.isNull() ? "Deployment \"" + std::string(api::name(d_)) + "\""
                                            : "ReplicaSet \"" + std::string(api::name(new_)) + "\"";
  const Value conditions = status[keys::conditions];
  if (isComplete(d_, status)) {
    return status.with(
        keys::conditions,
        withCondition(conditions, newCondition(kProgressing, "True", kNewReplicaSetAvailable,
                                               subject + " has successfully progressed.", now())));
  }
  if (isProgressing(d_, status)) {
    Value condition =
        newCondition(kProgressing, "True", kReplicaSetUpdated, subject + " is progressing.", now());
    const Value& current = findCondition(conditions, kProgressing);
    if (current[keys::status].asString() == "True") {
      condition = condition.with(keys::lastTransitionTime, current[keys::lastTransitionTime]);
    }
    // Progress of the same reason counts too: its lastUpdateTime is what the deadline runs from.
    return status.with(keys::conditions, withoutCondition(conditions, kProgressing).appended(condition));
  }
  if (isTimedOut(d_, status, now())) {
    return status.with(
        keys::conditions,
        withCondition(conditions, newCondition(kProgressing, "False", kProgressDeadlineExceeded,
                                               subject + " has timed out progressing.", now())));
  }
  return status;
}

// requeueStuckDeployment: nothing may change any more until the deadline.
void DeploymentSync::requeueStuck(const Value& newStatus) {
  const Value& current = findCondition(d_.get(keys::status, keys::conditions), kProgressing);
  if (!hasProgressDeadline(d_) || current.isNull()) return;
  if (isComplete(d_, newStatus) || current[keys::reason].asString() == kProgressDeadlineExceeded) return;
  const auto since = parseTimestamp(current[fields::lastUpdateTime].asString());
  if (!since) return;
  const SimDuration left =
      *since + std::chrono::seconds(d_.get(keys::spec, kProgressDeadlineSeconds).asInt()) - now();
  if (left < std::chrono::seconds(1)) return controller_.queue_.addRateLimited(key_);
  controller_.queue_.addAfter(key_, left + std::chrono::seconds(1));
}

}  // namespace pilothouse::controller_manager
