#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pilothouse::http {

/// The documents of OpenAPI v3 by path, as JSON: the index "/openapi/v3", "/openapi/v3/api/v1",
/// "/openapi/v3/apis/apps/v1"; nothing for what is not served. Each is made at its first call and kept.
std::optional<std::string> openApi(std::string_view path);

}  // namespace pilothouse::http
