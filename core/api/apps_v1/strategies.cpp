#include "core/api/apps_v1/strategies.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/api/strategy.hpp"

namespace pilothouse::api {
namespace {

// apps.DeprecatedTemplateGeneration.
const Key kTemplateGeneration = Key::intern("deprecated.daemonset.template.generation");
const Key kCurrentNumberScheduled = Key::intern("currentNumberScheduled");
const Key kDesiredNumberScheduled = Key::intern("desiredNumberScheduled");
const Key kNumberMisscheduled = Key::intern("numberMisscheduled");
const Key kNumberReady = Key::intern("numberReady");

std::int64_t templateGeneration(const Value& set) {
  const std::string_view text = annotations(set)[kTemplateGeneration].asString();
  std::int64_t generation = 0;
  std::from_chars(text.data(), text.data() + text.size(), generation);
  return generation;
}

Value withTemplateGeneration(const Value& set, std::int64_t generation) {
  return set.withPath({keys::metadata, keys::annotations, kTemplateGeneration}, std::to_string(generation));
}

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

Value prepareDaemonSetCreate(const Value& set) {
  static const Value nothing = Value::object({{kCurrentNumberScheduled, 0},
                                              {kDesiredNumberScheduled, 0},
                                              {kNumberMisscheduled, 0},
                                              {kNumberReady, 0}});
  return withTemplateGeneration(begun(set, nothing), std::max<std::int64_t>(templateGeneration(set), 1));
}

Value prepareDaemonSetUpdate(const Value& set, const Value& stored) {
  const Value prepared = prepareUpdate(set, stored, false);
  const bool changed = !(prepared[keys::spec][keys::template_] == stored[keys::spec][keys::template_]);
  return withTemplateGeneration(prepared, templateGeneration(stored) + (changed ? 1 : 0));
}

Value prepareDaemonSetStatus(const Value& set, const Value& stored) {
  return withTemplateGeneration(takenFrom(set, keys::spec, stored), templateGeneration(stored));
}

Value prepareStatefulSetCreate(const Value& set) {
  static const Value nothing = Value::object({{keys::availableReplicas, 0}, {keys::replicas, 0}});
  return begun(set, nothing);
}

Value prepareStatefulSetUpdate(const Value& set, const Value& stored) {
  return prepareUpdate(set, stored, false);
}

}  // namespace pilothouse::api
