#pragma once

#include <string>
#include <string_view>

#include "core/value/value.hpp"

namespace pilothouse {

struct Patched {
  Value value;
  std::string error{};  ///< in the words of the library that kube-apiserver uses; empty on success
};

/// RFC 6902 (evanphx/json-patch) and RFC 7386. Parts that do not change are shared with the target.
Patched applyJsonPatch(const Value& target, const Value& patch);
Value applyMergePatch(const Value& target, const Value& patch);

/// How strategic merge patch treats a type's fields; served by the schema table.
class PatchSchema {
 public:
  virtual ~PatchSchema() = default;
  struct Field {
    const void* type =
        nullptr;              ///< opaque: the field's (or list item's, or map value's) type; null for scalars
    bool mergeList = false;   ///< patchStrategy=merge
    bool retainKeys = false;  ///< patchStrategy=retainKeys
    std::string_view mergeKey;  ///< patchMergeKey; empty: a list of scalars as a set
    bool known = false;
  };
  /// The field `key` of `type`.
  [[nodiscard]] virtual Field field(const void* type, Key key) const = 0;
  /// The type's name for error messages: "PodSpec".
  [[nodiscard]] virtual std::string_view typeName(const void* /*type*/) const { return {}; }
};

/// k8s.io/apimachinery/pkg/util/strategicpatch: $patch (replace, delete, merge), $deleteFromPrimitiveList,
/// $setElementOrder, $retainKeys.
Patched applyStrategicMergePatch(const Value& target, const Value& patch, const PatchSchema& schema,
                                 const void* type);
/// CreateThreeWayMergePatch, as kubectl apply makes it from last-applied, new and live objects; null value
/// when there is nothing to change (an empty object). An error when a list item lacks its merge key, or what
/// is given is neither an object nor null.
Patched createThreeWayMergePatch(const Value& original, const Value& modified, const Value& current,
                                 const PatchSchema& schema, const void* type);

}  // namespace pilothouse
