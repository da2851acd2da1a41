#include "core/apiserver/auth/rbac_index.hpp"

#include <algorithm>

#include "core/api/object.hpp"
#include "core/api/quote.hpp"
#include "core/apiserver/auth/known_resources.hpp"

namespace pilothouse::apiserver {
namespace {

const Key kRoleRef = Key::intern("roleRef");
const Key kRules = Key::intern("rules");
const Key kSubjects = Key::intern("subjects");

std::string subjectKey(std::string_view ns, bool group, std::string_view name) {
  return std::string(ns).append(group ? "/g/" : "/u/").append(name);
}

// The user that a ServiceAccount subject means; its namespace defaults to the binding's.
std::string accountOf(const Value& subject, std::string_view bindingNamespace) {
  const std::string_view given = subject[keys::namespace_].asString();
  const std::string_view ns = given.empty() ? bindingNamespace : given;
  return ns.empty() ? std::string() : serviceAccountUser(ns, subject[keys::name].asString());
}

std::vector<std::string> keysOf(const Value& binding) {
  const std::string_view ns = api::namespaceOf(binding);
  std::vector<std::string> keys;
  for (const Value& subject : binding[kSubjects].items()) {
    const std::string_view kind = subject[keys::kind].asString();
    std::string key;
    if (kind == "User") key = subjectKey(ns, false, subject[keys::name].asString());
    if (kind == "Group") key = subjectKey(ns, true, subject[keys::name].asString());
    if (kind == "ServiceAccount") key = subjectKey(ns, false, accountOf(subject, ns));
    if (!key.empty() && std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  }
  return keys;
}

bool byName(const Value& a, const Value& b) { return api::name(a) < api::name(b); }

// The first subject of the binding that means the user.
const Value* subjectFor(const UserInfo& user, const Value& binding) {
  const std::string_view ns = api::namespaceOf(binding);
  for (const Value& subject : binding[kSubjects].items()) {
    const std::string_view kind = subject[keys::kind].asString();
    const std::string_view name = subject[keys::name].asString();
    if (kind == "User" && name == user.name) return &subject;
    if (kind == "Group" && user.isIn(name)) return &subject;
    if (kind == "ServiceAccount" && accountOf(subject, ns) == user.name) return &subject;
  }
  return nullptr;
}

}  // namespace

void RbacIndex::changed(const Value& before, const Value& after) {
  if (!before.isNull()) {
    for (const std::string& key : keysOf(before)) {
      const auto at = bindings_.find(key);
      if (at == bindings_.end()) continue;
      Bindings& list = at->second;
      const auto gone = std::lower_bound(list.begin(), list.end(), before, byName);
      if (gone != list.end() && api::name(*gone) == api::name(before)) list.erase(gone);
      if (list.empty()) bindings_.erase(at);
    }
  }
  if (after.isNull()) return;
  for (const std::string& key : keysOf(after)) {
    Bindings& list = bindings_[key];
    const auto at = std::lower_bound(list.begin(), list.end(), after, byName);
    if (at != list.end() && api::name(*at) == api::name(after)) {
      *at = after;
    } else {
      list.insert(at, after);
    }
  }
}

void RbacIndex::collect(const std::string& key, Bindings& found) const {
  const auto at = bindings_.find(key);
  if (at != bindings_.end()) found.insert(found.end(), at->second.begin(), at->second.end());
}

void RbacIndex::visitRules(const UserInfo& user, std::string_view ns,
                           const std::function<bool(const Found&)>& visit) const {
  for (const std::string_view scope : {std::string_view(), ns}) {
    Bindings bindings;
    collect(subjectKey(scope, false, user.name), bindings);
    for (const std::string& group : user.groups) collect(subjectKey(scope, true, group), bindings);
    std::sort(bindings.begin(), bindings.end(), byName);
    const auto same = [](const Value& a, const Value& b) { return api::name(a) == api::name(b); };
    bindings.erase(std::unique(bindings.begin(), bindings.end(), same), bindings.end());
    for (const Value& binding : bindings) {
      Found found;
      found.subject = subjectFor(user, binding);
      if (found.subject == nullptr) continue;
      found.binding = &binding;
      Rules role = rulesOf(binding[kRoleRef], scope);
      if (!role.error.empty()) {
        found.error = std::move(role.error);
        if (!visit(found)) return;
        continue;
      }
      for (const Value& rule : role.rules.items()) {
        found.rule = &rule;
        if (!visit(found)) return;
      }
    }
    if (ns.empty()) return;
  }
}

std::vector<Value> RbacIndex::rulesFor(const UserInfo& user, std::string_view ns) const {
  std::vector<Value> rules;
  visitRules(user, ns, [&rules](const Found& found) {
    if (found.rule != nullptr) rules.push_back(*found.rule);
    return true;
  });
  return rules;
}

RbacIndex::Rules RbacIndex::rulesOf(const Value& roleRef, std::string_view ns) const {
  const std::string_view kind = roleRef[keys::kind].asString();
  const std::string_view name = roleRef[keys::name].asString();
  const bool cluster = kind == "ClusterRole";
  if (!cluster && kind != "Role") return {{}, "unsupported role reference kind: " + api::quoted(kind)};
  const Value& role =
      cluster ? objects_.find(known().clusterRoles, "", name) : objects_.find(known().roles, ns, name);
  if (role.isNull()) {
    return {{},
            (cluster ? "clusterrole.rbac.authorization.k8s.io " : "role.rbac.authorization.k8s.io ") +
                api::quoted(name) + " not found"};
  }
  return {role[kRules], {}};
}

std::string RbacIndex::Found::source() const {
  const std::string_view ns = api::namespaceOf(*binding);
  const Value& roleRef = (*binding)[kRoleRef];
  std::string text = ns.empty() ? "ClusterRoleBinding " : "RoleBinding ";
  std::string name(api::name(*binding));
  if (!ns.empty()) name.append("/").append(ns);
  text += api::quoted(name) + " of " + roleRef[keys::kind].toString() + " " +
          api::quoted(roleRef[keys::name].asString()) + " to " + (*subject)[keys::kind].toString() + " ";
  std::string who = (*subject)[keys::name].toString();
  if ((*subject)[keys::kind].asString() == "ServiceAccount") {
    const std::string_view given = (*subject)[keys::namespace_].asString();
    who.append("/").append(given.empty() ? ns : given);
  }
  return text + api::quoted(who);
}

}  // namespace pilothouse::apiserver
