#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "core/value/value.hpp"

namespace pilothouse::api {

/// Tools of the defaulting functions. All keep the handle of what they do not change.

/// Null or "": what Go's zero value is for a string or a pointer.
inline bool isUnset(const Value& value) {
  return value.isNull() || (value.isString() && value.asString().empty());
}

/// Sets the member where it is unset. Fallbacks are shared nodes, so that equal defaults are one.
inline void setDefault(Value& object, Key key, const Value& fallback) {
  if (isUnset(object[key])) object = object.with(key, fallback);
}

/// The same where 0 counts as unset (a plain int of Go).
inline void setDefaultNumber(Value& object, Key key, std::int64_t fallback) {
  if (object[key].asInt(0) == 0) object = object.with(key, fallback);
}

/// Replaces the member by `change(member)` where it is an object.
template <typename Change>
void changeMember(Value& object, Key key, Change change) {
  const Value& member = object[key];
  if (!member.isObject()) return;
  Value changed = change(member);
  if (!changed.sameAs(member)) object = object.with(key, std::move(changed));
}

/// Replaces each item of the member that is an array by `change(item)`.
template <typename Change>
void changeItems(Value& object, Key key, Change change) {
  const auto items = object[key].items();
  std::optional<std::vector<Value>> changed;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!items[i].isObject()) continue;
    Value item = change(items[i]);
    if (item.sameAs(items[i])) continue;
    if (!changed) changed.emplace(items.begin(), items.end());
    (*changed)[i] = std::move(item);
  }
  if (changed) object = object.with(key, Value::array(*changed));
}

}  // namespace pilothouse::api
