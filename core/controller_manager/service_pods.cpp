#include "core/controller_manager/service_pods.hpp"

#include <utility>

#include "core/api/object.hpp"
#include "core/controller_manager/controller.hpp"
#include "core/controller_manager/fields.hpp"

namespace pilothouse::controller_manager {
namespace {

const Key kContainerPort = Key::intern("containerPort");
const Key kInitContainers = Key::intern("initContainers");
const Key kRestartPolicy = Key::intern("restartPolicy");

// podEndpointsChanged, labels apart.
bool endpointChanged(const Value& before, const Value& after) {
  const Value& specBefore = before[keys::spec];
  const Value& specAfter = after[keys::spec];
  if (!specBefore.sameAs(specAfter)) {
    for (const Key key : {keys::nodeName, fields::hostname, fields::subdomain}) {
      if (!(specBefore[key] == specAfter[key])) return true;
    }
  }
  return api::isBeingDeleted(before) != api::isBeingDeleted(after) ||
         !(before.get(keys::status, keys::podIPs) == after.get(keys::status, keys::podIPs)) ||
         api::isPodReady(before) != api::isPodReady(after) ||
         api::isPodTerminal(before) != api::isPodTerminal(after);
}

// TriggerTimeTracker's getPodTriggerTime: when the pod became ready or ceased to be.
Value podTriggerTime(const Value& pod) { return api::condition(pod, "Ready")[keys::lastTransitionTime]; }

Value namedPort(const Value& containers, const Value& name, const Value& protocol, bool sidecarsOnly) {
  for (const Value& container : containers.items()) {
    if (sidecarsOnly && container[kRestartPolicy].asString() != "Always") continue;
    for (const Value& port : container[keys::ports].items()) {
      if (port[keys::name] == name && port[keys::protocol] == protocol) return port[kContainerPort];
    }
  }
  return {};
}

// FindPort; null when the pod has no such port.
Value findPort(const Value& pod, const Value& servicePort) {
  const Value& target = servicePort[fields::targetPort];
  if (!target.isString()) return target;
  const Value& spec = pod[keys::spec];
  Value port = namedPort(spec[keys::containers], target, servicePort[keys::protocol], false);
  if (port.isNull()) port = namedPort(spec[kInitContainers], target, servicePort[keys::protocol], true);
  return port;
}

}  // namespace

ServicePods::ServicePods(client::Informer& services, client::Informer& pods) : pods_(pods) {
  services.onChange([this](const client::Change& change) { serviceChanged(change); });
  pods.onChange([this](const client::Change& change) { podChanged(change); });
}

const ServicePods::Selected* ServicePods::selected(std::string_view serviceKey) const {
  const auto ns = namespaces_.find(splitKey(serviceKey).ns);
  if (ns == namespaces_.end()) return nullptr;
  const auto at = ns->second.find(serviceKey);
  return at == ns->second.end() ? nullptr : &at->second;
}

void ServicePods::forEach(std::string_view serviceKey, const std::function<void(const Value&)>& visit) const {
  if (const Selected* found = selected(serviceKey)) found->pods.forEach(visit);
}

const Value& ServicePods::find(std::string_view serviceKey, std::string_view pod) const {
  static const Value none;
  const Selected* found = selected(serviceKey);
  return found == nullptr ? none : found->pods.find(splitKey(serviceKey).ns, pod);
}

std::size_t ServicePods::count(std::string_view serviceKey) const {
  const Selected* found = selected(serviceKey);
  return found == nullptr ? 0 : found->pods.size();
}

void ServicePods::tell(const std::string& key, const Value& pod, const Value& since) {
  for (const Listener& listener : listeners_) listener(key, pod, since);
}

void ServicePods::serviceChanged(const client::Change& change) {
  const Value& service = change.after.isNull() ? change.before : change.after;
  const std::string key = api::namespacedName(service);
  const std::string ns(api::namespaceOf(service));
  const Value& selectorMap = change.after.get(keys::spec, keys::selector);
  if (selectorMap.empty()) {
    const auto at = namespaces_.find(ns);
    if (at != namespaces_.end()) {
      at->second.erase(key);
      if (at->second.empty()) namespaces_.erase(at);
    }
  } else {
    Selected& selected = namespaces_[ns][key];
    if (!(selected.selectorMap == selectorMap)) {
      selected.key = key;
      selected.selectorMap = selectorMap;
      selected.selector = LabelSelector::fromMap(selectorMap);
      selected.pods.clear();
      pods_.store().forEach([&](const Value& pod) {
        if (api::namespaceOf(pod) == ns && shouldBeInEndpoints(pod, true) &&
            selected.selector.matches(api::labels(pod))) {
          selected.pods.put(pod);
        }
      });
    }
  }
  tell(key, Value(), change.before.isNull() ? api::meta(service)[keys::creationTimestamp] : Value());
}

void ServicePods::podChanged(const client::Change& change) {
  const Value& pod = change.after.isNull() ? change.before : change.after;
  const auto ns = namespaces_.find(api::namespaceOf(pod));
  if (ns == namespaces_.end()) return;
  const auto counts = [](const Value& object) {
    return !object.isNull() && shouldBeInEndpoints(object, true);
  };
  const bool is = counts(change.after);
  const bool was = counts(change.before);
  if (!is && !was) return;
  const bool changed = is != was || endpointChanged(change.before, change.after);
  for (auto& [key, selected] : ns->second) {
    const bool selects = is && selected.selector.matches(api::labels(change.after));
    const Value former = selects ? selected.pods.put(change.after) : selected.pods.erase(pod);
    if (selects == former.isNull() || (selects && changed)) tell(key, pod, podTriggerTime(pod));
  }
}

void TriggerTimes::note(const std::string& serviceKey, const Value& since) {
  if (!since.isString()) return;
  Value& earliest = earliest_[serviceKey];
  if (earliest.isNull() || since.asString() < earliest.asString()) earliest = since;
}

Value TriggerTimes::take(const std::string& serviceKey) {
  const auto at = earliest_.find(serviceKey);
  if (at == earliest_.end()) return {};
  Value earliest = std::move(at->second);
  earliest_.erase(at);
  return earliest;
}

bool shouldBeInEndpoints(const Value& pod, bool includeTerminating) {
  if (api::isPodTerminal(pod) || pod.get(keys::status, keys::podIP).asString().empty()) return false;
  return includeTerminating || !api::isBeingDeleted(pod);
}

bool shouldSetHostname(const Value& pod, const Value& service) {
  const Value& spec = pod[keys::spec];
  return !spec[fields::hostname].asString().empty() &&
         spec[fields::subdomain].asString() == api::name(service);
}

bool isHeadless(const Value& service) {
  const std::string_view ip = service.get(keys::spec, keys::clusterIP).asString();
  return ip.empty() || ip == "None";
}

bool isExternalName(const Value& service) {
  return service.get(keys::spec, keys::type).asString() == "ExternalName";
}

bool hasNamedTargetPorts(const Value& service) {
  for (const Value& port : service.get(keys::spec, keys::ports).items()) {
    if (port[fields::targetPort].isString()) return true;
  }
  return false;
}

Value endpointPorts(const Value& service, const Value& pod) {
  std::vector<Value> ports;
  for (const Value& servicePort : service.get(keys::spec, keys::ports).items()) {
    const Value number = findPort(pod, servicePort);
    if (!number.isInt()) continue;
    ObjectBuilder port;
    port.setIfAny(fields::appProtocol, servicePort[fields::appProtocol])
        .set(keys::name, servicePort[keys::name].isString() ? servicePort[keys::name] : Value(""))
        .set(keys::port, number)
        .set(keys::protocol, servicePort[keys::protocol]);
    ports.push_back(port.build());
  }
  return Value::array(ports);
}

Value podReference(const Value& pod) {
  const Value& metadata = api::meta(pod);
  return Value::object({{keys::kind, "Pod"},
                        {keys::name, metadata[keys::name]},
                        {keys::namespace_, metadata[keys::namespace_]},
                        {keys::uid, metadata[keys::uid]}});
}

Value withHeadlessLabel(const Value& labels, const Value& service) {
  return isHeadless(service) ? labels.with(fields::headlessService, Value(""))
                             : labels.without(fields::headlessService);
}

}  // namespace pilothouse::controller_manager
