#pragma once

#include "core/apiserver/request.hpp"
#include "core/sim/function.hpp"
#include "core/sim/simulator.hpp"
#include "core/sim/time.hpp"

namespace pilothouse::apiserver {

/// A meta.k8s.io/v1 Table of an object or a list, as its kind prints itself. `headers` false leaves the
/// column definitions out, as the later events of a watch do.
Value asTable(const api::Resource& resource, const Value& body, IncludeObject include, SimTime now,
              bool headers = true);

/// PartialObjectMetadata of an object, PartialObjectMetadataList of a list.
Value asPartialObjectMetadata(const api::Resource& resource, const Value& body);

/// What the client of `request` gets in place of an answer's body: the body itself, its Table or its metadata
/// (request.options->as). A Status stays what it is.
Value represented(const Request& request, const Value& body, SimTime now, bool headers = true);

/// True when represented() changes bodies.
inline bool wantsRepresentation(const Request& request) {
  return request.options != nullptr && request.options->as != Representation::Object;
}

/// A responder and a watch's `send` that pass on what represented() makes of their bodies and objects.
Responder representing(Simulator& simulator, const Request& request, Responder respond);
Function<void(WatchEvent)> representing(Simulator& simulator, const Request& request,
                                        Function<void(WatchEvent)> send);

}  // namespace pilothouse::apiserver
