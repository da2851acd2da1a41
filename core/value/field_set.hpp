#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/value/value.hpp"

/// Sets of field paths (sigs.k8s.io/structured-merge-diff/fieldpath.Set) in the form that managedFields has
/// them, FieldsV1: {"f:spec":{"f:replicas":{},"f:template":{".":{},…}}}. A node's "." says that the path up
/// to it is itself a member; {} is a member with nothing below; null is the empty set. Equal subtrees stay
/// shared.
namespace pilothouse::field_set {

/// The member that ends a path: {}.
const Value& leaf();
extern const Key kSelf;  ///< "."

/// "f:replicas", `k:{"name":"web"}` of an object with the keys' values, `v:"text"`.
Key fieldElement(Key name);
Key keyElement(const Value& keys);
Key valueElement(const Value& item);

/// Whether the path to this node is a member.
[[nodiscard]] inline bool isMember(const Value& node) {
  return node.isObject() && (node.empty() || node.has(kSelf));
}

Value united(const Value& a, const Value& b);
Value intersection(const Value& a, const Value& b);
/// The members of `a` that are not members of `b`.
Value difference(const Value& a, const Value& b);
/// The same, and nothing that lies below a member of `b`.
Value recursiveDifference(const Value& a, const Value& b);
/// `node` with or without its own membership; null when nothing is left.
Value withSelf(const Value& node);
Value withoutSelf(const Value& node);

/// Every member as structured-merge-diff prints paths: `.spec.template.spec.containers[name="web"].image`;
/// members of a node come before what is below them.
void forEachPath(const Value& set, const std::function<void(const std::string& path)>& visit);

/// Nothing when `set` is well-formed; FieldsV1 of strangers may be anything.
bool isWellFormed(const Value& set);

}  // namespace pilothouse::field_set
