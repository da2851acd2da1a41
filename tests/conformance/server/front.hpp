#pragma once

#include <set>
#include <string>

#include "core/http/endpoints.hpp"
#include "core/http/message.hpp"
#include "tests/conformance/server/engine.hpp"

namespace pilothouse::server {

/// A connection as the front knows it, to close it at the end.
class Closable {
 public:
  virtual ~Closable() = default;
  virtual void close() = 0;
};

/// What all connections share.
class Front {
 public:
  explicit Front(Engine& engine);

  [[nodiscard]] Engine& engine() { return engine_; }
  [[nodiscard]] http::ServerState state();

  void add(Closable* connection) { connections_.insert(connection); }
  void remove(Closable* connection) { connections_.erase(connection); }
  void closeAll();

  /// kubectl that was refused over WebSocket asks again over SPDY, and shows only the second answer: it gets
  /// the same one.
  void refused(const std::string& target, http::HttpResponse answer);
  [[nodiscard]] const http::HttpResponse* lastRefusal(const std::string& target) const;

  /// Audit-Id of a request: the client's own, or a new one.
  std::string auditId(const http::HttpRequest& request);

 private:
  Engine& engine_;
  std::set<Closable*> connections_;
  struct Refusal {
    std::string target;
    http::HttpResponse answer;
    Engine::WallClock::time_point at;
  };
  Refusal refusal_;
};

/// Plain HTTP is served as `kubectl proxy` does: as the administrator, unless the request says who it is.
/// False for one that a web page elsewhere may have sent: a foreign Host or Origin.
bool isLocal(const http::HttpRequest& request);
void actAsAdministrator(http::HttpRequest& request);

}  // namespace pilothouse::server
