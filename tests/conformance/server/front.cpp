#include "tests/conformance/server/front.hpp"

#include <random>
#include <utility>
#include <vector>

#include "core/http/openapi.hpp"

namespace pilothouse::server {
namespace {

using namespace std::chrono_literals;

constexpr auto kRefusalKept = 10s;
constexpr std::size_t kAuditIdMax = 64;

std::string_view withoutPort(std::string_view host) {
  if (!host.empty() && host.front() == '[') return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

bool isLoopback(std::string_view host) {
  const std::string_view name = withoutPort(host);
  return name == "localhost" || name == "127.0.0.1" || name == "[::1]";
}

std::string randomUuid() {
  static std::random_device source;
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text = "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx";
  for (char& c : text) {
    if (c == 'x') c = kHex[source() & 15];
  }
  return text;
}

}  // namespace

Front::Front(Engine& engine) : engine_(engine) {}

http::ServerState Front::state() {
  http::ServerState state;
  state.etcdHealthy = engine_.etcdHealthy();
  state.openApi = &http::openApi;
  return state;
}

void Front::closeAll() {
  const std::vector<Closable*> open(connections_.begin(), connections_.end());
  for (Closable* connection : open) {
    if (connections_.count(connection) != 0) connection->close();  // else it went with another one
  }
}

void Front::refused(const std::string& target, http::HttpResponse answer) {
  refusal_ = {target, std::move(answer), Engine::WallClock::now()};
}

const http::HttpResponse* Front::lastRefusal(const std::string& target) const {
  const bool same = refusal_.target == target && Engine::WallClock::now() - refusal_.at < kRefusalKept;
  return same ? &refusal_.answer : nullptr;
}

std::string Front::auditId(const http::HttpRequest& request) {
  const std::string_view given = request.headers.find("Audit-ID");
  const bool plain = given.find_first_not_of("0123456789abcdefABCDEF-") == std::string_view::npos;
  if (!given.empty() && given.size() <= kAuditIdMax && plain) return std::string(given);
  return randomUuid();
}

bool isLocal(const http::HttpRequest& request) {
  if (!isLoopback(request.headers.find("Host"))) return false;
  const std::string_view origin = request.headers.find("Origin");
  if (origin.empty()) return true;
  const std::size_t scheme = origin.find("://");
  return scheme != std::string_view::npos && isLoopback(origin.substr(scheme + 3));
}

void actAsAdministrator(http::HttpRequest& request) {
  if (request.headers.has("Authorization")) return;
  request.peer.commonName = "kubernetes-admin";
  request.peer.organizations = {"kubeadm:cluster-admins"};
}

}  // namespace pilothouse::server
