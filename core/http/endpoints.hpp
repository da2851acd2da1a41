#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/http/message.hpp"
#include "core/http/url.hpp"

namespace pilothouse::http {

/// What endpoints tell of the server behind them.
struct ServerState {
  std::string address = "172.18.0.2:6443";  ///< where clients inside the cluster reach it
  bool etcdHealthy = true;
  /// The documents of /openapi/v3 by path; nothing where there is none.
  std::function<std::optional<std::string>(std::string_view path)> openApi;
};

/// Answers what is no resource: discovery, /version, health checks, OpenAPI; the rest is 404.
HttpResponse answerEndpoint(const HttpRequest& request, const Url& url, const ServerState& state);

}  // namespace pilothouse::http
