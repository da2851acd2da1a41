#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/api/kind.hpp"
#include "core/apiserver/request.hpp"

namespace pilothouse::apiserver {

/// Resources that are kept in another version or group (Kind::storedAs). For most kinds these change nothing
/// and cost one lookup.

/// The resource whose registry, strategy and name in errors count.
const api::Resource& storedResource(const api::Resource& resource);
/// A decoded object of the resource as it is kept, and back.
Value toStored(const api::Resource& resource, const Value& object);
Value fromStored(const api::Resource& resource, const Value& stored);
/// A stored object or a list of them as an answer in the resource's version; a Status stays what it is.
Value inVersionOf(const api::Resource& resource, const Value& body);
/// A watcher that is sent the resource's version.
Function<void(WatchEvent)> inVersionOf(const api::Resource& resource, Function<void(WatchEvent)> send);

/// The warning that every request for a deprecated kind gets; empty for the others
/// (zz_generated.prerelease-lifecycle.go).
std::string_view deprecationOf(const api::Resource& resource);
/// False for verbs that the kind's discovery leaves out.
bool hasVerb(const api::Resource& resource, Verb verb);
/// The strategy's warnings about an object, in stored form; `before` null on creation.
void addWarnings(std::vector<std::string>& warnings, const api::Resource& resource, const Value& object,
                 const Value& before);

}  // namespace pilothouse::apiserver
