#include "core/value/mutable_object.hpp"
#include "core/value/patch.hpp"

namespace pilothouse {

Value applyMergePatch(const Value& target, const Value& patch) {
  if (!patch.isObject()) return patch;
  MutableObject result(target.isObject() ? target : Value::emptyObject());
  const auto keys = patch.memberKeys();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const Value& change = patch.memberValues()[i];
    if (change.isNull()) {
      result.remove(keys[i]);
      continue;
    }
    const Value* now = result.get(keys[i]);
    result.set(keys[i], applyMergePatch(now != nullptr ? *now : Value(), change));
  }
  return result.build();
}

}  // namespace pilothouse
