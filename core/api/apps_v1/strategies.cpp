#include "core/api/apps_v1/strategies.hpp"

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/api/strategy.hpp"

namespace pilothouse::api {
namespace {

Value prepareUpdate(const Value& object, const Value& stored, bool annotated) {
  Value prepared = takenFrom(object, keys::status, stored);
  const bool respecified = !(object[keys::spec] == stored[keys::spec]);
  // An equal spec is the stored tree, which needs no validation.
  if (!respecified) prepared = takenFrom(prepared, keys::spec, stored);
  return annotated || respecified ? withNextGeneration(prepared, stored) : prepared;
}

}  // namespace

Value prepareDeploymentCreate(const Value& deployment) {
  return withFirstGeneration(deployment).with(keys::status, Value::emptyObject());
}

Value prepareDeploymentUpdate(const Value& deployment, const Value& stored) {
  return prepareUpdate(deployment, stored, !(annotations(deployment) == annotations(stored)));
}

Value prepareDeploymentStatus(const Value& deployment, const Value& stored) {
  const Value prepared = takenFrom(deployment, keys::spec, stored);
  if (labels(deployment) == labels(stored)) return prepared;
  const Value& kept = labels(stored);
  return kept.isNull() ? prepared.withoutPath({keys::metadata, keys::labels})
                       : prepared.withPath({keys::metadata, keys::labels}, kept);
}

Value prepareReplicaSetCreate(const Value& replicaSet) {
  static const Value noReplicas = Value::object({{keys::replicas, 0}});
  return withFirstGeneration(replicaSet).with(keys::status, noReplicas);
}

Value prepareReplicaSetUpdate(const Value& replicaSet, const Value& stored) {
  return prepareUpdate(replicaSet, stored, false);
}

}  // namespace pilothouse::api
