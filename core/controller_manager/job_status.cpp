#include "core/controller_manager/job_status.hpp"

#include <algorithm>

#include "core/controller_manager/job_keys.hpp"

namespace pilothouse::controller_manager {
namespace {

std::vector<Value> listOf(const Value& array) {
  const auto items = array.items();
  return {items.begin(), items.end()};
}

Value conditionOf(std::string_view type, std::string_view status, std::string_view reason,
                  std::string_view message, SimTime now) {
  ObjectBuilder condition;
  condition.set(job::kLastProbeTime, timestamp(now))
      .set(keys::lastTransitionTime, timestamp(now))
      .setIfAny(keys::message, Value(message))
      .setIfAny(keys::reason, Value(reason))
      .set(keys::status, Value(status))
      .set(keys::type, Value(type));
  return condition.build();
}

void setUnlessZero(ObjectBuilder& status, Key key, std::int64_t count) {
  if (count != 0) status.set(key, count);
}

}  // namespace

JobStatus::JobStatus(const Value& status)
    : active(status[job::kActive].asInt()),
      ready(status[job::kReady].asInt()),
      terminating(status[job::kTerminating].asInt()),
      succeeded(status[job::kSucceeded].asInt()),
      failed(status[job::kFailed].asInt()),
      startTime(status[keys::startTime]),
      completionTime(status[job::kCompletionTime]),
      conditions(status[keys::conditions]),
      completedIndexes(status[job::kCompletedIndexes].toString()),
      uncountedSucceeded(listOf(status[job::kUncountedTerminatedPods][job::kSucceeded])),
      uncountedFailed(listOf(status[job::kUncountedTerminatedPods][job::kFailed])) {
  if (const Value& indexes = status[job::kFailedIndexes]; !indexes.isNull()) {
    failedIndexes = indexes.toString();
  }
}

Value JobStatus::toValue() const {
  ObjectBuilder uncounted;
  uncounted.setIfAny(job::kSucceeded, Value::array(uncountedSucceeded))
      .setIfAny(job::kFailed, Value::array(uncountedFailed));
  ObjectBuilder status;
  setUnlessZero(status, job::kActive, active);
  setUnlessZero(status, job::kSucceeded, succeeded);
  setUnlessZero(status, job::kFailed, failed);
  status.set(job::kReady, ready)
      .set(job::kTerminating, terminating)
      .setIfAny(keys::startTime, startTime)
      .setIfAny(job::kCompletionTime, completionTime)
      .setIfAny(keys::conditions, conditions)
      .setIfAny(job::kCompletedIndexes, Value(completedIndexes))
      .set(job::kUncountedTerminatedPods, uncounted.build());
  if (failedIndexes) status.set(job::kFailedIndexes, Value(*failedIndexes));
  return status.build();
}

const Value& JobStatus::ifTrue(std::string_view conditionType) const {
  static const Value none;
  for (const Value& condition : conditions.items()) {
    if (condition[keys::type].asString() == conditionType && condition[keys::status].asString() == "True") {
      return condition;
    }
  }
  return none;
}

void JobStatus::addCondition(std::string_view type, std::string_view reason, std::string_view message,
                             SimTime now) {
  conditions = conditions.appended(conditionOf(type, "True", reason, message, now));
}

bool JobStatus::ensureCondition(std::string_view type, std::string_view status, std::string_view reason,
                                std::string_view message, SimTime now) {
  const auto all = conditions.items();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i][keys::type].asString() != type) continue;
    if (all[i][keys::status].asString() == status && all[i][keys::reason].asString() == reason &&
        all[i][keys::message].asString() == message) {
      return false;
    }
    conditions = conditions.withItem(i, conditionOf(type, status, reason, message, now));
    return true;
  }
  if (status == "False") return false;
  conditions = conditions.appended(conditionOf(type, status, reason, message, now));
  return true;
}

void JobStatus::countThoseWithout(const std::function<bool(std::string_view uid)>& hasFinalizer) {
  const auto move = [&](std::vector<Value>& uncounted, std::int64_t& counter) {
    const auto end = std::remove_if(uncounted.begin(), uncounted.end(),
                                    [&](const Value& uid) { return !hasFinalizer(uid.asString()); });
    counter += uncounted.end() - end;
    uncounted.erase(end, uncounted.end());
  };
  move(uncountedSucceeded, succeeded);
  move(uncountedFailed, failed);
}

}  // namespace pilothouse::controller_manager
