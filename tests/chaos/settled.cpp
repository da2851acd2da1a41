// What must hold of a quiet cluster.
#include "core/api/keys.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/value/selector.hpp"
#include "tests/chaos/invariants.hpp"

namespace pilothouse::chaos {
namespace {

using cluster::Cluster;
namespace r = api::resources;

const Key kAddresses = Key::intern("addresses");
const Key kConditions = Key::intern("conditions");
const Key kEndpoints = Key::intern("endpoints");
const Key kObservedGeneration = Key::intern("observedGeneration");
const Key kOwnerReferences = Key::intern("ownerReferences");
const Key kReady = Key::intern("ready");
const Key kServiceName = Key::intern("kubernetes.io/service-name");

using Sentences = std::vector<std::string>;

std::string nameOf(const api::Resource& resource, const Value& object) {
  return std::string(resource.kind) + " " + api::namespacedName(object);
}

// Every object of these kinds has as many ready pods as it asks for, and says so of its present spec.
void workloads(const Cluster& cluster, Sentences& said) {
  struct Kind {
    const api::Resource* resource;
    Key wanted;  // in spec, or of a DaemonSet in status
    Key ready;
  };
  const Key desired = Key::intern("desiredNumberScheduled");
  const Kind kinds[] = {{&r::replicaSets, keys::replicas, keys::readyReplicas},
                        {&r::deployments, keys::replicas, keys::readyReplicas},
                        {api::findResource("apps", "statefulsets"), keys::replicas, keys::readyReplicas},
                        {api::findResource("apps", "daemonsets"), desired, Key::intern("numberReady")}};
  for (const Kind& kind : kinds) {
    cluster.forEach(*kind.resource, "", [&](const Value& object) {
      const Value& inSpec = object.get(keys::spec, kind.wanted);
      const Value& wanted = inSpec.isNull() ? object.get(keys::status, kind.wanted) : inSpec;
      const std::int64_t ready = object.get(keys::status, kind.ready).asInt();
      const bool seen = object.get(keys::status, kObservedGeneration).asInt() ==
                        api::meta(object)[keys::generation].asInt();
      if (wanted.asInt() != ready || !seen) {
        said.push_back(nameOf(*kind.resource, object) + " has " + std::to_string(ready) + " of " +
                       std::to_string(wanted.asInt()) + " pods ready" + (seen ? "" : ", by an old status"));
      }
      return true;
    });
  }
}

// The addresses that a Service's slices call ready are those of its ready pods.
void endpoints(const Cluster& cluster, Sentences& said) {
  cluster.forEach(r::services, "", [&](const Value& service) {
    const Value& selector = service.get(keys::spec, keys::selector);
    if (selector.isNull()) return true;
    const LabelSelector matching = LabelSelector::fromMap(selector);
    const std::string_view ns = api::namespaceOf(service);
    std::set<std::string> pods;
    cluster.forEach(r::pods, ns, [&](const Value& pod) {
      if (matching.matches(api::labels(pod)) && api::isPodReady(pod) && api::isPodActive(pod)) {
        pods.insert(pod.get(keys::status, keys::podIP).toString());
      }
      return true;
    });
    std::set<std::string> listed;
    cluster.forEach(r::endpointSlices, ns, [&](const Value& slice) {
      if (api::labels(slice)[kServiceName].asString() != api::name(service)) return true;
      for (const Value& endpoint : slice[kEndpoints].items()) {
        if (!endpoint.get(kConditions, kReady).asBool()) continue;
        for (const Value& address : endpoint[kAddresses].items()) listed.insert(address.toString());
      }
      return true;
    });
    if (pods != listed) {
      said.push_back(nameOf(r::services, service) + " lists " + std::to_string(listed.size()) +
                     " ready endpoints for " + std::to_string(pods.size()) + " ready pods");
    }
    return true;
  });
}

// Whoever has owners has at least one that exists.
void owners(const Cluster& cluster, Sentences& said) {
  std::set<std::string, std::less<>> uids;
  for (const api::Resource* resource : api::storedResources()) {
    cluster.forEach(*resource, "", [&](const Value& object) {
      uids.insert(std::string(api::uid(object)));
      return true;
    });
  }
  for (const api::Resource* resource : api::storedResources()) {
    cluster.forEach(*resource, "", [&](const Value& object) {
      const Value& references = api::meta(object)[kOwnerReferences];
      bool orphan = references.size() > 0;
      for (const Value& owner : references.items()) {
        if (uids.count(owner[keys::uid].asString()) != 0) orphan = false;
      }
      if (orphan) said.push_back(nameOf(*resource, object) + " outlives its owner");
      return true;
    });
  }
}

void nodes(const Cluster& cluster, Sentences& said) {
  cluster.forEach(r::nodes, "", [&](const Value& node) {
    if (!api::conditionIs(node, "Ready", "True")) said.push_back(nameOf(r::nodes, node) + " is not Ready");
    return true;
  });
}

}  // namespace

std::vector<std::string> unsettled(const Cluster& cluster) {
  Sentences said;
  nodes(cluster, said);
  workloads(cluster, said);
  endpoints(cluster, said);
  owners(cluster, said);
  return said;
}

}  // namespace pilothouse::chaos
