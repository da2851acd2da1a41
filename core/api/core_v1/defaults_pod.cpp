#include <vector>

#include "core/api/core_v1/defaults.hpp"
#include "core/api/defaulting.hpp"
#include "core/api/keys.hpp"

namespace pilothouse::api {
namespace {

const Key kContainerPort = Key::intern("containerPort");
const Key kDnsPolicy = Key::intern("dnsPolicy");
const Key kEnableServiceLinks = Key::intern("enableServiceLinks");
const Key kEphemeralContainers = Key::intern("ephemeralContainers");
const Key kHostNetwork = Key::intern("hostNetwork");
const Key kHostPort = Key::intern("hostPort");
const Key kInitContainers = Key::intern("initContainers");
const Key kLimits = Key::intern("limits");
const Key kOverhead = Key::intern("overhead");
const Key kRestartPolicy = Key::intern("restartPolicy");
const Key kSchedulerName = Key::intern("schedulerName");
const Key kSecurityContext = Key::intern("securityContext");
const Key kTerminationGracePeriodSeconds = Key::intern("terminationGracePeriodSeconds");
const Key kVolumes = Key::intern("volumes");

constexpr std::int64_t kDefaultTerminationGracePeriodSeconds = 30;

// A limit without a request is also the request.
Value withRequestsFromLimits(const Value& container) {
  const Value& resources = container[keys::resources];
  const Value& limits = resources[kLimits];
  if (!limits.isObject()) return container;
  const Value& requests = resources[keys::requests];
  if (requests.empty()) {
    if (limits.empty()) return container;
    return container.withPath({keys::resources, keys::requests}, limits);
  }
  // Of a resource with both, the later member counts.
  std::vector<Value::Member> members;
  for (const Value* list : {&limits, &requests}) {
    for (std::size_t i = 0; i < list->memberKeys().size(); ++i) {
      members.push_back({list->memberKeys()[i], list->memberValues()[i]});
    }
  }
  const Value merged = Value::object(std::span<const Value::Member>(members));
  if (merged.size() == requests.size()) return container;
  return container.withPath({keys::resources, keys::requests}, merged);
}

Value withHostPorts(const Value& container) {
  Value filled = container;
  changeItems(filled, keys::ports, [](const Value& port) {
    if (port[kHostPort].asInt(0) != 0 || port[kContainerPort].asInt(0) == 0) return port;
    return port.with(kHostPort, port[kContainerPort]);
  });
  return filled;
}

// SetDefaults_Pod: what a pod has and the template of a workload has not.
Value podOnlyDefaults(const Value& sent) {
  Value spec = sent;
  const bool hostNetwork = spec[kHostNetwork].asBool();
  for (const Key containers : {keys::containers, kInitContainers}) {
    changeItems(spec, containers, withRequestsFromLimits);
    if (hostNetwork) changeItems(spec, containers, withHostPorts);
  }
  if (!spec[kEnableServiceLinks].isBool()) spec = spec.with(kEnableServiceLinks, true);
  return spec;
}

Value podSpecDefaults(const Value& sent) {
  static const Value clusterFirst("ClusterFirst");
  static const Value always("Always");
  static const Value noSecurityContext = Value::emptyObject();
  static const Value defaultScheduler("default-scheduler");
  Value spec = sent;
  setDefault(spec, kDnsPolicy, clusterFirst);
  setDefault(spec, kRestartPolicy, always);
  setDefault(spec, kSecurityContext, noSecurityContext);
  setDefault(spec, kTerminationGracePeriodSeconds, kDefaultTerminationGracePeriodSeconds);
  setDefault(spec, kSchedulerName, defaultScheduler);
  changeItems(spec, kVolumes, volumeDefaults);
  for (const Key containers : {kInitContainers, keys::containers, kEphemeralContainers}) {
    changeItems(spec, containers, containerDefaults);
  }
  changeMember(spec, kOverhead, resourceListDefaults);
  return spec;
}

}  // namespace

Value podDefaults(const Value& pod) {
  const Value spec = podSpecDefaults(podOnlyDefaults(pod[keys::spec]));
  return pod.with(keys::spec, spec);
}

Value podTemplateDefaults(const Value& podTemplate) {
  return podTemplate.with(keys::spec, podSpecDefaults(podTemplate[keys::spec]));
}

// SetDefaults_ReplicationController: in this version selector and labels are the template's labels.
Value replicationControllerDefaults(const Value& controller) {
  Value filled = controller;
  Value spec = controller[keys::spec];
  changeMember(spec, keys::template_, podTemplateDefaults);
  setDefault(spec, keys::replicas, 1);
  const Value labels = spec[keys::template_][keys::metadata][keys::labels];
  if (labels.isObject()) {
    if (spec[keys::selector].empty()) spec = spec.with(keys::selector, labels);
    if (controller[keys::metadata][keys::labels].empty()) {
      filled = filled.withPath({keys::metadata, keys::labels}, labels);
    }
  }
  return filled.with(keys::spec, spec);
}

}  // namespace pilothouse::api
