#include <algorithm>
#include <string>
#include <vector>

#include "core/api/core_v1/defaults.hpp"
#include "core/api/core_v1/resource_names.hpp"
#include "core/api/core_v1/validation_limits.hpp"
#include "core/api/core_v1/validation_pod_parts.hpp"
#include "core/api/defaulting.hpp"
#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/api/validation/object_meta.hpp"

namespace pilothouse::api {
namespace {

const Key kHard = Key::intern("hard");
const Key kOperator = Key::intern("operator");
const Key kScopeName = Key::intern("scopeName");
const Key kScopeSelector = Key::intern("scopeSelector");
const Key kScopes = Key::intern("scopes");
const Key kUsed = Key::intern("used");
const Key kValues = Key::intern("values");

constexpr std::string_view kUnsupportedForResource = "unsupported scope applied to resource";

using Scopes = std::vector<std::string_view>;

bool isAnyOf(std::string_view text, std::initializer_list<std::string_view> all) {
  return std::find(all.begin(), all.end(), text) != all.end();
}

bool isScope(std::string_view scope) {
  return isAnyOf(scope, {"Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass",
                         "CrossNamespacePodAffinity"});
}

// IsResourceQuotaScopeValidForResource.
bool covers(std::string_view scope, std::string_view resource) {
  if (!isScope(scope) || resource == "pods") return true;
  return scope != "BestEffort" && isAnyOf(resource, {"cpu", "memory", "limits.cpu", "limits.memory",
                                                     "requests.cpu", "requests.memory"});
}

void validateScopeOfResources(Errors& errors, const FieldPath& path, const Value& bad, std::string_view scope,
                              const Value& hard) {
  for (const Key resource : hard.memberKeys()) {
    if (isQuotaResourceName(resource.text()) && !covers(scope, resource.text())) {
      errors.invalid(path, bad, kUnsupportedForResource);
    }
  }
}

void validatePairs(Errors& errors, const FieldPath& path, const Value& bad, const Scopes& scopes) {
  const auto has = [&](std::string_view scope) {
    return std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
  };
  if (has("BestEffort") && has("NotBestEffort")) errors.invalid(path, bad, "conflicting scopes");
  if (has("Terminating") && has("NotTerminating")) errors.invalid(path, bad, "conflicting scopes");
}

void validateScopes(Errors& errors, const FieldPath& path, const Value& spec) {
  const Value& sent = spec[kScopes];
  if (sent.empty()) return;
  Scopes scopes;
  for (const Value& scope : sent.items()) {
    if (!isScope(scope.asString())) errors.invalid(path, sent, "unsupported scope");
    validateScopeOfResources(errors, path, sent, scope.asString(), spec[kHard]);
    scopes.push_back(scope.asString());
  }
  validatePairs(errors, path, sent, scopes);
}

void validateRequirement(Errors& errors, const FieldPath& path, const Value& requirement) {
  const Value scope(requirement[kScopeName].asString());
  const Value op(requirement[kOperator].asString());
  const Value& values = requirement[kValues];
  if (!isScope(scope.asString())) errors.invalid(path.child("scopeName"), scope, "unsupported scope");
  if (isScope(scope.asString()) && scope.asString() != "PriorityClass" && op.asString() != "Exists") {
    errors.invalid(path.child("operator"), op,
                   "must be 'Exist' only operator when scope is any of ResourceQuotaScopeTerminating, "
                   "ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, "
                   "ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity");
  }
  if (isAnyOf(op.asString(), {"In", "NotIn"})) {
    if (values.empty()) {
      errors.required(path.child("values"),
                      "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector");
    }
  } else if (isAnyOf(op.asString(), {"Exists", "DoesNotExist"})) {
    if (!values.empty()) {
      errors.invalid(path.child("values"), values,
                     "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector");
    }
  } else {
    errors.invalid(path.child("operator"), op, "not a valid selector operator");
  }
}

void validateScopeSelector(Errors& errors, const FieldPath& path, const Value& spec) {
  Scopes scopes;
  for (const Value& requirement : spec[kScopeSelector][keys::matchExpressions].items()) {
    validateRequirement(errors, path, requirement);
    validateScopeOfResources(errors, path, spec[kScopeSelector], requirement[kScopeName].asString(),
                             spec[kHard]);
    scopes.push_back(requirement[kScopeName].asString());
  }
  validatePairs(errors, path, spec[kScopes], scopes);
}

void validateList(Errors& errors, const FieldPath& path, const Value& list) {
  for (std::size_t i = 0; i < list.memberKeys().size(); ++i) {
    const std::string_view name = list.memberKeys()[i].text();
    const FieldPath at = path.key(name);
    validateQuotaResourceName(errors, at, name);
    validateResourceQuantity(errors, at, name, list.memberValues()[i]);
  }
}

void validateSpec(Errors& errors, const Value& quota) {
  const FieldPath path("spec");
  const Value& spec = quota[keys::spec];
  validateList(errors, path.child("hard"), spec[kHard]);
  validateScopes(errors, path.child("scopes"), spec);
  validateScopeSelector(errors, path.child("scopeSelector.matchExpressions"), spec);
}

std::vector<std::string_view> sorted(const Value& texts) {
  std::vector<std::string_view> all;
  for (const Value& text : texts.items()) all.push_back(text.asString());
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace

Value resourceQuotaDefaults(const Value& quota) {
  Value object = quota;
  const auto lists = [](Value part) {
    changeMember(part, kHard, resourceListDefaults);
    changeMember(part, kUsed, resourceListDefaults);
    return part;
  };
  changeMember(object, keys::spec, lists);
  changeMember(object, keys::status, lists);
  return object;
}

void validateResourceQuota(Errors& errors, const Value& quota) {
  validateObjectMeta(errors, quota, true, &nameIsDnsSubdomain);
  validateSpec(errors, quota);
}

void validateResourceQuotaUpdate(Errors& errors, const Value& quota, const Value& stored) {
  validateObjectMetaUpdate(errors, quota, stored);
  validateSpec(errors, quota);
  const Value& scopes = quota[keys::spec][kScopes];
  if (sorted(scopes) != sorted(stored[keys::spec][kScopes])) {
    errors.invalid(FieldPath("spec.scopes"), scopes, kFieldImmutable);
  }
}

void validateResourceQuotaStatusUpdate(Errors& errors, const Value& quota, const Value& stored) {
  validateObjectMetaUpdate(errors, quota, stored);
  if (isNothing(meta(quota)[keys::resourceVersion])) errors.required(FieldPath("resourceVersion"));
  validateList(errors, FieldPath("status.hard"), quota[keys::status][kHard]);
  validateList(errors, FieldPath("status.used"), quota[keys::status][kUsed]);
}

}  // namespace pilothouse::api
