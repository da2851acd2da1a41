#include <string_view>

#include "core/api/keys.hpp"
#include "core/api/networking_v1/validation.hpp"
#include "core/api/validation/domain_path.hpp"
#include "core/api/validation/object_meta.hpp"

namespace pilothouse::api {
namespace {

const Key kController = Key::intern("controller");
const Key kParameters = Key::intern("parameters");
const Key kScope = Key::intern("scope");

constexpr std::size_t kControllerMax = 250;  // maxLenIngressClassController

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
