#pragma once

#include "core/http/message.hpp"
#include "tests/conformance/server/certificates.hpp"
#include "tests/conformance/server/net.hpp"

namespace pilothouse::server {

/// TLS with the cluster's certificates. Client certificates are asked for, and judged later: a bad one is an
/// HTTP answer (401), as kube-apiserver does it.
asio::ssl::context makeTls(const Certificates& certificates);

/// The subject of the client's certificate.
http::Peer peerOf(SSL* connection);

}  // namespace pilothouse::server
