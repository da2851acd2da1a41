#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/api/validation.hpp"
#include "core/apiserver/kind_rules.hpp"
#include "core/apiserver/strategies.hpp"

namespace pilothouse::apiserver {
namespace {

namespace r = api::resources;

const Key kStatus = Key::intern("status");

constexpr std::int64_t kFirstGeneration = 1;

Value withGeneration(const Value& object, std::int64_t generation) {
  return object.withPath({keys::metadata, keys::generation}, generation);
}

Value takeOver(const Value& object, Key key, const Value& stored) {
  return stored.has(key) ? object.with(key, stored[key]) : object.without(key);
}

Value bumped(const Value& object, const Value& stored) {
  return withGeneration(object, api::meta(stored)[keys::generation].asInt(0) + 1);
}

// A Deployment's generation also counts its annotations, where `kubectl rollout` keeps its records.
Value prepareWorkloadUpdate(const api::Resource& resource, const Value& object, const Value& stored) {
  Value prepared = takeOver(object, keys::status, stored);
  const bool annotated =
      &resource == &r::deployments && !(api::annotations(object) == api::annotations(stored));
  const bool respecified = !(object[keys::spec] == stored[keys::spec]);
  // An equal spec is the stored tree, which needs no validation.
  if (!respecified) prepared = takeOver(prepared, keys::spec, stored);
  return annotated || respecified ? bumped(prepared, stored) : prepared;
}

Value prepareWorkloadCreate(const api::Resource& resource, const Value& object) {
  static const Value noStatus = Value::emptyObject();
  static const Value noReplicas = Value::object({{keys::replicas, 0}});
  const Value& status = &resource == &r::deployments ? noStatus : noReplicas;
  return withGeneration(object, kFirstGeneration).with(keys::status, status);
}

Value prepareSliceUpdate(const Value& slice, const Value& stored) {
  const bool changed = !(api::labels(slice) == api::labels(stored)) ||
                       !(slice.without(keys::metadata) == stored.without(keys::metadata));
  return changed ? bumped(slice, stored) : slice;
}

bool isWorkload(const api::Resource& resource) {
  return &resource == &r::deployments || &resource == &r::replicaSets;
}

Value preparedForCreate(const api::Resource& resource, const Value& object) {
  if (&resource == &r::pods) return preparePodCreate(object);
  if (isWorkload(resource)) return prepareWorkloadCreate(resource, object);
  if (&resource == &r::services) return prepareServiceCreate(object);
  if (&resource == &r::namespaces) return prepareNamespaceCreate(object);
  if (&resource == &r::endpointSlices) return withGeneration(object, kFirstGeneration);
  // Other kinds do not count generations, whatever was sent.
  return object.withoutPath({keys::metadata, keys::generation});
}

Value preparedForUpdate(const api::Resource& resource, const Value& object, const Value& stored) {
  if (&resource == &r::pods) return preparePodUpdate(object, stored);
  if (isWorkload(resource)) return prepareWorkloadUpdate(resource, object, stored);
  if (&resource == &r::services) return prepareServiceUpdate(object, stored);
  if (&resource == &r::namespaces) return prepareNamespaceUpdate(object, stored);
  if (&resource == &r::endpointSlices) return prepareSliceUpdate(object, stored);
  if (&resource == &r::nodes) return takeOver(object, keys::status, stored);
  return object;
}

Value preparedForStatus(const api::Resource& resource, const Value& object, const Value& stored) {
  if (&resource == &r::pods) return preparePodStatus(object, stored);
  const Value prepared = takeOver(object, keys::spec, stored);
  if (&resource != &r::deployments || api::labels(object) == api::labels(stored)) return prepared;
  const Value& labels = api::labels(stored);
  return labels.isNull() ? prepared.withoutPath({keys::metadata, keys::labels})
                         : prepared.withPath({keys::metadata, keys::labels}, labels);
}

Outcome outcomeOf(const api::Resource& resource, Value object, const api::FieldErrors& errors) {
  if (errors.empty()) return Outcome::of(std::move(object));
  return Outcome::failed(api::Status::invalid(resource, api::name(object), errors));
}

}  // namespace

Outcome prepareCreate(const api::Resource& resource, const Value& object, SimTime) {
  Value prepared = preparedForCreate(resource, object);
  const api::FieldErrors errors = api::validate(resource, prepared);
  return outcomeOf(resource, std::move(prepared), errors);
}

Outcome prepareUpdate(const api::Resource& resource, Key subresource, const Value& object,
                      const Value& stored, SimTime) {
  if (subresource == kStatus) {
    Value prepared = preparedForStatus(resource, object, stored);
    const api::FieldErrors errors = api::validateStatusUpdate(resource, prepared, stored);
    return outcomeOf(resource, std::move(prepared), errors);
  }
  Value prepared = preparedForUpdate(resource, object, stored);
  const api::FieldErrors errors = api::validateUpdate(resource, prepared, stored);
  return outcomeOf(resource, std::move(prepared), errors);
}

bool allowsCreateOnUpdate(const api::Resource& resource) {
  return &resource == &r::leases || &resource == &r::events || &resource == &r::endpoints ||
         &resource == &r::services;
}

bool allowsUnconditionalUpdate(const api::Resource& resource) { return &resource != &r::leases; }

}  // namespace pilothouse::apiserver
