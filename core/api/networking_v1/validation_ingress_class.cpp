#include <algorithm>
#include <string_view>

#include "core/api/keys.hpp"
#include "core/api/networking_v1/validation.hpp"
#include "core/api/validation/object_meta.hpp"

namespace pilothouse::api {
namespace {

const Key kController = Key::intern("controller");
const Key kParameters = Key::intern("parameters");
const Key kScope = Key::intern("scope");

constexpr std::string_view kPathSigns = "/-._~%!$&'()*+,;=:";
constexpr std::size_t kControllerMax = 250;  // maxLenIngressClassController

bool isHttpPath(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kPathSigns.find(c) != std::string_view::npos;
  });
}

void validateDomainPrefixedPath(Errors& errors, const FieldPath& path, const Value& value) {
  const std::string_view text = value.asString();
  if (text.empty()) return errors.required(path);
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == text.size()) {
    return errors.invalid(path, value, "must be a domain-prefixed path (such as \"acme.io/foo\")");
  }
  const std::string_view host = text.substr(0, slash);
  errors.invalid(path, host, isDns1123Subdomain(host));
  if (!isHttpPath(text.substr(slash + 1))) {
    errors.invalid(path, text.substr(slash + 1),
                   R"(Invalid path (regex used for validation is '[A-Za-z0-9/\-._~%!$&'()*+,;=:]+'))");
  }
}

void validateParameters(Errors& errors, const FieldPath& path, const Value& parameters) {
  if (!parameters.isObject()) return;
  validateTypedReference(errors, path, parameters);
  const FieldPath scopePath = path.child("scope");
  const FieldPath namespacePath = path.child("namespace");
  const std::string_view scope = parameters[kScope].asString();
  if (scope.empty()) return errors.required(scopePath);
  if (scope == "Namespace") {
    if (!parameters.has(keys::namespace_)) {
      return errors.required(namespacePath, "`parameters.scope` is set to 'Namespace'");
    }
    errors.invalid(namespacePath, parameters[keys::namespace_],
                   isDns1123Label(parameters[keys::namespace_].asString()));
  } else if (scope != "Cluster") {
    errors.notSupported(scopePath, parameters[kScope], {"Cluster", "Namespace"});
  } else if (parameters.has(keys::namespace_)) {
    errors.forbidden(namespacePath, "`parameters.scope` is set to 'Cluster'");
  }
}

void validateSpec(Errors& errors, const FieldPath& path, const Value& spec) {
  const FieldPath controller = path.child("controller");
  if (spec[kController].asString().size() > kControllerMax) errors.tooLong(controller, kControllerMax);
  validateDomainPrefixedPath(errors, controller, spec[kController]);
  validateParameters(errors, path.child("parameters"), spec[kParameters]);
}

}  // namespace

void validateIngressClass(Errors& errors, const Value& ingressClass) {
  validateObjectMeta(errors, ingressClass, false, &nameIsDnsSubdomain);
  const FieldPath spec("spec");
  validateSpec(errors, spec, ingressClass[keys::spec]);
}

void validateIngressClassUpdate(Errors& errors, const Value& ingressClass, const Value& stored) {
  validateObjectMetaUpdate(errors, ingressClass, stored);
  const FieldPath path("spec");
  const Value& spec = ingressClass[keys::spec];
  errors.immutable(path.child("controller"), spec[kController], stored[keys::spec][kController]);
  validateParameters(errors, path.child("parameters"), spec[kParameters]);
}

}  // namespace pilothouse::api
