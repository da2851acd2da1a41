#pragma once

#include <optional>
#include <string_view>

#include "core/api/resource.hpp"
#include "core/api/status.hpp"
#include "core/apiserver/request.hpp"
#include "core/http/message.hpp"

namespace pilothouse::http {

/// A request's body as a value tree, or the answer to one that cannot be read (code 0: none).
struct DecodedBody {
  Value value;
  api::Status error;
};

/// An object in JSON, YAML or protobuf, as Content-Type says; `kind` is what the URL expects, for errors.
DecodedBody decodeObject(const HttpRequest& request, std::string_view kind);

/// The patch type of a Content-Type; nothing when it is none.
std::optional<apiserver::PatchType> patchTypeOf(std::string_view contentType);
api::Status unsupportedPatchType();
DecodedBody decodePatch(const HttpRequest& request, apiserver::PatchType type);

}  // namespace pilothouse::http
