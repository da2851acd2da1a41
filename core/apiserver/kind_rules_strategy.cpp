#include <algorithm>
#include <utility>

#include "core/api/keys.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/strategy.hpp"
#include "core/api/validation.hpp"
#include "core/apiserver/kind_rules.hpp"
#include "core/apiserver/versions.hpp"

namespace pilothouse::apiserver {
namespace {

const Key kStatus = Key::intern("status");

bool hasStatus(const api::Resource& resource) {
  return std::find(resource.subresources.begin(), resource.subresources.end(), "status") !=
         resource.subresources.end();
}

Value preparedForCreate(const api::Kind& kind, const Value& object) {
  if (kind.prepareForCreate != nullptr) return kind.prepareForCreate(object);
  const Value prepared = hasStatus(*kind.resource) ? object.without(keys::status) : object;
  // Other kinds do not count generations, whatever was sent.
  return kind.countsGeneration ? api::withFirstGeneration(prepared)
                               : prepared.withoutPath({keys::metadata, keys::generation});
}

Value preparedForUpdate(const api::Kind& kind, const Value& object, const Value& stored) {
  if (kind.prepareForUpdate != nullptr) return kind.prepareForUpdate(object, stored);
  const Value prepared = hasStatus(*kind.resource) ? api::takenFrom(object, keys::status, stored) : object;
  return kind.countsGeneration && api::specChanged(prepared, stored)
             ? api::withNextGeneration(prepared, stored)
             : prepared;
}

Value preparedForStatus(const api::Kind& kind, const Value& object, const Value& stored) {
  if (kind.prepareForStatusUpdate != nullptr) return kind.prepareForStatusUpdate(object, stored);
  return api::takenFrom(object, keys::spec, stored);
}

Outcome outcomeOf(const api::Resource& resource, Value object, const api::FieldErrors& errors) {
  if (errors.empty()) return Outcome::of(std::move(object));
  return Outcome::failed(api::Status::invalid(storedResource(resource), api::name(object), errors));
}

// The strategy is that of the stored kind.
const api::Kind& strategyOf(const api::Resource& resource) { return api::kindOf(storedResource(resource)); }

}  // namespace

Outcome prepareCreate(const api::Resource& resource, const Value& object, SimTime) {
  Value prepared = preparedForCreate(strategyOf(resource), object);
  const api::FieldErrors errors = api::validate(resource, prepared);
  return outcomeOf(resource, std::move(prepared), errors);
}

Outcome prepareUpdate(const api::Resource& resource, Key subresource, const Value& object,
                      const Value& stored, SimTime) {
  if (subresource == kStatus) {
    Value prepared = preparedForStatus(strategyOf(resource), object, stored);
    const api::FieldErrors errors = api::validateStatusUpdate(resource, prepared, stored);
    return outcomeOf(resource, std::move(prepared), errors);
  }
  Value prepared = preparedForUpdate(strategyOf(resource), object, stored);
  const api::FieldErrors errors = api::validateUpdate(resource, prepared, stored);
  return outcomeOf(resource, std::move(prepared), errors);
}

bool allowsCreateOnUpdate(const api::Resource& resource) { return strategyOf(resource).allowCreateOnUpdate; }

bool allowsUnconditionalUpdate(const api::Resource& resource) {
  return strategyOf(resource).allowUnconditionalUpdate;
}

}  // namespace pilothouse::apiserver
