#include "core/apiserver/auth/escalation.hpp"

#include "core/api/object.hpp"
#include "core/api/quote.hpp"
#include "core/apiserver/auth/known_resources.hpp"
#include "core/apiserver/auth/rbac_rules.hpp"

namespace pilothouse::apiserver {
namespace {

const Key kAggregationRule = Key::intern("aggregationRule");
const Key kApiGroups = Key::intern("apiGroups");
const Key kNonResourceUrls = Key::intern("nonResourceURLs");
const Key kRoleRef = Key::intern("roleRef");
const Key kRules = Key::intern("rules");
const Key kSubjects = Key::intern("subjects");
const Key kVerbs = Key::intern("verbs");

constexpr std::string_view kGroup = "rbac.authorization.k8s.io";

bool may(const Authorizer& authorizer, const UserInfo& user, std::string_view verb, std::string_view resource,
         std::string_view ns, std::string_view name) {
  Attributes asked;
  asked.user = &user;
  asked.verb = verb;
  asked.group = kGroup;
  asked.version = "v1";
  asked.resource = resource;
  asked.ns = ns;
  asked.name = name;
  return authorizer.authorize(asked).allowed;
}

// What of `rules` the user lacks, as validation.ConfirmNoEscalation says it; "" for nothing.
std::string lacking(const Authorizer& authorizer, const UserInfo& user, std::string_view ns,
                    const Value& rules) {
  const std::vector<Value> wanted(rules.items().begin(), rules.items().end());
  const std::vector<std::string> missing = missingRights(authorizer.rbac().rulesFor(user, ns), wanted);
  if (missing.empty()) return {};
  std::string text = "user " + api::quoted(user.name) + " (groups=" + quotedList(user.groups) +
                     ") is attempting to grant RBAC permissions not currently held:";
  for (const std::string& one : missing) text += "\n" + one;
  return text;
}

const Value& everything() {
  static const Value any = Value::array({"*"});
  static const Value rules =
      Value::array({Value::object({{kApiGroups, any}, {keys::resources, any}, {kVerbs, any}}),
                    Value::object({{kNonResourceUrls, any}, {kVerbs, any}})});
  return rules;
}

api::Status checkRole(const Authorizer& authorizer, const UserInfo& user, const api::Resource& resource,
                      const Value& object, const Value& stored) {
  const std::string_view ns = api::namespaceOf(object);
  const std::string_view name = api::name(object);
  if (!stored.isNull() && object[kRules] == stored[kRules] &&
      object[kAggregationRule] == stored[kAggregationRule]) {
    return {};
  }
  if (may(authorizer, user, "escalate", resource.plural.text(), ns, stored.isNull() ? "" : name)) return {};
  if (const std::string why = lacking(authorizer, user, ns, object[kRules]); !why.empty()) {
    return api::Status::forbidden(resource, name, why);
  }
  const bool aggregates = !object[kAggregationRule].isNull() || !stored[kAggregationRule].isNull();
  if (aggregates && !lacking(authorizer, user, ns, everything()).empty()) {
    return api::Status::forbidden(resource, name,
                                  "must have cluster-admin privileges to use the aggregationRule");
  }
  return {};
}

api::Status checkBinding(const Authorizer& authorizer, const UserInfo& user, const api::Resource& resource,
                         const Value& object, const Value& stored) {
  const std::string_view ns = api::namespaceOf(object);
  const Value& role = object[kRoleRef];
  if (!stored.isNull() && object[kSubjects] == stored[kSubjects] && role == stored[kRoleRef]) return {};
  const bool cluster = role[keys::kind].asString() == "ClusterRole";
  const std::string_view roleName = role[keys::name].asString();
  if (may(authorizer, user, "bind", cluster ? "clusterroles" : "roles", ns, roleName)) return {};
  const RbacIndex::Rules found = authorizer.rbac().rulesOf(role, ns);
  if (!found.error.empty()) {
    return api::Status::notFound(cluster ? *known().clusterRoles : *known().roles, roleName);
  }
  if (const std::string why = lacking(authorizer, user, ns, found.rules); !why.empty()) {
    return api::Status::forbidden(resource, api::name(object), why);
  }
  return {};
}

}  // namespace

api::Status checkGrant(const Authorizer& authorizer, const UserInfo& user, const api::Resource& resource,
                       const Value& object, const Value& stored) {
  if (resource.group != kGroup || user.superuser) return {};
  const KnownResources& k = known();
  if (&resource == k.roles || &resource == k.clusterRoles) {
    return checkRole(authorizer, user, resource, object, stored);
  }
  return checkBinding(authorizer, user, resource, object, stored);
}

}  // namespace pilothouse::apiserver
