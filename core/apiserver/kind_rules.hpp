#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/apiserver/outcome.hpp"
#include "core/apiserver/request.hpp"
#include "core/sim/time.hpp"

namespace pilothouse::apiserver {

/// The registry's view of the kinds: what it asks of decoding, strategies, patches and selectors.

struct Decoded {
  Value object;  ///< typed and defaulted
  api::Status error;
  std::vector<std::string> warnings;
  [[nodiscard]] bool ok() const { return error.code == 0; }
};

/// Reads a body as the resource's kind and sets its defaults. Components' own writes (Ignore) are typed by
/// construction and only get their defaults: an object that has them comes back as it is.
Decoded decode(const api::Resource& resource, const Value& body, FieldValidation validation);
/// The same for what applyPatch has made of a stored object; failures are told as the patch handler tells
/// them (`patch: Invalid value: "map[spec:map[replicas:x]]": unrecognized type: int32`).
Decoded decodePatched(const api::Resource& resource, PatchType type, const Value& patch, const Value& patched,
                      FieldValidation validation);

/// Clears and sets what a client may not write on creation, then validates.
Outcome prepareCreate(const api::Resource& resource, const Value& object, SimTime now);
/// The same for an update; `subresource` decides which part is taken over. metadata is merged before.
Outcome prepareUpdate(const api::Resource& resource, Key subresource, const Value& object,
                      const Value& stored, SimTime now);

bool allowsCreateOnUpdate(const api::Resource& resource);
bool allowsUnconditionalUpdate(const api::Resource& resource);

/// The stored object with the patch applied (not decoded yet).
Outcome applyPatch(const api::Resource& resource, PatchType type, const Value& stored, const Value& patch);

/// Label and field selectors of a request, taken apart for the watch cache.
struct Predicate {
  api::Status error;                          ///< 400 when they are malformed or not supported
  Value name;                                 ///< metadata.name required, or null
  Value namespace_;                           ///< metadata.namespace required, or null
  Value nodeName;                             ///< spec.nodeName required (Pods), or null
  std::function<bool(const Value&)> matches;  ///< null: everything
};
Predicate parseSelectors(const api::Resource& resource, std::string_view labelSelector,
                         std::string_view fieldSelector);

}  // namespace pilothouse::apiserver
