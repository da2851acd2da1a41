#pragma once

#include <cstddef>
#include <cstdint>

#include "core/apiserver/request.hpp"
#include "core/http/encode.hpp"
#include "core/http/endpoints.hpp"
#include "core/http/message.hpp"

namespace pilothouse::http {

inline constexpr std::size_t kBodyMax = 3 * 1024 * 1024;  ///< --max-request-body-bytes

/// What the transport has to do with a request.
struct Routed {
  enum class Kind : std::uint8_t {
    Answer,    ///< send `answer`: the request goes no further
    Endpoint,  ///< no resource: authorize `verb` on `path`, then answerEndpoint
    Call,      ///< Client::send, then encode
    Watch,     ///< Client::watch, then encodeEvent
    Stream     ///< Client::connect: a log, exec or attach
  };
  Kind kind{};
  HttpResponse answer;
  apiserver::Request request;  ///< of an Endpoint: its credentials only
  Style style;
  std::string path;
  std::string verb;  ///< of an Endpoint: "get"
};

/// A request's meaning: its resource, verb, options and body; or at once the answer to what is malformed.
Routed route(const HttpRequest& request);

/// 413 for a body beyond kBodyMax.
api::Status entityTooLarge();

}  // namespace pilothouse::http
