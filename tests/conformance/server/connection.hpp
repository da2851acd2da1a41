#pragma once

#include "tests/conformance/server/front.hpp"
#include "tests/conformance/server/net.hpp"

namespace pilothouse::server {

/// Serves a connection that was just accepted: finds out whether it speaks TLS or plain HTTP, then answers
/// its requests until it is closed. It keeps itself alive.
void serve(Front& front, asio::ssl::context& tls, Tcp::socket socket);

}  // namespace pilothouse::server
