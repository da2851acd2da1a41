#include "core/api/rbac_v1/validation.hpp"

#include "core/api/defaulting.hpp"
#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/api/validation/object_meta.hpp"

namespace pilothouse::api {
namespace {

const Key kAggregationRule = Key::intern("aggregationRule");
const Key kApiGroup = Key::intern("apiGroup");
const Key kApiGroups = Key::intern("apiGroups");
const Key kClusterRoleSelectors = Key::intern("clusterRoleSelectors");
const Key kNonResourceUrls = Key::intern("nonResourceURLs");
const Key kResourceNames = Key::intern("resourceNames");
const Key kRoleRef = Key::intern("roleRef");
const Key kRules = Key::intern("rules");
const Key kSubjects = Key::intern("subjects");
const Key kVerbs = Key::intern("verbs");

constexpr std::string_view kGroup = "rbac.authorization.k8s.io";

void validateRule(Errors& errors, const FieldPath& path, const Value& rule, bool namespaced) {
  if (rule[kVerbs].empty()) errors.required(path.child("verbs"), "verbs must contain at least one value");
  const Value& urls = rule[kNonResourceUrls];
  if (!urls.empty()) {
    const FieldPath at = path.child("nonResourceURLs");
    if (namespaced) errors.invalid(at, urls, "namespaced rules cannot apply to non-resource URLs");
    if (!rule[kApiGroups].empty() || !rule[keys::resources].empty() || !rule[kResourceNames].empty()) {
      errors.invalid(at, urls, "rules cannot apply to both regular resources and non-resource URLs");
    }
    return;
  }
  if (rule[kApiGroups].empty()) {
    errors.required(path.child("apiGroups"), "resource rules must supply at least one api group");
  }
  if (rule[keys::resources].empty()) {
    errors.required(path.child("resources"), "resource rules must supply at least one resource");
  }
}

void validateRules(Errors& errors, const Value& role, bool namespaced) {
  validateObjectMeta(errors, role, namespaced, &nameIsPathSegment);
  const FieldPath path("rules");
  const auto rules = role[kRules].items();
  for (std::size_t i = 0; i < rules.size(); ++i) validateRule(errors, path.item(i), rules[i], namespaced);
}

void validateSubject(Errors& errors, const FieldPath& path, const Value& subject, bool namespaced) {
  const Value& name = subject[keys::name];
  const Value group(subject[kApiGroup].asString());
  if (name.asString().empty()) errors.required(path.child("name"));
  const std::string_view kind = subject[keys::kind].asString();
  if (kind == "ServiceAccount") {
    if (!name.asString().empty()) {
      errors.invalid(path.child("name"), name, isDns1123Subdomain(name.asString()));
    }
    if (!group.asString().empty()) errors.notSupported(path.child("apiGroup"), group, {""});
    if (!namespaced && subject[keys::namespace_].asString().empty()) errors.required(path.child("namespace"));
  } else if (kind == "User" || kind == "Group") {
    if (group.asString() != kGroup) errors.notSupported(path.child("apiGroup"), group, {kGroup});
  } else {
    errors.notSupported(path.child("kind"), Value(kind), {"ServiceAccount", "User", "Group"});
  }
}

void validateBinding(Errors& errors, const Value& binding, bool namespaced) {
  validateObjectMeta(errors, binding, namespaced, &nameIsPathSegment);
  const FieldPath path("roleRef");
  const Value& role = binding[kRoleRef];
  const Value group(role[kApiGroup].asString());
  if (group.asString() != kGroup) errors.notSupported(path.child("apiGroup"), group, {kGroup});
  const Value kind(role[keys::kind].asString());
  if (namespaced && kind.asString() != "Role" && kind.asString() != "ClusterRole") {
    errors.notSupported(path.child("kind"), kind, {"Role", "ClusterRole"});
  }
  if (!namespaced && kind.asString() != "ClusterRole") {
    errors.notSupported(path.child("kind"), kind, {"ClusterRole"});
  }
  const Value& name = role[keys::name];
  if (name.asString().empty()) {
    errors.required(path.child("name"));
  } else {
    errors.invalid(path.child("name"), name, isPathSegmentName(name.asString()));
  }
  const FieldPath subjects("subjects");
  for (std::size_t i = 0; i < binding[kSubjects].size(); ++i) {
    validateSubject(errors, subjects.item(i), binding[kSubjects].item(i), namespaced);
  }
}

void validateBindingUpdate(Errors& errors, const Value& binding, const Value& stored, bool namespaced) {
  validateBinding(errors, binding, namespaced);
  validateObjectMetaUpdate(errors, binding, stored);
  const Value& role = binding[kRoleRef];
  if (semanticallyEqual(role, stored[kRoleRef])) return;
  // Named as in the type that kube-apiserver has inside.
  errors.invalid(FieldPath("roleRef"),
                 Value::object({{Key::intern("APIGroup"), role[kApiGroup].asString()},
                                {Key::intern("Kind"), role[keys::kind].asString()},
                                {Key::intern("Name"), role[keys::name].asString()}}),
                 "cannot change roleRef");
}

}  // namespace

void validateRole(Errors& errors, const Value& role) { validateRules(errors, role, true); }

void validateRoleUpdate(Errors& errors, const Value& role, const Value& stored) {
  validateRole(errors, role);
  validateObjectMetaUpdate(errors, role, stored);
}

void validateClusterRole(Errors& errors, const Value& role) {
  validateRules(errors, role, false);
  const Value& aggregation = role[kAggregationRule];
  if (aggregation.isNull()) return;
  const FieldPath path("aggregationRule.clusterRoleSelectors");
  const Value& selectors = aggregation[kClusterRoleSelectors];
  if (selectors.empty()) {
    errors.required(path, "at least one clusterRoleSelector required if aggregationRule is non-nil");
  }
  for (std::size_t i = 0; i < selectors.size(); ++i) {
    validateLabelSelector(errors, path.item(i), selectors.item(i));
  }
}

void validateClusterRoleUpdate(Errors& errors, const Value& role, const Value& stored) {
  validateClusterRole(errors, role);
  validateObjectMetaUpdate(errors, role, stored);
}

void validateRoleBinding(Errors& errors, const Value& binding) { validateBinding(errors, binding, true); }

void validateRoleBindingUpdate(Errors& errors, const Value& binding, const Value& stored) {
  validateBindingUpdate(errors, binding, stored, true);
}

void validateClusterRoleBinding(Errors& errors, const Value& binding) {
  validateBinding(errors, binding, false);
}

void validateClusterRoleBindingUpdate(Errors& errors, const Value& binding, const Value& stored) {
  validateBindingUpdate(errors, binding, stored, false);
}

Value roleBindingDefaults(const Value& binding) {
  static const Value group(kGroup);
  Value object = binding;
  changeMember(object, kRoleRef, [](Value role) {
    setDefault(role, kApiGroup, group);
    return role;
  });
  changeItems(object, kSubjects, [](Value subject) {
    const std::string_view kind = subject[keys::kind].asString();
    if (kind == "User" || kind == "Group") setDefault(subject, kApiGroup, group);
    return subject;
  });
  return object;
}

}  // namespace pilothouse::api
