#include "core/api/validation.hpp"

#include "core/api/kind.hpp"
#include "core/api/validation/errors.hpp"
#include "core/api/validation/object_meta.hpp"

namespace pilothouse::api {
namespace {

// Objects come as they are stored; another version may have its own rules for them.
const Kind& rulesOf(const Resource& resource) {
  const Kind& kind = kindOf(resource);
  return kind.storedAs == nullptr || kind.validate != nullptr ? kind : kindOf(*kind.storedAs);
}

}  // namespace

FieldErrors validate(const Resource& resource, const Value& object) {
  Errors errors;
  if (const Kind& kind = rulesOf(resource); kind.validate != nullptr) {
    kind.validate(errors, object);
  } else {
    validateObjectMeta(errors, object, resource.namespaced, &nameIsDnsSubdomain);
  }
  return errors.take();
}

FieldErrors validateUpdate(const Resource& resource, const Value& object, const Value& stored) {
  Errors errors;
  if (const Kind& kind = rulesOf(resource); kind.validateUpdate != nullptr) {
    kind.validateUpdate(errors, object, stored);
  } else {
    validateObjectMetaUpdate(errors, object, stored);
  }
  return errors.take();
}

FieldErrors validateStatusUpdate(const Resource& resource, const Value& object, const Value& stored) {
  const Kind& kind = rulesOf(resource);
  if (kind.validateStatusUpdate == nullptr) return validateUpdate(resource, object, stored);
  Errors errors;
  kind.validateStatusUpdate(errors, object, stored);
  return errors.take();
}

}  // namespace pilothouse::api
