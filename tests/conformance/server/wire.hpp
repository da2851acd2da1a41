#pragma once

#include <string>
#include <string_view>

#include "core/http/message.hpp"

namespace pilothouse::server {

/// HTTP/1.1 as bytes.

/// A whole response. `body` false leaves the body out but tells its length (HEAD).
std::string wholeResponse(const http::HttpResponse& response, bool keepAlive, bool body);
/// The head of a response whose body comes in chunks.
std::string chunkedHead(const http::HttpResponse& response);
std::string chunk(std::string_view data);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

}  // namespace pilothouse::server
