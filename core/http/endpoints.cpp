#include "core/http/endpoints.hpp"

#include <utility>
#include <vector>

#include "core/api/keys.hpp"
#include "core/api/kind.hpp"
#include "core/http/discovery.hpp"
#include "core/http/encode.hpp"
#include "core/http/health.hpp"
#include "core/http/negotiation.hpp"
#include "core/http/openapi_v2.hpp"
#include "core/http/request_info.hpp"
#include "core/value/document.hpp"

namespace pilothouse::http {
namespace {

HttpResponse notFound() { return plainText(404, "404 page not found\n"); }

Value version() {
  return Value::object({{Key::intern("major"), "1"},
                        {Key::intern("minor"), "33"},
                        {Key::intern("emulationMajor"), "1"},
                        {Key::intern("emulationMinor"), "33"},
                        {Key::intern("minCompatibilityMajor"), "1"},
                        {Key::intern("minCompatibilityMinor"), "32"},
                        {Key::intern("gitVersion"), "v1.33.1"},
                        {Key::intern("gitCommit"), "8adc0f041b8e7ad1d30e29cc59c6ae7a15e19828"},
                        {Key::intern("gitTreeState"), "clean"},
                        {Key::intern("buildDate"), "2025-05-15T08:19:08Z"},
                        {Key::intern("goVersion"), "go1.24.2"},
                        {Key::intern("compiler"), "gc"},
                        {Key::intern("platform"), "linux/amd64"}});
}

Value paths() {
  std::vector<Value> list;
  const auto add = [&list](std::string path) {
    if (list.empty() || !(list.back() == Value(path))) list.emplace_back(path);
  };
  for (const char* path : {"/api", "/api/v1", "/apis"}) add(path);
  std::string_view group;
  for (const api::Kind* kind : api::allKinds()) {
    if (kind->resource->group.empty()) continue;
    if (kind->resource->group != std::exchange(group, kind->resource->group)) {
      add("/apis/" + std::string(group));
    }
    add("/apis/" + kind->resource->apiVersion());
  }
  for (const char* path :
       {"/healthz", "/healthz/etcd", "/healthz/ping", "/livez", "/livez/etcd", "/livez/ping", "/openapi/v2",
        "/openapi/v3", "/readyz", "/readyz/etcd", "/readyz/ping", "/version"}) {
    add(path);
  }
  return Value::object({{Key::intern("paths"), Value::array(list)}});
}

// A hash of the content, for clients that keep what they have read (FNV-1a).
std::string entityTag(std::string_view body) {
  std::uint64_t hash = 14695981039346656037u;
  for (const char c : body) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string tag = "\"";
  for (int shift = 60; shift >= 0; shift -= 4) tag += kHex[(hash >> shift) & 15];
  return tag + "\"";
}

HttpResponse cacheable(const HttpRequest& request, HttpResponse response) {
  const std::string tag = entityTag(response.body);
  if (request.headers.find("If-None-Match") == tag) response = {304, {}, {}, {}};
  response.headers.add("Etag", tag);
  response.headers.add("Vary", "Accept");
  return response;
}

HttpResponse discovery(const HttpRequest& request, bool core, const ServerState& state, const Style& style) {
  const std::string_view version = negotiateDiscovery(request.headers.find("Accept"));
  if (version.empty()) return jsonText(200, core ? apiVersions(state.address) : apiGroupList(), style);
  HttpResponse response = jsonText(200, aggregatedDiscovery(core, version), style);
  response.contentType =
      "application/json;g=apidiscovery.k8s.io;v=" + std::string(version) + ";as=APIGroupDiscoveryList";
  return cacheable(request, std::move(response));
}

HttpResponse described(const Value& body, const Style& style) {
  return body.isNull() ? notFound() : jsonText(200, body, style);
}

// kubectl asks for protobuf; whoever names no type that there is gets JSON.
HttpResponse openApiV2(const HttpRequest& request) {
  for (const MediaType& wanted : parseAccept(request.headers.find("Accept"))) {
    const bool json = wanted.type == "application/json" || wanted.type == "*/*";
    if (json) break;
    if (wanted.type == kOpenApiV2Accept || wanted.type == kOpenApiV2Type) {
      return cacheable(request, {200, kOpenApiV2Type, {}, openApiV2Protobuf()});
    }
  }
  return cacheable(request, {200, "application/json", {}, openApiV2Json()});
}

HttpResponse openApi(const HttpRequest& request, std::string_view path, const ServerState& state) {
  if (path == "/openapi/v2") return openApiV2(request);
  std::optional<std::string> document;
  if (state.openApi) document = state.openApi(path);
  if (document) {
    return cacheable(request, {200, "application/json", {}, std::move(*document)});
  }
  return notFound();
}

}  // namespace

HttpResponse answerEndpoint(const HttpRequest& request, const Url& url, const ServerState& state) {
  const Query query(url.query);
  const Accepted accepted = negotiate(request.headers.find("Accept"), false);
  Style style;
  style.yaml = accepted.yaml;
  style.pretty = wantsPretty(request, query.has("pretty"), query.get("pretty"));
  if (isHealthPath(url.path)) return answerHealth(url.path, query, state.etcdHealthy);
  const std::vector<std::string> parts = splitPath(url.path);
  if (parts.empty()) return jsonText(200, paths(), style);
  if (parts[0] == "openapi") return openApi(request, url.path, state);
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (!reads) return encode(methodNotAllowed());
  if (parts.size() == 1 && parts[0] == "version") return jsonText(200, version(), style);
  if (parts[0] == "api") {
    if (parts.size() == 1) return discovery(request, true, state, style);
    if (parts.size() == 2) return described(apiResourceList("", parts[1]), style);
  }
  if (parts[0] == "apis") {
    if (parts.size() == 1) return discovery(request, false, state, style);
    if (parts.size() == 2) return described(apiGroup(parts[1]), style);
    if (parts.size() == 3) return described(apiResourceList(parts[1], parts[2]), style);
  }
  return notFound();
}

}  // namespace pilothouse::http
