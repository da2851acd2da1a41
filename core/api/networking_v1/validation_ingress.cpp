#include <string_view>

#include "core/api/core_v1/validation.hpp"
#include "core/api/keys.hpp"
#include "core/api/networking_v1/validation.hpp"
#include "core/api/object.hpp"
#include "core/api/validation/ip.hpp"
#include "core/api/validation/object_meta.hpp"

namespace pilothouse::api {
namespace {

const Key kApiGroup = Key::intern("apiGroup");
const Key kBackend = Key::intern("backend");
const Key kDefaultBackend = Key::intern("defaultBackend");
const Key kHost = Key::intern("host");
const Key kHostname = Key::intern("hostname");
const Key kHosts = Key::intern("hosts");
const Key kHttp = Key::intern("http");
const Key kIngress = Key::intern("ingress");
const Key kIngressClassName = Key::intern("ingressClassName");
const Key kIp = Key::intern("ip");
const Key kKind = Key::intern("kind");
const Key kLoadBalancer = Key::intern("loadBalancer");
const Key kNumber = Key::intern("number");
const Key kPath = Key::intern("path");
const Key kPathType = Key::intern("pathType");
const Key kPaths = Key::intern("paths");
const Key kPort = Key::intern("port");
const Key kResource = Key::intern("resource");
const Key kRules = Key::intern("rules");
const Key kSecretName = Key::intern("secretName");
const Key kService = Key::intern("service");
const Key kTls = Key::intern("tls");
const Key kIngressClassAnnotation = Key::intern("kubernetes.io/ingress.class");

constexpr std::string_view kNotAnIp = "must be a DNS name, not an IP address";
constexpr std::string_view kAbsolute = "must be an absolute path";

Messages isWildcardDns1123Subdomain(std::string_view text) {
  if (startsWith(text, "*.") && isDns1123Subdomain(text.substr(2)).empty()) return {};
  return {
      "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must "
      "consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character "
      "(e.g. '*.example.com', regex used for validation is "
      R"('\*\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*'))"};
}

void validateHost(Errors& errors, const FieldPath& path, const Value& host) {
  const std::string_view text = host.asString();
  errors.invalid(path, host,
                 contains(text, "*") ? isWildcardDns1123Subdomain(text) : isDns1123Subdomain(text));
}

void validateServiceBackend(Errors& errors, const FieldPath& path, const Value& service) {
  const FieldPath servicePath = path.child("service");
  const FieldPath name = servicePath.child("name");
  if (service[keys::name].asString().empty()) {
    errors.required(name);
  } else {
    errors.invalid(name, service[keys::name], nameIsDns1035Label(service[keys::name].asString(), false));
  }
  const Value& port = service[kPort];
  const FieldPath portPath = servicePath.child("port");
  const bool named = !port[keys::name].asString().empty();
  const bool numbered = port[kNumber].asInt(0) != 0;
  if (named && numbered) {
    errors.invalid(path, "", "cannot set both port name & port number");
  } else if (named) {
    errors.invalid(portPath.child("name"), port[keys::name], isPortName(port[keys::name].asString()));
  } else if (numbered) {
    errors.invalid(portPath.child("number"), port[kNumber], isPortNumber(port[kNumber].asInt()));
  } else {
    errors.required(path, "port name or number is required");
  }
}

void validateBackend(Errors& errors, const FieldPath& path, const Value& backend) {
  const bool resource = backend.has(kResource);
  const bool service = backend.has(kService);
  if (resource && service) {
    errors.invalid(path, "", "cannot set both resource and service backends");
  } else if (resource) {
    validateTypedReference(errors, path.child("resource"), backend[kResource]);
  } else if (service) {
    validateServiceBackend(errors, path, backend[kService]);
  } else {
    errors.invalid(path, "", "resource or service backend is required");
  }
}

void validatePathText(Errors& errors, const FieldPath& path, const Value& at) {
  const std::string_view text = at.asString();
  if (!startsWith(text, "/")) errors.invalid(path, at, kAbsolute);
  for (const std::string_view part : {"//", "/./", "/../", "%2f", "%2F"}) {
    if (contains(text, part)) {
      errors.invalid(path, at, "must not contain '" + std::string(part) + "'");
    }
  }
  for (const std::string_view end : {"/..", "/."}) {
    if (endsWith(text, end)) errors.invalid(path, at, "cannot end with '" + std::string(end) + "'");
  }
}

void validateHttpPath(Errors& errors, const FieldPath& path, const Value& http) {
  const std::string_view type = http[kPathType].asString();
  const FieldPath typePath = path.child("pathType");
  if (!http.has(kPathType)) return errors.required(typePath, "pathType must be specified");
  const FieldPath textPath = path.child("path");
  if (type == "Exact" || type == "Prefix") {
    validatePathText(errors, textPath, http[kPath].isNull() ? Value("") : http[kPath]);
  } else if (type == "ImplementationSpecific") {
    const std::string_view text = http[kPath].asString();
    if (!text.empty() && !startsWith(text, "/")) errors.invalid(textPath, http[kPath], kAbsolute);
  } else {
    errors.notSupported(typePath, http[kPathType], {"Exact", "ImplementationSpecific", "Prefix"});
  }
  validateBackend(errors, path.child("backend"), http[kBackend]);
}

void validateRule(Errors& errors, const FieldPath& path, const Value& rule) {
  const FieldPath host = path.child("host");
  if (!rule[kHost].asString().empty()) {
    if (parseIp(rule[kHost].asString())) errors.invalid(host, rule[kHost], kNotAnIp);
    validateHost(errors, host, rule[kHost]);
  }
  if (!rule.has(kHttp)) return;
  const FieldPath http = path.child("http");
  const FieldPath paths = http.child("paths");
  const auto items = rule[kHttp][kPaths].items();
  if (items.empty()) errors.required(paths);
  for (std::size_t i = 0; i < items.size(); ++i) validateHttpPath(errors, paths.item(i), items[i]);
}

void validateTls(Errors& errors, const FieldPath& path, const Value& tls) {
  const FieldPath hosts = path.child("hosts");
  for (std::size_t i = 0; i < tls[kHosts].items().size(); ++i) {
    validateHost(errors, hosts.item(i), tls[kHosts].items()[i]);
  }
  if (tls[kSecretName].asString().empty()) return;
  errors.invalid(path.child("secretName"), tls[kSecretName],
                 nameIsDnsSubdomain(tls[kSecretName].asString(), false));
}

void validateSpec(Errors& errors, const Value& ingress) {
  const FieldPath path("spec");
  const Value& spec = ingress[keys::spec];
  if (spec[kRules].empty() && !spec.has(kDefaultBackend)) {
    errors.invalidPart(path, "null: either `defaultBackend` or `rules` must be specified");
  }
  if (spec.has(kDefaultBackend)) {
    validateBackend(errors, path.child("defaultBackend"), spec[kDefaultBackend]);
  }
  const FieldPath rules = path.child("rules");
  for (std::size_t i = 0; i < spec[kRules].items().size(); ++i) {
    validateRule(errors, rules.item(i), spec[kRules].items()[i]);
  }
  const FieldPath tls = path.child("tls");
  for (std::size_t i = 0; i < spec[kTls].items().size(); ++i) {
    validateTls(errors, tls.item(i), spec[kTls].items()[i]);
  }
  if (spec.has(kIngressClassName)) {
    errors.invalid(path.child("ingressClassName"), spec[kIngressClassName],
                   nameIsDnsSubdomain(spec[kIngressClassName].asString(), false));
  }
}

}  // namespace

void validateTypedReference(Errors& errors, const FieldPath& path, const Value& reference) {
  if (!reference[kApiGroup].asString().empty()) {
    errors.invalid(path.child("apiGroup"), reference[kApiGroup],
                   isDns1123Subdomain(reference[kApiGroup].asString()));
  }
  for (const Key member : {kKind, keys::name}) {
    const FieldPath at = path.child(member.text());
    if (reference[member].asString().empty()) {
      errors.required(at);
    } else {
      errors.invalid(at, reference[member], isPathSegmentName(reference[member].asString()));
    }
  }
}

void validateIngress(Errors& errors, const Value& ingress) {
  validateObjectMeta(errors, ingress, true, &nameIsDnsSubdomain);
  validateSpec(errors, ingress);
  const Value& annotated = annotations(ingress)[kIngressClassAnnotation];
  const Value& named = ingress[keys::spec][kIngressClassName];
  if (annotated.isString() && named.isString() && !(annotated == named)) {
    const FieldPath path("annotations");
    errors.invalid(path.child(kIngressClassAnnotation.text()), annotated,
                   "must match `ingressClassName` when both are specified");
  }
}

void validateIngressUpdate(Errors& errors, const Value& ingress, const Value& stored) {
  validateObjectMetaUpdate(errors, ingress, stored);
  if (!ingress[keys::spec].sameAs(stored[keys::spec])) validateSpec(errors, ingress);
}

void validateIngressStatusUpdate(Errors& errors, const Value& ingress, const Value& stored) {
  validateObjectMetaUpdate(errors, ingress, stored);
  const FieldPath path("status.loadBalancer.ingress");
  const auto points = ingress[keys::status][kLoadBalancer][kIngress].items();
  for (std::size_t i = 0; i < points.size(); ++i) {
    const FieldPath at = path.item(i);
    if (!points[i][kIp].asString().empty()) validateIp(errors, at.child("ip"), points[i][kIp]);
    const Value& hostname = points[i][kHostname];
    if (hostname.asString().empty()) continue;
    errors.invalid(at.child("hostname"), hostname, isDns1123Subdomain(hostname.asString()));
    if (parseIp(hostname.asString())) errors.invalid(at.child("hostname"), hostname, kNotAnIp);
  }
}

}  // namespace pilothouse::api
