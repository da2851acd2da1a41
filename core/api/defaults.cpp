#include "core/api/defaults.hpp"

#include "core/api/kind.hpp"

namespace pilothouse::api {

Value setDefaults(const Resource& resource, const Value& object) {
  const Kind& kind = kindOf(resource);
  return kind.setDefaults == nullptr ? object : kind.setDefaults(object);
}

}  // namespace pilothouse::api
