#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/value/value.hpp"

namespace pilothouse::apiserver {

/// One entry of metadata.managedFields, taken apart.
struct ManagedEntry {
  Value manager;
  bool apply = false;  ///< operation Apply, else Update
  Value apiVersion;
  Value subresource;  ///< null for the object itself
  Value time;         ///< null for none
  Value fields;       ///< core/value/field_set.hpp; null is the empty set
  Value source;       ///< as it is stored, while nothing has changed

  /// managedfields.BuildManagerIdentifier: an applier keeps its entry in every version.
  [[nodiscard]] bool sameManager(const ManagedEntry& other) const;
  /// `"kubectl" using apps/v1`, `"kubectl" with subresource "scale"`: as conflicts name it.
  [[nodiscard]] std::string printed() const;
  /// The identifier's JSON, by which conflicts are sorted.
  [[nodiscard]] std::string identifier() const;
};
using ManagedEntries = std::vector<ManagedEntry>;

/// False when `list` is not what managedFields may be (an unknown operation; a malformed set, if it comes
/// from a client and not from the store).
bool decodeManagedFields(const Value& list, ManagedEntries& entries, bool stored = true);
/// The list in Kubernetes' order; null for none. Equal nodes of different objects are one: pods of one
/// template share their entries.
Value encodeManagedFields(ManagedEntries entries);

/// At most ten entries of updates: the oldest are put together as "ancient-changes".
void capUpdateManagers(ManagedEntries& entries);

}  // namespace pilothouse::apiserver
