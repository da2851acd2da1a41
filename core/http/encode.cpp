#include "core/http/encode.hpp"

#include "core/api/keys.hpp"
#include "core/http/url.hpp"
#include "core/value/document.hpp"

namespace pilothouse::http {
namespace {

const Key kDetails = Key::intern("details");
const Key kObject = Key::intern("object");
const Key kRetryAfterSeconds = Key::intern("retryAfterSeconds");

constexpr int kPrettyIndent = 2;

// Tables are made in meta.k8s.io/v1; older clients ask for the same thing as v1beta1.
Value inMetaVersion(const Value& body, const Style& style) {
  if (style.metaVersion == "v1" || style.as == apiserver::Representation::Object) return body;
  if (!(body[keys::apiVersion] == Value("meta.k8s.io/v1"))) return body;
  return body.with(keys::apiVersion, "meta.k8s.io/" + style.metaVersion);
}

bool startsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

api::Status generic(int code, std::string reason, std::string message) {
  return {code, std::move(reason), std::move(message), Value::emptyObject()};
}

}  // namespace

bool wantsPretty(const HttpRequest& request, bool hasParameter, std::string_view parameter) {
  if (hasParameter) return parameter == "1" || parameter == "t" || parameter == "T" || parameter == "true";
  const std::string_view agent = request.headers.find("User-Agent");
  return startsWith(agent, "curl") || startsWith(agent, "Wget") || startsWith(agent, "Mozilla/5.0");
}

HttpResponse plainText(int code, std::string body) {
  return {code, "text/plain; charset=utf-8", {}, std::move(body)};
}

HttpResponse jsonText(int code, const Value& body, const Style& style) {
  HttpResponse response;
  response.code = code;
  const Value told = inMetaVersion(body, style);
  if (style.yaml) {
    response.contentType = "application/yaml";
    response.body = writeYaml(told);
  } else {
    response.contentType = "application/json";
    response.body = writeJson(told, style.pretty ? kPrettyIndent : -1);
    response.body += '\n';
  }
  return response;
}

std::string warningHeader(std::string_view text) {
  std::string out = "299 - \"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) continue;  // headers hold no control characters
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

HttpResponse encode(const apiserver::Response& answer, const Style& style) {
  HttpResponse response = jsonText(answer.code, answer.body, style);
  for (const std::string& warning : answer.warnings) response.headers.add("Warning", warningHeader(warning));
  if (!answer.ok()) {
    const std::int64_t seconds = answer.body[kDetails][kRetryAfterSeconds].asInt();
    if (seconds > 0) response.headers.add("Retry-After", std::to_string(seconds));
  }
  return response;
}

HttpResponse encode(const api::Status& status, const Style& style) {
  return encode(apiserver::Response{status.code, status.toValue(), {}}, style);
}

std::string encodeEvent(const apiserver::WatchEvent& event, const Style& style) {
  const Value line = Value::object({{keys::type, apiserver::watchEventKey(event.type).text()},
                                    {kObject, inMetaVersion(event.object, style)}});
  return writeJson(line) + "\n";
}

api::Status pathNotFound() {
  return generic(404, "NotFound", "the server could not find the requested resource");
}

api::Status methodNotAllowed() {
  return generic(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
}

}  // namespace pilothouse::http
