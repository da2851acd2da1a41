#include "core/http/route.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/api/resource.hpp"
#include "core/http/content.hpp"
#include "core/http/credentials.hpp"
#include "core/http/discovery.hpp"
#include "core/http/negotiation.hpp"
#include "core/http/options.hpp"
#include "core/http/request_info.hpp"
#include "core/http/url.hpp"

namespace pilothouse::http {
namespace {

using apiserver::Verb;

constexpr std::string_view kAcceptable =
    "only the following media types are accepted: application/json, application/yaml";

Routed answered(HttpResponse response) {
  Routed routed;
  routed.answer = std::move(response);
  return routed;
}

Routed answered(const api::Status& status, const Style& style = {}) {
  return answered(encode(status, style));
}

bool isTrue(std::string_view text) {
  return !(text.empty() || text == "0" || equalsIgnoringCase(text, "false"));
}

std::optional<Verb> verbOf(std::string_view method, const RequestInfo& info, bool watch) {
  const bool named = !info.name.empty();
  if (method == "GET" || method == "HEAD") {
    if (info.watchPath) return Verb::Watch;
    if (named) return Verb::Get;
    return watch ? Verb::Watch : Verb::List;
  }
  if (method == "POST") {
    // Subresources are created under a name, objects are not.
    if (named == info.subresource.empty()) return std::nullopt;
    return Verb::Create;
  }
  if (method == "DELETE") return named ? Verb::Delete : Verb::DeleteCollection;
  if (!named) return std::nullopt;
  if (method == "PUT") return Verb::Update;
  if (method == "PATCH") return Verb::Patch;
  return std::nullopt;
}

// The path has a place in the API: right scope, known subresource.
bool isPlace(const api::Resource& resource, const RequestInfo& info) {
  const bool isNamespace = resource.group.empty() && resource.plural.text() == "namespaces";
  if (!resource.namespaced && !info.ns.empty() && !isNamespace) return false;
  if (resource.namespaced && info.ns.empty() && !info.name.empty()) return false;
  if (!info.rest.empty()) return false;
  if (info.subresource.empty()) return true;
  const auto& all = resource.subresources;
  return std::find(all.begin(), all.end(), info.subresource) != all.end();
}

bool hasWord(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::size_t space = words.find(' ');
    if (words.substr(0, space) == word) return true;
    words = space == std::string_view::npos ? std::string_view() : words.substr(space + 1);
  }
  return false;
}

bool allowsMethod(const api::Resource& resource, const RequestInfo& info, Verb verb) {
  if (!info.subresource.empty()) {
    return hasWord(subresourceOf(resource, info.subresource).verbs, apiserver::verbName(verb));
  }
  // All namespaces together can only be looked at.
  const bool everywhere = resource.namespaced && info.ns.empty();
  if (everywhere && verb != Verb::List && verb != Verb::Watch) return false;
  return hasVerb(resource, apiserver::verbName(verb));
}

bool isStream(std::string_view subresource) {
  return subresource == "log" || subresource == "exec" || subresource == "attach";
}

api::Status notCarried(std::string_view what) {
  return {501,
          "NotImplemented",
          std::string(what) +
              " is not carried by the simulated cluster: no bytes of yours can reach a simulated container "
              "this way (kubectl exec can)",
          {}};
}

/// Reads what the request's verb needs of body and parameters into `routed.request`.
class Reading {
 public:
  Reading(const HttpRequest& http, const Query& query, const RequestInfo& info, Routed& routed)
      : http_(http), query_(query), info_(info), routed_(routed), request_(routed.request) {}

  api::Status read() {
    if (request_.verb == Verb::Patch) {
      const auto type = patchTypeOf(http_.headers.find("Content-Type"));
      if (!type) return unsupportedPatchType();
      request_.patchType = *type;
    }
    if (api::Status error = readOptions(); error.code != 0) return error;
    DecodedBody body = readBody();
    request_.body = std::move(body.value);
    return std::move(body.error);
  }

 private:
  api::Status readOptions() {
    ParsedOptions parsed = parseOptions(query_, request_.verb, request_.patchType);
    if (parsed.error.code != 0) return parsed.error;
    apiserver::RequestOptions& options = parsed.options;
    options.as = routed_.style.as;
    const std::string_view include = query_.get("includeObject");
    if (include == "None") {
      options.includeObject = apiserver::IncludeObject::None;
    } else if (include == "Object") {
      options.includeObject = apiserver::IncludeObject::Object;
    } else if (!include.empty() && include != "Metadata") {
      return api::Status::badRequest("includeObject: Invalid value: \"" + std::string(include) +
                                     "\": must be 'Metadata', 'Object', 'None', or empty");
    }
    if (info_.watchPath && !info_.name.empty()) {
      if (!options.fieldSelector.empty()) options.fieldSelector += ',';
      options.fieldSelector += "metadata.name=" + info_.name;
    }
    request_.fieldValidation = parsed.fieldValidation;
    request_.options = std::make_shared<const apiserver::RequestOptions>(std::move(options));
    return {};
  }

  DecodedBody readBody() {
    if (routed_.kind == Routed::Kind::Stream) {
      ParsedBody options = info_.subresource == "log" ? logOptions(query_) : execOptions(query_);
      return {std::move(options.body), std::move(options.error)};
    }
    switch (request_.verb) {
      case Verb::Create:
      case Verb::Update:
        return decodeObject(http_, kind());
      case Verb::Patch:
        return decodePatch(http_, request_.patchType);
      case Verb::Delete:
      case Verb::DeleteCollection: {
        if (!http_.body.empty()) return decodeObject(http_, "DeleteOptions");
        ParsedBody options = deleteOptions(query_);
        return {std::move(options.body), std::move(options.error)};
      }
      default:
        return {};
    }
  }

  [[nodiscard]] std::string_view kind() const {
    return info_.subresource.empty() ? request_.resource->kind
                                     : subresourceOf(*request_.resource, info_.subresource).kind;
  }

  const HttpRequest& http_;
  const Query& query_;
  const RequestInfo& info_;
  Routed& routed_;
  apiserver::Request& request_;
};

Routed routeEndpoint(const HttpRequest& http, const Url& url, Routed routed) {
  routed.kind = Routed::Kind::Endpoint;
  routed.path = url.path;
  for (const char c : http.method == "HEAD" ? std::string("GET") : http.method) {
    routed.verb += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return routed;
}

Routed routeResource(const HttpRequest& http, const Query& query, const RequestInfo& info,
                     const api::Resource& resource, Routed routed) {
  Style& style = routed.style;
  const bool forwards = info.subresource == "portforward" || info.subresource == "proxy";
  if (forwards && !info.name.empty()) {
    return answered(notCarried(info.subresource == "proxy" ? "A proxy connection" : "Port forwarding"));
  }
  if (!isPlace(resource, info)) return answered(pathNotFound());
  const auto verb = verbOf(http.method, info, isTrue(query.get("watch")));
  if (!verb || !allowsMethod(resource, info, *verb)) return answered(methodNotAllowed());

  const Accepted accepted = negotiate(http.headers.find("Accept"), *verb == Verb::List);
  const bool stream = isStream(info.subresource);
  if (!accepted.supported && !stream) return answered({406, "NotAcceptable", std::string(kAcceptable), {}});
  style.yaml = accepted.yaml;
  style.as = accepted.as;
  style.metaVersion = accepted.metaVersion;
  style.pretty = wantsPretty(http, query.has("pretty"), query.get("pretty"));
  if (http.body.size() > kBodyMax) return answered(entityTooLarge(), style);

  routed.kind = stream                 ? Routed::Kind::Stream
                : *verb == Verb::Watch ? Routed::Kind::Watch
                                       : Routed::Kind::Call;
  apiserver::Request& request = routed.request;
  request.verb = *verb;
  request.resource = &resource;
  if (!info.subresource.empty()) request.subresource = Key::intern(info.subresource);
  if (resource.namespaced && !info.ns.empty()) request.namespace_ = Value(info.ns);
  if (!info.name.empty() && !info.watchPath) request.name = Value(info.name);
  if (api::Status error = Reading(http, query, info, routed).read(); error.code != 0) {
    return answered(error, style);
  }
  return routed;
}

}  // namespace

api::Status entityTooLarge() {
  return {413, "RequestEntityTooLarge", "Request entity too large: limit is " + std::to_string(kBodyMax), {}};
}

Routed route(const HttpRequest& http) {
  const auto url = parseTarget(http.target);
  if (!url) return answered(plainText(400, "400 Bad Request: malformed request target\n"));
  Routed routed;
  ParsedCredentials credentials = credentialsOf(http);
  if (credentials.error.code != 0) return answered(credentials.error);
  routed.request.credentials = std::move(credentials.credentials);

  const RequestInfo info = requestInfo(url->path);
  if (!info.isResource) return routeEndpoint(http, *url, std::move(routed));
  const api::Resource* resource = api::findResource(info.group, info.version, info.resource);
  if (resource == nullptr) {
    const bool groupKnown = !apiResourceList(info.group, info.version).isNull();
    return groupKnown ? answered(pathNotFound()) : answered(plainText(404, "404 page not found\n"));
  }
  return routeResource(http, Query(url->query), info, *resource, std::move(routed));
}

}  // namespace pilothouse::http
