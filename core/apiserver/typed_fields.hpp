#pragma once

#include <string>
#include <vector>

#include "core/api/schema/schema.hpp"
#include "core/value/value.hpp"

/// Objects seen through their type, as structured-merge-diff/typed does it. Sets are those of
/// core/value/field_set.hpp; an associative list is one with list-type map or set, or a merge key.
namespace pilothouse::apiserver::typed {

/// TypedValue.ToFieldSet: the fields that a configuration names.
Value fieldSet(api::schema::Type type, const Value& config);

/// TypedValue.Compare, with Added and Modified in one. metadata.managedFields is not looked at, nor is the
/// member `ignored` of the object; equal subtrees that are shared cost nothing.
struct Comparison {
  Value changed;
  Value removed;
};
Comparison compare(api::schema::Type type, const Value& live, const Value& fresh, Key ignored = {});

/// TypedValue.Merge: `config` laid over `live`; items of associative lists are matched by their keys.
Value merged(api::schema::Type type, const Value& live, const Value& config);

/// TypedValue.RemoveItems: without the fields and items that are members of `set`.
Value withoutItems(api::schema::Type type, const Value& object, const Value& set);

/// Set.EnsureNamedFieldsAreMembers: structs' fields that have members below them become members.
Value withNamedFields(api::schema::Type type, const Value& set);

/// What keeps `config` from being a `type` (ValidationErrors.Error): unknown fields, wrong types, items
/// without keys, duplicates. Empty: nothing.
std::string errors(api::schema::Type type, const Value& config);

}  // namespace pilothouse::apiserver::typed
