#include "core/apiserver/auth/bootstrap_policy.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "core/api/object.hpp"
#include "core/apiserver/auth/bootstrap_policy_text.hpp"
#include "core/apiserver/auth/known_resources.hpp"
#include "core/value/selector.hpp"

namespace pilothouse::apiserver {
namespace {

const Key kAggregationRule = Key::intern("aggregationRule");
const Key kApiGroup = Key::intern("apiGroup");
const Key kApiGroups = Key::intern("apiGroups");
const Key kBootstrapping = Key::intern("kubernetes.io/bootstrapping");
const Key kClusterRoleSelectors = Key::intern("clusterRoleSelectors");
const Key kNonResourceUrls = Key::intern("nonResourceURLs");
const Key kResourceNames = Key::intern("resourceNames");
const Key kRoleRef = Key::intern("roleRef");
const Key kRules = Key::intern("rules");
const Key kSubjects = Key::intern("subjects");
const Key kVerbs = Key::intern("verbs");

constexpr std::string_view kGroup = "rbac.authorization.k8s.io";
constexpr std::string_view kControllerPrefix = "system:controller:";

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

Value sorted(std::vector<std::string_view> texts) {
  std::sort(texts.begin(), texts.end());
  std::vector<Value> values(texts.begin(), texts.end());
  return Value::array(values);
}

Value verbsOf(std::string_view text) {
  std::vector<std::string_view> verbs;
  for (const std::string_view verb : split(text, ',')) {
    if (verb == "r") {
      verbs.insert(verbs.end(), {"get", "list", "watch"});
    } else if (verb == "w") {
      verbs.insert(verbs.end(), {"create", "delete", "deletecollection", "patch", "update"});
    } else {
      verbs.push_back(verb);
    }
  }
  return sorted(std::move(verbs));
}

Value ruleOf(std::string_view line) {
  static const Value events = Value::object({{kApiGroups, Value::array({"", "events.k8s.io"})},
                                             {keys::resources, Value::array({"events"})},
                                             {kVerbs, Value::array({"create", "patch", "update"})}});
  if (line == "e") return events;
  const auto parts = split(line, '|');
  ObjectBuilder rule;
  rule.set(kVerbs, verbsOf(parts[0]));
  if (parts.size() == 2) return rule.set(kNonResourceUrls, sorted(split(parts[1], ','))).build();
  rule.set(kApiGroups, sorted(split(parts[1], ',')));
  rule.set(keys::resources, sorted(split(parts[2], ',')));
  if (parts.size() > 3) rule.set(kResourceNames, sorted(split(parts[3], ',')));
  return rule.build();
}

Key aggregationLabel(std::string_view group) {
  return Key::intern("rbac.authorization.k8s.io/aggregate-to-" + std::string(group));
}

Value subjectOf(std::string_view text) {
  const std::string_view name = text.substr(2);
  if (text.front() == 's') {
    return Value::object(
        {{keys::kind, "ServiceAccount"}, {keys::name, Value(name)}, {keys::namespace_, "kube-system"}});
  }
  return Value::object({{kApiGroup, Value(kGroup)},
                        {keys::kind, text.front() == 'g' ? "Group" : "User"},
                        {keys::name, Value(name)}});
}

/// Reads the lines one by one into objects.
class Reader {
 public:
  std::vector<BootstrapObject> read(std::string_view text) {
    for (const std::string_view line : split(text, '\n')) {
      if (!line.empty()) add(line);
    }
    finishRole();
    return std::move(objects_);
  }

 private:
  void add(std::string_view line) {
    if (line == "kubeadm") {
      finishRole();
      labelled_ = false;
      return;
    }
    const auto words = split(line, ' ');
    if (words.size() == 1) {
      rules_.push_back(ruleOf(line));
      return;
    }
    finishRole();
    switch (line.front()) {
      case 'C':
        return clusterRole(words);
      case 'K': {
        const std::string name = std::string(kControllerPrefix).append(words[1]);
        const std::string account = "s:" + std::string(words[1]);
        binding(known().clusterRoleBindings, {}, name, "ClusterRole", name, {account});
        return role(known().clusterRoles, {}, name);
      }
      case 'R':
        return role(known().roles, words[1], words[2]);
      case 'B':
        return binding(known().clusterRoleBindings, {}, words[1], "ClusterRole",
                       words[2] == "=" ? words[1] : words[2], {words.begin() + 3, words.end()});
      default:
        return binding(known().roleBindings, words[1], words[2], "Role",
                       words[3] == "=" ? words[2] : words[3], {words.begin() + 4, words.end()});
    }
  }

  void role(const api::Resource* resource, std::string_view ns, std::string_view name) {
    resource_ = resource;
    members_ = ObjectBuilder();
    labels_ = ObjectBuilder();
    if (labelled_) labels_.set(kBootstrapping, "rbac-defaults");
    namespace_ = ns;
    name_ = name;
    open_ = true;
  }

  void clusterRole(const std::vector<std::string_view>& words) {
    role(known().clusterRoles, {}, words[1]);
    for (std::size_t i = 2; i < words.size(); ++i) {
      const Key label = aggregationLabel(words[i].substr(1));
      if (words[i].front() == '>') {
        labels_.set(label, "true");
      } else {
        const Value selector = Value::object({{keys::matchLabels, Value::object({{label, "true"}})}});
        members_.set(kAggregationRule, Value::object({{kClusterRoleSelectors, Value::array({selector})}}));
      }
    }
  }

  void finishRole() {
    if (open_) {
      const auto rules = std::exchange(rules_, {});
      members_.set(kRules, Value::array(rules));
      push(resource_, std::move(members_), labels_.build(), namespace_, name_);
    }
    open_ = false;
  }

  void binding(const api::Resource* resource, std::string_view ns, std::string_view name,
               std::string_view roleKind, std::string_view roleName,
               const std::vector<std::string_view>& subjects) {
    ObjectBuilder made;
    made.set(kRoleRef,
             Value::object(
                 {{kApiGroup, Value(kGroup)}, {keys::kind, Value(roleKind)}, {keys::name, Value(roleName)}}));
    std::vector<Value> list;
    for (const std::string_view subject : subjects) list.push_back(subjectOf(subject));
    made.setIfAny(kSubjects, Value::array(list));
    ObjectBuilder labels;
    if (labelled_) labels.set(kBootstrapping, "rbac-defaults");
    push(resource, std::move(made), labels.build(), ns, name);
  }

  void push(const api::Resource* resource, ObjectBuilder made, Value labels, std::string_view ns,
            std::string_view name) {
    if (resource == nullptr) return;
    ObjectBuilder metadata;
    metadata.setIfAny(keys::labels, std::move(labels));
    metadata.set(keys::name, Value(name)).setIfAny(keys::namespace_, Value(ns));
    made.set(keys::apiVersion, resource->apiVersion()).set(keys::kind, Value(resource->kind));
    objects_.push_back({resource, made.set(keys::metadata, metadata.build()).build()});
  }

  std::vector<BootstrapObject> objects_;
  const api::Resource* resource_ = nullptr;
  ObjectBuilder members_;
  ObjectBuilder labels_;
  std::vector<Value> rules_;
  std::string namespace_;
  std::string name_;
  bool open_ = false;
  bool labelled_ = true;
};

// Those of kubeadm's add-ons, and the default ones of the first namespaces: kube-controller-manager would
// make them in its first second, before which nobody uses a cluster.
void addAccounts(std::vector<BootstrapObject>& objects) {
  if (known().serviceAccounts == nullptr) return;
  static constexpr std::pair<std::string_view, std::string_view> kAccounts[] = {
      {"default", "default"},           {"kube-node-lease", "default"}, {"kube-public", "default"},
      {"kube-system", "default"},       {"kube-system", "coredns"},     {"kube-system", "kube-proxy"},
      {"kube-system", "metrics-server"}};
  for (const auto& [ns, name] : kAccounts) {
    const Value metadata = Value::object({{keys::name, Value(name)}, {keys::namespace_, Value(ns)}});
    objects.push_back({known().serviceAccounts, Value::object({{keys::apiVersion, "v1"},
                                                               {keys::kind, "ServiceAccount"},
                                                               {keys::metadata, metadata}})});
  }
}

void addPriorityClasses(std::vector<BootstrapObject>& objects) {
  if (known().priorityClasses == nullptr) return;
  const auto add = [&objects](std::string_view name, std::int64_t value, std::string_view description) {
    objects.push_back(
        {known().priorityClasses, Value::object({{keys::apiVersion, "scheduling.k8s.io/v1"},
                                                 {keys::kind, "PriorityClass"},
                                                 {keys::metadata, Value::object({{keys::name, Value(name)}})},
                                                 {keys::value, value},
                                                 {Key::intern("description"), Value(description)}})});
  };
  add("system-cluster-critical", 2000000000,
      "Used for system critical pods that must run in the cluster, but can be moved to another node if "
      "necessary.");
  add("system-node-critical", 2000001000,
      "Used for system critical pods that must not be moved from their current node.");
}

}  // namespace

Value aggregatedRules(const Value& clusterRole, const std::vector<Value>& clusterRoles) {
  std::vector<Value> rules;
  for (const Value& selector : clusterRole.get(kAggregationRule, kClusterRoleSelectors).items()) {
    const LabelSelector selects = LabelSelector::fromObject(selector);
    for (const Value& other : clusterRoles) {
      if (api::name(other) == api::name(clusterRole) || !selects.matches(api::labels(other))) continue;
      for (const Value& rule : other[kRules].items()) {
        if (std::find(rules.begin(), rules.end(), rule) == rules.end()) rules.push_back(rule);
      }
    }
  }
  return Value::array(rules);
}

std::vector<BootstrapObject> bootstrapPolicy() {
  std::vector<BootstrapObject> objects = Reader().read(kBootstrapPolicy);
  std::vector<Value> roles;
  for (const BootstrapObject& made : objects) {
    if (made.resource == known().clusterRoles) roles.push_back(made.object);
  }
  std::sort(roles.begin(), roles.end(),
            [](const Value& a, const Value& b) { return api::name(a) < api::name(b); });
  // A role that is made of others may itself be taken up: view in edit, edit in admin.
  for (int round = 0; round < 3; ++round) {
    for (Value& role : roles) {
      if (role.has(kAggregationRule)) role = role.with(kRules, aggregatedRules(role, roles));
    }
  }
  for (BootstrapObject& made : objects) {
    if (!made.object.has(kAggregationRule)) continue;
    made.object = *std::find_if(roles.begin(), roles.end(), [&made](const Value& role) {
      return api::name(role) == api::name(made.object);
    });
  }
  addAccounts(objects);
  addPriorityClasses(objects);
  return objects;
}

}  // namespace pilothouse::apiserver
