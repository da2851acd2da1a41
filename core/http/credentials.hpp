#pragma once

#include <memory>

#include "core/api/status.hpp"
#include "core/apiserver/request.hpp"
#include "core/http/message.hpp"

namespace pilothouse::http {

/// Who a request says it comes from: client certificate, "Authorization: Bearer …" and Impersonate-… headers.
/// The API server authenticates it.
struct ParsedCredentials {
  std::shared_ptr<const apiserver::Credentials> credentials;
  api::Status error;  ///< code 0: none
};
ParsedCredentials credentialsOf(const HttpRequest& request);

}  // namespace pilothouse::http
