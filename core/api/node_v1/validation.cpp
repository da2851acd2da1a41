#include "core/api/node_v1/validation.hpp"

#include <unordered_map>

#include "core/api/core_v1/validation_pod_parts.hpp"
#include "core/api/validation/object_meta.hpp"

namespace pilothouse::api {
namespace {

const Key kHandler = Key::intern("handler");
const Key kLimits = Key::intern("limits");
const Key kOverhead = Key::intern("overhead");
const Key kPodFixed = Key::intern("podFixed");
const Key kScheduling = Key::intern("scheduling");

void validateScheduling(Errors& errors, const FieldPath& path, const Value& scheduling) {
  validateLabels(errors, path.child("nodeSelector"), scheduling["nodeSelector"]);
  const Value& tolerations = scheduling["tolerations"];
  const FieldPath at = path.child("tolerations");
  validateTolerations(errors, at, tolerations);
  std::unordered_map<std::uint64_t, const Value*> seen;
  for (std::size_t i = 0; i < tolerations.size(); ++i) {
    const Value& toleration = tolerations.item(i);
    const auto [first, isNew] = seen.emplace(toleration.hash(), &toleration);
    if (!isNew && *first->second == toleration) errors.duplicate(at.item(i), toleration);
  }
}

}  // namespace

void validateRuntimeClass(Errors& errors, const Value& runtimeClass) {
  validateObjectMeta(errors, runtimeClass, false, &nameIsDnsSubdomain);
  const Value handler(runtimeClass[kHandler].asString());
  errors.invalid(FieldPath("handler"), handler, isDns1123Label(handler.asString()));
  if (const Value& overhead = runtimeClass[kOverhead]; overhead.isObject()) {
    validateResourceRequirements(errors, FieldPath("overhead"),
                                 Value::object({{kLimits, overhead[kPodFixed]}}));
  }
  if (runtimeClass[kScheduling].isObject()) {
    validateScheduling(errors, FieldPath("scheduling"), runtimeClass[kScheduling]);
  }
}

void validateRuntimeClassUpdate(Errors& errors, const Value& runtimeClass, const Value& stored) {
  validateObjectMetaUpdate(errors, runtimeClass, stored);
  errors.immutable(FieldPath("handler"), runtimeClass[kHandler], stored[kHandler]);
}

}  // namespace pilothouse::api
