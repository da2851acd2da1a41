#include "core/apiserver/admission/quota_usage.hpp"

#include <algorithm>

#include "core/api/object.hpp"

namespace pilothouse::apiserver {
namespace {

const Key kActiveDeadlineSeconds = Key::intern("activeDeadlineSeconds");
const Key kHard = Key::intern("hard");
const Key kInitContainers = Key::intern("initContainers");
const Key kLimits = Key::intern("limits");
const Key kOperator = Key::intern("operator");
const Key kPriorityClassName = Key::intern("priorityClassName");
const Key kQosClass = Key::intern("qosClass");
const Key kScopeName = Key::intern("scopeName");
const Key kScopeSelector = Key::intern("scopeSelector");
const Key kScopes = Key::intern("scopes");
const Key kStorage = Key::intern("storage");
const Key kStorageClassName = Key::intern("storageClassName");
const Key kUsed = Key::intern("used");
const Key kValues = Key::intern("values");

const Quantity& one() {
  static const Quantity quantity = Quantity::fromValue(1);
  return quantity;
}

bool isPlain(const std::string& name) {
  return name == "cpu" || name == "memory" || name == "ephemeral-storage";
}

// podComputeUsageHelper: plain names are requests, under both names.
void addCompute(ResourceAmounts& usage, const ResourceAmounts& requests, const ResourceAmounts& limits) {
  for (const auto& [name, quantity] : requests) {
    if (isPlain(name) || name.substr(0, 10) == "hugepages-") usage[name] = quantity;
    usage["requests." + name] = quantity;
  }
  for (const auto& [name, quantity] : limits) {
    if (isPlain(name)) usage["limits." + name] = quantity;
  }
}

ResourceAmounts podUsage(const Value& pod) {
  ResourceAmounts usage{{"count/pods", one()}};
  if (api::isPodTerminal(pod)) return usage;
  usage["pods"] = one();
  const Value& spec = pod[keys::spec];
  addCompute(usage, podAmounts(spec, keys::requests), podAmounts(spec, kLimits));
  return usage;
}

ResourceAmounts serviceUsage(const Value& service) {
  ResourceAmounts usage{{"count/services", one()}, {"services", one()}};
  const std::string_view type = service.get(keys::spec, keys::type).asString();
  const auto ports = static_cast<std::int64_t>(service.get(keys::spec, keys::ports).size());
  usage["services.loadbalancers"] = Quantity::fromValue(type == "LoadBalancer" ? 1 : 0);
  const bool onNodes = type == "NodePort" || type == "LoadBalancer";
  usage["services.nodeports"] = Quantity::fromValue(onNodes ? ports : 0);
  return usage;
}

ResourceAmounts claimUsage(const Value& claim) {
  ResourceAmounts usage{{"count/persistentvolumeclaims", one()}, {"persistentvolumeclaims", one()}};
  const auto storage = Quantity::from(claim.get(keys::spec, keys::resources, keys::requests)[kStorage]);
  if (storage) usage["requests.storage"] = *storage;
  const std::string storageClass = claim.get(keys::spec, kStorageClassName).toString();
  if (storageClass.empty()) return usage;
  usage[storageClass + ".storageclass.storage.k8s.io/persistentvolumeclaims"] = one();
  if (storage) usage[storageClass + ".storageclass.storage.k8s.io/requests.storage"] = *storage;
  return usage;
}

bool isBestEffort(const Value& pod) {
  if (const Value& known = pod.get(keys::status, kQosClass); !known.isNull()) {
    return known.asString() == "BestEffort";
  }
  for (const Key kind : {keys::containers, kInitContainers}) {
    for (const Value& container : pod.get(keys::spec, kind).items()) {
      const Value& resources = container[keys::resources];
      if (!resources[keys::requests].empty() || !resources[kLimits].empty()) return false;
    }
  }
  return true;
}

bool inScope(std::string_view scope, std::string_view operation, const Value& values, const Value& pod) {
  const bool terminating = pod.get(keys::spec, kActiveDeadlineSeconds).isInt();
  if (scope == "Terminating") return terminating;
  if (scope == "NotTerminating") return !terminating;
  if (scope == "BestEffort") return isBestEffort(pod);
  if (scope == "NotBestEffort") return !isBestEffort(pod);
  if (scope != "PriorityClass") return false;
  const std::string_view priority = pod.get(keys::spec, kPriorityClassName).asString();
  const auto items = values.items();
  const bool listed = std::any_of(items.begin(), items.end(),
                                  [priority](const Value& v) { return v.asString() == priority; });
  if (operation == "In") return listed;
  if (operation == "NotIn") return !listed;
  return operation == "DoesNotExist" ? priority.empty() : !priority.empty();
}

bool needsExplicit(std::string_view name) {
  return name == "cpu" || name == "memory" || name == "requests.cpu" || name == "requests.memory" ||
         name == "limits.cpu" || name == "limits.memory";
}

// "must specify limits.cpu for: web; requests.cpu for: web": containers that leave out what a quota counts.
std::string unspecified(const ResourceAmounts& hard, const Value& pod) {
  std::map<std::string, std::vector<std::string>> missing;
  for (const Key kind : {keys::containers, kInitContainers}) {
    for (const Value& container : pod.get(keys::spec, kind).items()) {
      ResourceAmounts usage;
      const Value& resources = container[keys::resources];
      addCompute(usage, resourceAmounts(resources[keys::requests]), resourceAmounts(resources[kLimits]));
      for (const auto& [name, quantity] : hard) {
        if (!needsExplicit(name) || usage.count(name) > 0) continue;
        missing[name].push_back(container[keys::name].toString());
      }
    }
  }
  std::string text;
  for (auto& [name, containers] : missing) {
    std::sort(containers.begin(), containers.end());
    text += (text.empty() ? "must specify " : "; ") + name + " for: ";
    for (std::size_t i = 0; i < containers.size(); ++i) text += (i == 0 ? "" : ",") + containers[i];
  }
  return text;
}

std::string printed(const ResourceAmounts& amounts, const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    const auto at = amounts.find(name);
    const Quantity quantity = at == amounts.end() ? Quantity() : at->second;
    text += (text.empty() ? "" : ",") + name + "=" + quantity.toString();
  }
  return text;
}

}  // namespace

Value quotaList(const ResourceAmounts& amounts) {
  ObjectBuilder list;
  for (const auto& [name, quantity] : amounts) list.set(Key::intern(name), quantity.toString());
  return list.build();
}

ResourceAmounts quotaUsage(const api::Resource& resource, const Value& object) {
  if (&resource == &api::resources::pods) return podUsage(object);
  if (&resource == &api::resources::services) return serviceUsage(object);
  const std::string_view plural = resource.plural.text();
  if (resource.group.empty() && plural == "persistentvolumeclaims") return claimUsage(object);
  ResourceAmounts usage{{"count/" + resource.groupResource(), one()}};
  const bool old = plural == "configmaps" || plural == "secrets" || plural == "replicationcontrollers" ||
                   plural == "resourcequotas";
  if (resource.group.empty() && old) usage.emplace(plural, one());
  return usage;
}

bool quotaCovers(const Value& quota, const api::Resource& resource, const Value& object) {
  const Value& spec = quota[keys::spec];
  const auto expressions = spec[kScopeSelector][keys::matchExpressions].items();
  if (spec[kScopes].empty() && expressions.empty()) return true;
  if (&resource != &api::resources::pods) return false;
  for (const Value& scope : spec[kScopes].items()) {
    if (!inScope(scope.asString(), "Exists", Value(), object)) return false;
  }
  return std::all_of(expressions.begin(), expressions.end(), [&object](const Value& expression) {
    return inScope(expression[kScopeName].asString(), expression[kOperator].asString(), expression[kValues],
                   object);
  });
}

Charged charged(const Value& quota, const api::Resource& resource, const Value& object) {
  const ResourceAmounts hard = resourceAmounts(quota.get(keys::status, kHard));
  ResourceAmounts requested;
  for (const auto& [name, quantity] : quotaUsage(resource, object)) {
    if (hard.count(name) > 0) requested.emplace(name, quantity);
  }
  const bool isPod = &resource == &api::resources::pods;
  const bool concerns = !requested.empty() ||
                        (isPod && std::any_of(hard.begin(), hard.end(),
                                              [](const auto& entry) { return needsExplicit(entry.first); }));
  if (!concerns || !quotaCovers(quota, resource, object)) return {quota, {}};
  const std::string name(api::name(quota));
  if (isPod) {
    if (const std::string missing = unspecified(hard, object); !missing.empty()) {
      return {{}, "failed quota: " + name + ": " + missing};
    }
  }
  ResourceAmounts used = resourceAmounts(quota.get(keys::status, kUsed));
  std::string unknown;
  std::vector<std::string> exceeded;
  ResourceAmounts next = used;
  for (const auto& [what, quantity] : requested) {
    if (used.count(what) == 0) unknown += (unknown.empty() ? "" : ",") + what;
    next[what] = next[what] + quantity;
    if (quantity.sign() > 0 && next[what].compare(hard.at(what)) > 0) exceeded.push_back(what);
  }
  if (!unknown.empty()) return {{}, "status unknown for quota: " + name + ", resources: " + unknown};
  if (!exceeded.empty()) {
    return {{},
            "exceeded quota: " + name + ", requested: " + printed(requested, exceeded) +
                ", used: " + printed(used, exceeded) + ", limited: " + printed(hard, exceeded)};
  }
  return {quota.withPath({keys::status, kUsed}, quotaList(next)), {}};
}

}  // namespace pilothouse::apiserver
