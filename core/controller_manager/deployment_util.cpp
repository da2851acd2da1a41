#include "core/controller_manager/deployment_util.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "core/api/object.hpp"
#include "core/controller_manager/controller_utils.hpp"
#include "core/controller_manager/fields.hpp"
#include "core/value/duration.hpp"

namespace pilothouse::controller_manager::deployment {
namespace {

constexpr std::size_t kMaxRevisionHistoryLength = 2000;  // maxRevHistoryLengthInChars

const Key kRevision = Key::intern("deployment.kubernetes.io/revision");
const Key kRevisionHistory = Key::intern("deployment.kubernetes.io/revision-history");
const Key kDesiredReplicas = Key::intern("deployment.kubernetes.io/desired-replicas");
const Key kMaxReplicas = Key::intern("deployment.kubernetes.io/max-replicas");
const Key kLastApplied = Key::intern("kubectl.kubernetes.io/last-applied-configuration");
const Key kRollbackTo = Key::intern("deprecated.deployment.rollback.to");
const Key kMaxSurge = Key::intern("maxSurge");
const Key kMaxUnavailable = Key::intern("maxUnavailable");
const Key kProgressDeadlineSeconds = Key::intern("progressDeadlineSeconds");
const Key kRevisionHistoryLimit = Key::intern("revisionHistoryLimit");
const Key kRollingUpdate = Key::intern("rollingUpdate");

std::int64_t numberOr(std::string_view text, std::int64_t fallback) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : fallback;
}

std::string_view annotation(const Value& object, Key key) { return api::annotations(object)[key].asString(); }

Value withAnnotations(const Value& object, Value annotations) {
  return object.withPath({keys::metadata, keys::annotations}, std::move(annotations));
}

std::uint32_t hashBytes(const void* bytes, std::size_t size, std::uint32_t hash) {
  return fnv32a(std::string_view(static_cast<const char*>(bytes), size), hash);
}

std::uint32_t hashNumber(std::int64_t number, std::uint32_t hash) {
  char text[24];
  const auto end = std::to_chars(text, text + sizeof text, number).ptr;
  return hashBytes(text, static_cast<std::size_t>(end - text), hash);
}

// Canonical: members in order of their keys, each value with a mark of its type and its length.
std::uint32_t hashValue(const Value& value, std::uint32_t hash) {
  switch (value.type()) {
    case Value::Type::Null:
      return fnv32a("n", hash);
    case Value::Type::Bool:
      return fnv32a(value.asBool() ? "t" : "f", hash);
    case Value::Type::Int:
      return hashNumber(value.asInt(), fnv32a("i", hash));
    case Value::Type::Double:
      return hashNumber(static_cast<std::int64_t>(value.hash()), fnv32a("d", hash));
    case Value::Type::String:
      return fnv32a(value.asString(),
                    hashNumber(static_cast<std::int64_t>(value.asString().size()), fnv32a("s", hash)));
    case Value::Type::Array:
      hash = hashNumber(static_cast<std::int64_t>(value.size()), fnv32a("a", hash));
      for (const Value& item : value.items()) hash = hashValue(item, hash);
      return hash;
    case Value::Type::Object:
      hash = hashNumber(static_cast<std::int64_t>(value.size()), fnv32a("o", hash));
      for (std::size_t i = 0; i < value.size(); ++i) {
        hash = hashValue(value.memberValues()[i], fnv32a(value.memberKeys()[i].text(), hash));
      }
      return hash;
  }
  return hash;
}

Value withoutHash(const Value& podTemplate) {
  const Value& labels = podTemplate.get(keys::metadata, keys::labels);
  if (!labels.has(fields::podTemplateHash)) return podTemplate;
  return podTemplate.withPath({keys::metadata, keys::labels}, labels.without(fields::podTemplateHash));
}

// ResolveFenceposts: what is surged is rounded up, what is unavailable down; both 0 would never move.
struct Fenceposts {
  std::int64_t surge;
  std::int64_t unavailable;
};
Fenceposts fenceposts(const Value& deployment) {
  const Value& rolling = deployment.get(keys::spec, keys::strategy, kRollingUpdate);
  const std::int64_t replicas = specReplicas(deployment);
  Fenceposts f{scaledIntOrPercent(rolling[kMaxSurge], replicas, true).value_or(0),
               scaledIntOrPercent(rolling[kMaxUnavailable], replicas, false).value_or(0)};
  if (f.surge == 0 && f.unavailable == 0) f.unavailable = 1;
  return f;
}

}  // namespace

Value newCondition(std::string_view type, std::string_view status, std::string_view reason,
                   std::string message, SimTime now) {
  return Value::object({{keys::lastTransitionTime, timestamp(now)},
                        {fields::lastUpdateTime, timestamp(now)},
                        {keys::message, Value(message)},
                        {keys::reason, Value(reason)},
                        {keys::status, Value(status)},
                        {keys::type, Value(type)}});
}

const Value& findCondition(const Value& conditions, std::string_view type) {
  static const Value none;
  for (const Value& condition : conditions.items()) {
    if (condition[keys::type].asString() == type) return condition;
  }
  return none;
}

Value withoutCondition(const Value& conditions, std::string_view type) {
  std::vector<Value> kept;
  for (const Value& condition : conditions.items()) {
    if (condition[keys::type].asString() != type) kept.push_back(condition);
  }
  return Value::array(kept);
}

Value withCondition(const Value& conditions, Value condition) {
  const Value type = condition[keys::type];
  const Value current = findCondition(conditions, type.asString());
  if (!current.isNull() && current[keys::status] == condition[keys::status]) {
    if (current[keys::reason] == condition[keys::reason]) return conditions;
    condition = condition.with(keys::lastTransitionTime, current[keys::lastTransitionTime]);
  }
  return withoutCondition(conditions, type.asString()).appended(std::move(condition));
}

bool isRollingUpdate(const Value& deployment) {
  return deployment.get(keys::spec, keys::strategy, keys::type).asString() == "RollingUpdate";
}

bool hasProgressDeadline(const Value& deployment) {
  const Value& seconds = deployment.get(keys::spec, kProgressDeadlineSeconds);
  return seconds.isInt() && seconds.asInt() != std::numeric_limits<std::int32_t>::max();
}

bool hasRevisionHistoryLimit(const Value& deployment) {
  const Value& limit = deployment.get(keys::spec, kRevisionHistoryLimit);
  return limit.isInt() && limit.asInt() != std::numeric_limits<std::int32_t>::max();
}

std::int64_t maxSurge(const Value& deployment) {
  return isRollingUpdate(deployment) ? fenceposts(deployment).surge : 0;
}

std::int64_t maxUnavailable(const Value& deployment) {
  const std::int64_t replicas = specReplicas(deployment);
  if (!isRollingUpdate(deployment) || replicas == 0) return 0;
  return std::min(fenceposts(deployment).unavailable, replicas);
}

std::string templateHash(const Value& podTemplate, const Value& collisionCount) {
  std::uint32_t hash = hashValue(podTemplate, kFnv32Offset);
  if (collisionCount.isInt()) {
    unsigned char bytes[8] = {};
    auto count = static_cast<std::uint32_t>(collisionCount.asInt());
    for (int i = 0; i < 4; ++i, count >>= 8) bytes[i] = static_cast<unsigned char>(count & 0xff);
    hash = hashBytes(bytes, sizeof bytes, hash);
  }
  // rand.SafeEncodeString of the decimal text: no vowels, so no words.
  static constexpr std::string_view kAlphanums = "bcdfghjklmnpqrstvwxz2456789";
  std::string text = std::to_string(hash);
  for (char& c : text) c = kAlphanums[static_cast<unsigned char>(c) % kAlphanums.size()];
  return text;
}

bool equalIgnoringHash(const Value& templateA, const Value& templateB) {
  return withoutHash(templateA) == withoutHash(templateB);
}

Value findNewReplicaSet(const Value& deployment, const ReplicaSets& all) {
  const Value& podTemplate = deployment.get(keys::spec, keys::template_);
  Value found;
  for (const Value& replicaSet : all) {
    if (!equalIgnoringHash(replicaSet.get(keys::spec, keys::template_), podTemplate)) continue;
    if (found.isNull() || createdBefore(replicaSet, found)) found = replicaSet;
  }
  return found;
}

ReplicaSets findOldReplicaSets(const Value& newReplicaSet, const ReplicaSets& all) {
  ReplicaSets old;
  for (const Value& replicaSet : all) {
    if (newReplicaSet.isNull() || api::uid(replicaSet) != api::uid(newReplicaSet)) old.push_back(replicaSet);
  }
  return old;
}

ReplicaSets activeOnly(const ReplicaSets& all) {
  ReplicaSets active;
  for (const Value& replicaSet : all) {
    if (!replicaSet.isNull() && specReplicas(replicaSet) > 0) active.push_back(replicaSet);
  }
  return active;
}

Value findActiveOrLatest(const Value& newReplicaSet, const ReplicaSets& old) {
  ReplicaSets all = old;
  if (!newReplicaSet.isNull()) all.push_back(newReplicaSet);
  const ReplicaSets active = activeOnly(all);
  if (active.size() > 1) return {};
  if (active.size() == 1) return active.front();
  if (!newReplicaSet.isNull() || old.empty()) return newReplicaSet;
  return *std::max_element(old.begin(), old.end(), createdBefore);
}

std::string_view revisionOf(const Value& object) { return annotation(object, kRevision); }

std::int64_t maxRevision(const ReplicaSets& all) {
  std::int64_t most = 0;
  for (const Value& replicaSet : all) most = std::max(most, numberOr(revisionOf(replicaSet), 0));
  return most;
}

Value withRevision(const Value& deployment, std::string_view revision) {
  if (revisionOf(deployment) == revision) return deployment;
  return withAnnotations(deployment, api::annotations(deployment).with(kRevision, Value(revision)));
}

Value withNewAnnotations(const Value& deployment, const Value& replicaSet, std::int64_t newRevision,
                         bool exists) {
  ObjectBuilder annotations(api::annotations(replicaSet));
  const Value& own = api::annotations(deployment);
  for (std::size_t i = 0; i < own.size(); ++i) {
    const Key key = own.memberKeys()[i];
    const bool skipped = key == kLastApplied || key == kRevision || key == kRevisionHistory ||
                         key == kDesiredReplicas || key == kMaxReplicas || key == kRollbackTo;
    if (!skipped) annotations.set(key, own.memberValues()[i]);
  }
  const std::string oldRevision(revisionOf(replicaSet));
  if (numberOr(oldRevision, 0) < newRevision) {
    annotations.set(kRevision, std::to_string(newRevision));
    if (!oldRevision.empty()) {
      // A template that comes back: the revisions that it has had are kept, as far as they fit.
      std::string history(annotation(replicaSet, kRevisionHistory));
      while (!history.empty() && history.size() + oldRevision.size() + 1 > kMaxRevisionHistoryLength) {
        const std::size_t comma = history.find(',');
        history.erase(0, comma == std::string::npos ? history.size() : comma + 1);
      }
      annotations.set(kRevisionHistory, history.empty() ? oldRevision : history + "," + oldRevision);
    }
  }
  const Value next = withAnnotations(replicaSet, annotations.build());
  if (!exists) return withReplicasAnnotations(deployment, next);
  return next == replicaSet ? replicaSet : next;
}

Value withReplicasAnnotations(const Value& deployment, const Value& replicaSet) {
  const std::int64_t desired = specReplicas(deployment);
  const Value& before = api::annotations(replicaSet);
  Value after = before.with(kDesiredReplicas, std::to_string(desired))
                    .with(kMaxReplicas, std::to_string(desired + maxSurge(deployment)));
  return after == before ? replicaSet : withAnnotations(replicaSet, std::move(after));
}

std::int64_t desiredReplicas(const Value& replicaSet) {
  return numberOr(annotation(replicaSet, kDesiredReplicas), -1);
}

std::int64_t specTotal(const ReplicaSets& all) {
  std::int64_t total = 0;
  for (const Value& replicaSet : all) {
    if (!replicaSet.isNull()) total += specReplicas(replicaSet);
  }
  return total;
}

std::int64_t statusTotal(const ReplicaSets& all, Key field) {
  std::int64_t total = 0;
  for (const Value& replicaSet : all) total += statusCount(replicaSet, field);
  return total;
}

std::int64_t newReplicaSetSize(const Value& deployment, const ReplicaSets& all, std::int64_t current) {
  const std::int64_t desired = specReplicas(deployment);
  if (!isRollingUpdate(deployment)) return desired;
  const Value& surge = deployment.get(keys::spec, keys::strategy, kRollingUpdate, kMaxSurge);
  const std::int64_t allowed = desired + scaledIntOrPercent(surge, desired, true).value_or(0);
  const std::int64_t total = specTotal(all);
  if (total >= allowed) return current;
  return current + std::min(allowed - total, desired - current);
}

bool isSaturated(const Value& deployment, const Value& replicaSet) {
  if (replicaSet.isNull()) return false;
  const std::int64_t desired = specReplicas(deployment);
  return specReplicas(replicaSet) == desired && desiredReplicas(replicaSet) == desired &&
         statusCount(replicaSet, keys::availableReplicas) == desired;
}

std::int64_t proportion(const Value& replicaSet, const Value& deployment, std::int64_t toAdd,
                        std::int64_t added) {
  const std::int64_t size = specReplicas(replicaSet);
  if (size == 0 || toAdd == 0 || toAdd == added) return 0;
  std::int64_t fraction = -size;
  if (const std::int64_t desired = specReplicas(deployment); desired != 0) {
    std::int64_t was = numberOr(annotation(replicaSet, kMaxReplicas), 0);
    if (was == 0) was = statusCount(deployment, keys::replicas);
    if (was == 0) return 0;
    const std::int64_t is = desired + maxSurge(deployment);
    fraction = std::llround(static_cast<double>(size * is) / static_cast<double>(was)) - size;
  }
  const std::int64_t allowed = toAdd - added;
  return toAdd > 0 ? std::min(fraction, allowed) : std::max(fraction, allowed);
}

bool isComplete(const Value& deployment, const Value& newStatus) {
  const std::int64_t desired = specReplicas(deployment);
  return newStatus[keys::updatedReplicas].asInt() == desired &&
         newStatus[keys::replicas].asInt() == desired &&
         newStatus[keys::availableReplicas].asInt() == desired &&
         newStatus[keys::observedGeneration].asInt() >= api::meta(deployment)[keys::generation].asInt();
}

bool isProgressing(const Value& deployment, const Value& newStatus) {
  const Value& before = deployment[keys::status];
  const auto count = [](const Value& status, Key key) { return status[key].asInt(); };
  const std::int64_t oldBefore = count(before, keys::replicas) - count(before, keys::updatedReplicas);
  const std::int64_t oldNow = count(newStatus, keys::replicas) - count(newStatus, keys::updatedReplicas);
  return count(newStatus, keys::updatedReplicas) > count(before, keys::updatedReplicas) ||
         oldNow < oldBefore || count(newStatus, keys::readyReplicas) > count(before, keys::readyReplicas) ||
         count(newStatus, keys::availableReplicas) > count(before, keys::availableReplicas);
}

bool isTimedOut(const Value& deployment, const Value& newStatus, SimTime now) {
  if (!hasProgressDeadline(deployment)) return false;
  const Value& condition = findCondition(newStatus[keys::conditions], kProgressing);
  if (condition.isNull() || condition[keys::reason].asString() == kNewReplicaSetAvailable) return false;
  if (condition[keys::reason].asString() == kProgressDeadlineExceeded) return true;
  const auto since = parseTimestamp(condition[fields::lastUpdateTime].asString());
  const std::int64_t seconds = deployment.get(keys::spec, kProgressDeadlineSeconds).asInt();
  return since && *since + std::chrono::seconds(seconds) < now;
}

}  // namespace pilothouse::controller_manager::deployment
