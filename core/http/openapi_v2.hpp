#pragma once

#include <string>

#include "core/value/value.hpp"

namespace pilothouse::http {

/// The document of OpenAPI v2 (swagger) over all that is served, made from what v3 tells.
Value openApiV2Document();

/// The same as JSON, and as an openapi.v2.Document of gnostic, which kubectl reads. Made once.
const std::string& openApiV2Json();
const std::string& openApiV2Protobuf();

/// What kubectl asks for; the answer's own media type spells it without "@".
inline constexpr const char* kOpenApiV2Accept = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
inline constexpr const char* kOpenApiV2Type = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

}  // namespace pilothouse::http
