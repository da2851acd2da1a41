#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/apiserver/outcome.hpp"
#include "core/sim/random.hpp"
#include "core/sim/time.hpp"

namespace pilothouse::apiserver {

/// The server's part of metadata (k8s.io/apiserver/pkg/registry/rest: BeforeCreate, BeforeUpdate).

/// Sets the namespace of the request where the body has none; 400 when they differ.
Outcome withRequestNamespace(const api::Resource& resource, const Value& object, const Value& ns);

/// What a PUT or a patch's result may not have: no name, or another than the URL's (checkName). Code 0: well.
api::Status checkName(const Value& object, std::string_view name);

/// uid, creationTimestamp, a generated name; drops what only the server writes, but for managedFields.
Value filledForCreate(const Value& object, SimTime now, Random& random);
/// Another suffix for generateName, after a clash.
Value renamed(const Value& object, Random& random);
std::string generatedName(std::string_view base, Random& random);

/// Takes the server's part from `stored`, and `managedFields` (null for none); conflict when uid or
/// resourceVersion of `sent` name another object or revision, Invalid when the kind wants a resourceVersion
/// and there is none.
Outcome filledForUpdate(const api::Resource& resource, const Value& sent, const Value& stored,
                        const Value& managedFields, bool allowsUnconditional);

/// The object with metadata.managedFields, or without for null.
Value withManagedFields(const Value& object, const Value& managedFields);

/// "the object has been modified; please apply your changes to the latest version and try again".
api::Status modifiedConflict(const api::Resource& resource, std::string_view name);

/// `fresh` with every subtree that equals its counterpart in `old` replaced by that one: a revision then
/// costs only what changed. Looks `levels` deep.
Value sharedWith(const Value& fresh, const Value& old, int levels = 6);

/// Bytes of the value's JSON text, counted without making it; counting stops soon after `limit`.
std::size_t jsonSize(const Value& value, std::size_t limit);

}  // namespace pilothouse::apiserver
