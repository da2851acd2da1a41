#pragma once

#include "core/apiserver/managed_entries.hpp"
#include "core/apiserver/managed_fields.hpp"
#include "core/apiserver/typed_fields.hpp"

/// What managed_fields.cpp and applied_fields.cpp share. Private to core/apiserver.
namespace pilothouse::apiserver::managed {

ManagedEntry entryOf(const FieldRules& rules, const FieldWriter& writer);
/// What a write of that subresource cannot set; null for nothing.
const Value& resetFieldsOf(const FieldRules& rules, Key subresource);
typed::Comparison compareWith(const FieldRules& rules, const Value& reset, const Value& live,
                              const Value& fresh);
/// Takes what was changed or removed from every entry; those that are left with nothing go.
void takeFrom(ManagedEntries& entries, const typed::Comparison& compared);
/// One update by `writer`.
void updateEntries(ManagedEntries& entries, const FieldRules& rules, const FieldWriter& writer,
                   const typed::Comparison& compared);
/// The set without what nobody owns: the object's name, uid, version…
Value ownable(const Value& set);
/// Adds the writer's entry, or joins its fields with those it has.
void give(ManagedEntries& entries, const ManagedEntry& writer);

struct Conflict {
  ManagedEntry entry;  ///< the other manager
  Value fields;        ///< of its, that the apply would change
};
using Conflicts = std::vector<Conflict>;
/// 409 "Apply failed with 1 conflict: …" with a FieldManagerConflict cause a field.
api::Status conflictStatus(Conflicts conflicts);

/// As encodeManagedFields; `stored` itself when no entry has changed.
Value encoded(ManagedEntries entries, const Value& stored);

}  // namespace pilothouse::apiserver::managed
