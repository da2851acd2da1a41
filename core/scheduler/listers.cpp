#include <algorithm>

#include "core/api/object.hpp"
#include "core/scheduler/process.hpp"

namespace pilothouse::scheduler {

Listers Process::makeListers() {
  Listers listers;
  listers.defaultSelector = [this](const Value& pod) { return defaultSelector(pod); };
  listers.selectorGeneration = [this] { return selectorGeneration_; };
  listers.namespaceLabels = [this](std::string_view ns) {
    return api::labels(namespaces_.store().find({}, ns));
  };
  listers.namespacesMatching = [this](const LabelSelector& selector) {
    std::vector<Value> names;
    namespaces_.store().forEach([&](const Value& ns) {
      if (selector.matches(api::labels(ns))) names.push_back(api::meta(ns)[keys::name]);
    });
    std::sort(names.begin(), names.end(),
              [](const Value& a, const Value& b) { return a.asString() < b.asString(); });
    return names;
  };
  return listers;
}

// The selectors of all Services that select the pod, and that of the ReplicaSet that controls it.
LabelSelector Process::defaultSelector(const Value& pod) {
  Value merged = Value::emptyObject();
  const Value& labels = api::labels(pod);
  services_.store().forEachByIndex(servicesByNamespace_, api::namespaceOf(pod), [&](const Value& service) {
    const Value& selector = service[keys::spec][keys::selector];
    if (!selector.isObject() || selector.empty() || !LabelSelector::fromMap(selector).matches(labels)) return;
    for (std::size_t i = 0; i < selector.size(); ++i) {
      merged = merged.with(selector.memberKeys()[i], selector.memberValues()[i]);
    }
  });
  LabelSelector result = LabelSelector::fromMap(merged);
  const Value& owner = api::controllerOf(pod);
  if (owner[keys::kind].asString() == "ReplicaSet") {
    const Value& set = replicaSets_.store().find(api::namespaceOf(pod), owner[keys::name].asString());
    if (!set.isNull()) {
      const LabelSelector own = LabelSelector::fromObject(set[keys::spec][keys::selector]);
      for (const auto& requirement : own.requirements()) result.add(requirement);
    }
  }
  return result;
}

}  // namespace pilothouse::scheduler
