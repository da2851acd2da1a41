#pragma once

#include <string_view>

#include "core/http/message.hpp"
#include "core/http/url.hpp"

namespace pilothouse::http {

/// /healthz, /livez and /readyz and their single checks (k8s.io/apiserver/pkg/server/healthz); null for other
/// paths.
bool isHealthPath(std::string_view path);
HttpResponse answerHealth(std::string_view path, const Query& query, bool etcdHealthy);

}  // namespace pilothouse::http
