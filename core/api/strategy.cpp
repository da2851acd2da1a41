#include "core/api/strategy.hpp"

#include "core/api/keys.hpp"
#include "core/api/object.hpp"

namespace pilothouse::api {

Value withFirstGeneration(const Value& object) {
  return object.withPath({keys::metadata, keys::generation}, 1);
}

Value withNextGeneration(const Value& object, const Value& stored) {
  return object.withPath({keys::metadata, keys::generation}, meta(stored)[keys::generation].asInt(0) + 1);
}

Value takenFrom(const Value& object, Key member, const Value& stored) {
  return stored.has(member) ? object.with(member, stored[member]) : object.without(member);
}

Value begun(const Value& object, const Value& status) {
  return withFirstGeneration(object).with(keys::status, status);
}

bool specChanged(const Value& object, const Value& stored) {
  const auto rest = [](const Value& of) { return of.without(keys::metadata).without(keys::status); };
  return !(rest(object) == rest(stored));
}

}  // namespace pilothouse::api
