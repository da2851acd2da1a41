#pragma once

#include <memory>
#include <string>

#include "core/http/route.hpp"
#include "tests/conformance/server/front.hpp"

namespace pilothouse::server {

/// Where an exchange sends its answer.
class Answerer {
 public:
  virtual ~Answerer() = default;
  /// A whole answer.
  virtual void answer(http::HttpResponse response) = 0;
  /// An answer in pieces, each sent at once, until finish().
  virtual void begin(http::HttpResponse head) = 0;
  virtual void piece(std::string data) = 0;
  virtual void finish() = 0;
  /// The stream of an exec or attach is open (or will be, when it is not refused) and speaks WebSocket.
  virtual void upgrade(http::Routed routed) = 0;
};

/// One request on its way through the cluster. Destroying it gives it up.
class Exchange {
 public:
  virtual ~Exchange() = default;
};

/// Carries out what a request asks; `answerer` outlives the exchange.
std::unique_ptr<Exchange> perform(Front& front, const http::HttpRequest& request, Answerer& answerer);

}  // namespace pilothouse::server
