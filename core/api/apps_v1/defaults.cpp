#include "core/api/apps_v1/defaults.hpp"

#include "core/api/core_v1/defaults.hpp"
#include "core/api/defaulting.hpp"
#include "core/api/keys.hpp"

namespace pilothouse::api {
namespace {

const Key kMaxSurge = Key::intern("maxSurge");
const Key kMaxUnavailable = Key::intern("maxUnavailable");
const Key kProgressDeadlineSeconds = Key::intern("progressDeadlineSeconds");
const Key kRevisionHistoryLimit = Key::intern("revisionHistoryLimit");
const Key kRollingUpdate = Key::intern("rollingUpdate");

constexpr std::int64_t kReplicas = 1;
constexpr std::int64_t kHistoryLimit = 10;
constexpr std::int64_t kDeadlineSeconds = 600;

Value strategyDefaults(const Value& sent) {
  static const Value quarter("25%");
  static const Value rolling = Value::object({{kMaxSurge, quarter}, {kMaxUnavailable, quarter}});
  Value strategy = sent;
  setDefault(strategy, keys::type, "RollingUpdate");
  if (strategy[keys::type].asString() != "RollingUpdate") return strategy;
  setDefault(strategy, kRollingUpdate, rolling);
  changeMember(strategy, kRollingUpdate, [](const Value& update) {
    Value filled = update;
    if (filled[kMaxSurge].isNull()) filled = filled.with(kMaxSurge, quarter);
    if (filled[kMaxUnavailable].isNull()) filled = filled.with(kMaxUnavailable, quarter);
    return filled;
  });
  return strategy;
}

Value withTemplateDefaults(const Value& spec) {
  return spec.with(keys::template_, podTemplateDefaults(spec[keys::template_]));
}

}  // namespace

Value deploymentDefaults(const Value& deployment) {
  Value spec = withTemplateDefaults(deployment[keys::spec]);
  setDefault(spec, keys::replicas, kReplicas);
  spec = spec.with(keys::strategy, strategyDefaults(spec[keys::strategy]));
  setDefault(spec, kRevisionHistoryLimit, kHistoryLimit);
  setDefault(spec, kProgressDeadlineSeconds, kDeadlineSeconds);
  return deployment.with(keys::spec, spec);
}

Value replicaSetDefaults(const Value& replicaSet) {
  Value spec = withTemplateDefaults(replicaSet[keys::spec]);
  setDefault(spec, keys::replicas, kReplicas);
  return replicaSet.with(keys::spec, spec);
}

}  // namespace pilothouse::api
