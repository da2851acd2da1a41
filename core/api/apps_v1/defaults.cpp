#include "core/api/apps_v1/defaults.hpp"

#include "core/api/core_v1/defaults.hpp"
#include "core/api/core_v1/validation_persistent_volume.hpp"
#include "core/api/defaulting.hpp"
#include "core/api/keys.hpp"

namespace pilothouse::api {
namespace {

const Key kClaimRetention = Key::intern("persistentVolumeClaimRetentionPolicy");
const Key kMaxSurge = Key::intern("maxSurge");
const Key kMaxUnavailable = Key::intern("maxUnavailable");
const Key kPartition = Key::intern("partition");
const Key kPodManagementPolicy = Key::intern("podManagementPolicy");
const Key kProgressDeadlineSeconds = Key::intern("progressDeadlineSeconds");
const Key kRevisionHistoryLimit = Key::intern("revisionHistoryLimit");
const Key kRollingUpdate = Key::intern("rollingUpdate");
const Key kUpdateStrategy = Key::intern("updateStrategy");
const Key kVolumeClaimTemplates = Key::intern("volumeClaimTemplates");
const Key kWhenDeleted = Key::intern("whenDeleted");
const Key kWhenScaled = Key::intern("whenScaled");

constexpr std::string_view kRollingUpdateType = "RollingUpdate";

constexpr std::int64_t kReplicas = 1;
constexpr std::int64_t kHistoryLimit = 10;
constexpr std::int64_t kDeadlineSeconds = 600;

// A rolling update whose two bounds have these defaults.
Value strategyDefaults(const Value& sent, const Value& surge, const Value& unavailable) {
  Value strategy = sent;
  setDefault(strategy, keys::type, kRollingUpdateType);
  if (strategy[keys::type].asString() != kRollingUpdateType) return strategy;
  setDefault(strategy, kRollingUpdate, Value::emptyObject());
  changeMember(strategy, kRollingUpdate, [&](Value update) {
    if (update[kMaxSurge].isNull()) update = update.with(kMaxSurge, surge);
    if (update[kMaxUnavailable].isNull()) update = update.with(kMaxUnavailable, unavailable);
    return update;
  });
  return strategy;
}

// In a StatefulSet only a strategy that is left out altogether becomes a rolling one with its parts.
Value statefulStrategyDefaults(const Value& sent) {
  Value strategy = sent;
  if (isUnset(strategy[keys::type])) {
    strategy = strategy.with(keys::type, kRollingUpdateType);
    setDefault(strategy, kRollingUpdate, Value::emptyObject());
  }
  if (strategy[keys::type].asString() == kRollingUpdateType) {
    changeMember(strategy, kRollingUpdate, [](Value update) {
      setDefault(update, kPartition, 0);
      return update;
    });
  }
  return strategy;
}

Value claimRetentionDefaults(const Value& sent) {
  static const Value retain("Retain");
  Value policy = sent.isObject() ? sent : Value::emptyObject();
  setDefault(policy, kWhenDeleted, retain);
  setDefault(policy, kWhenScaled, retain);
  return policy;
}

// Clients that reflect on objects want the kind of each.
Value claimTemplateDefaults(const Value& sent) {
  return persistentVolumeClaimDefaults(sent)
      .with(keys::apiVersion, "v1")
      .with(keys::kind, "PersistentVolumeClaim");
}

Value withTemplateDefaults(const Value& spec) {
  return spec.with(keys::template_, podTemplateDefaults(spec[keys::template_]));
}

}  // namespace

Value deploymentDefaults(const Value& deployment) {
  Value spec = withTemplateDefaults(deployment[keys::spec]);
  setDefault(spec, keys::replicas, kReplicas);
  static const Value quarter("25%");
  spec = spec.with(keys::strategy, strategyDefaults(spec[keys::strategy], quarter, quarter));
  setDefault(spec, kRevisionHistoryLimit, kHistoryLimit);
  setDefault(spec, kProgressDeadlineSeconds, kDeadlineSeconds);
  return deployment.with(keys::spec, spec);
}

Value replicaSetDefaults(const Value& replicaSet) {
  Value spec = withTemplateDefaults(replicaSet[keys::spec]);
  setDefault(spec, keys::replicas, kReplicas);
  return replicaSet.with(keys::spec, spec);
}

Value daemonSetDefaults(const Value& set) {
  Value spec = withTemplateDefaults(set[keys::spec]);
  spec = spec.with(kUpdateStrategy, strategyDefaults(spec[kUpdateStrategy], 0, 1));
  setDefault(spec, kRevisionHistoryLimit, kHistoryLimit);
  return set.with(keys::spec, spec);
}

Value statefulSetDefaults(const Value& set) {
  Value spec = withTemplateDefaults(set[keys::spec]);
  setDefault(spec, kPodManagementPolicy, "OrderedReady");
  spec = spec.with(kUpdateStrategy, statefulStrategyDefaults(spec[kUpdateStrategy]));
  spec = spec.with(kClaimRetention, claimRetentionDefaults(spec[kClaimRetention]));
  setDefault(spec, keys::replicas, kReplicas);
  setDefault(spec, kRevisionHistoryLimit, kHistoryLimit);
  changeItems(spec, kVolumeClaimTemplates, claimTemplateDefaults);
  return set.with(keys::spec, spec);
}

}  // namespace pilothouse::api
