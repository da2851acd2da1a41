#include "core/controller_manager/endpoints_controller.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/controller_manager/controller_utils.hpp"
#include "core/controller_manager/fields.hpp"

namespace pilothouse::controller_manager {
namespace {

namespace r = api::resources;
using Result = client::WorkQueue::Result;

const Key kManagedBy = Key::intern("endpoints.kubernetes.io/managed-by");
const Key kOverCapacity = Key::intern("endpoints.kubernetes.io/over-capacity");
const Key kLeader = Key::intern("control-plane.alpha.kubernetes.io/leader");

// Pods with the same ports (endpoints.RepackSubsets).
struct Subset {
  Value ports;
  std::vector<Value> ready;
  std::vector<Value> notReady;
};

Value endpointAddress(const Value& pod, const Value& service) {
  ObjectBuilder address;
  if (shouldSetHostname(pod, service)) address.set(fields::hostname, pod.get(keys::spec, fields::hostname));
  return address.set(fields::ip, pod.get(keys::status, keys::podIP))
      .setIfAny(keys::nodeName, pod.get(keys::spec, keys::nodeName))
      .set(fields::targetRef, podReference(pod))
      .build();
}

bool addressLess(const Value& a, const Value& b) {
  if (!(a[fields::ip] == b[fields::ip])) return a[fields::ip].asString() < b[fields::ip].asString();
  return a[fields::targetRef][keys::uid].asString() < b[fields::targetRef][keys::uid].asString();
}

// truncateEndpoints: ready addresses have precedence.
bool truncate(std::vector<Subset>& subsets, std::size_t capacity) {
  bool truncated = false;
  for (const bool ready : {true, false}) {
    for (Subset& subset : subsets) {
      std::vector<Value>& addresses = ready ? subset.ready : subset.notReady;
      truncated = truncated || addresses.size() > capacity;
      addresses.resize(std::min(addresses.size(), capacity));
      capacity -= addresses.size();
    }
  }
  return truncated;
}

Value subsetValue(Subset& subset) {
  ObjectBuilder value;
  std::sort(subset.ready.begin(), subset.ready.end(), addressLess);
  std::sort(subset.notReady.begin(), subset.notReady.end(), addressLess);
  return value.setIfAny(keys::addresses, Value::array(subset.ready))
      .setIfAny(fields::notReadyAddresses, Value::array(subset.notReady))
      .setIfAny(keys::ports, subset.ports)
      .build();
}

}  // namespace

EndpointsController::EndpointsController(const ControllerContext& context, ServicePods& servicePods)
    : context_(context),
      servicePods_(servicePods),
      services_(context.informer(r::services)),
      endpoints_(context.informer(r::endpoints)),
      recorder_(context.client, "endpoint-controller"),
      queue_(context.simulator, kWorkers, [this](const std::string& key, client::WorkQueue::Finish finish) {
        sync(key, std::move(finish));
      }) {
  servicePods_.onChange(
      [this](const std::string& key, const Value& pod, const Value& since) { podsChanged(key, pod, since); });
  endpoints_.onChange([this](const client::Change& change) {
    if (!change.after.isNull()) return;
    const std::string key = api::namespacedName(change.before);
    full_.erase(key);
    queue_.add(key);
  });
}

void EndpointsController::podsChanged(const std::string& key, const Value& pod, const Value& since) {
  const auto full = full_.find(key);
  if (full != full_.end()) {
    const std::vector<std::string>& named = full->second;
    const bool matters = pod.isNull() || servicePods_.count(key) <= kMaxCapacity ||
                         std::binary_search(named.begin(), named.end(), api::uid(pod), std::less<>());
    if (!matters) return;
    full_.erase(full);
  }
  triggerTimes_.note(key, since);
  queue_.add(key);
}

void EndpointsController::noteWritten(const std::string& key, const Value& subsets, bool truncated) {
  if (!truncated) return;
  std::vector<std::string> named;
  for (const Value& subset : subsets.items()) {
    for (const Value& address : subset[keys::addresses].items()) {
      named.push_back(address[fields::targetRef][keys::uid].toString());
    }
  }
  if (named.size() < kMaxCapacity) return;  // the next pod that becomes ready is to be named
  std::sort(named.begin(), named.end());
  full_[key] = std::move(named);
}

void EndpointsController::start() {
  queue_.start();
  services_.store().forEach([this](const Value& service) { queue_.add(api::namespacedName(service)); });
  // checkLeftoverEndpoints: of Services that went while nobody watched. Leader locks have no Service.
  endpoints_.store().forEach([this](const Value& endpoints) {
    if (!api::annotations(endpoints).has(kLeader)) queue_.add(api::namespacedName(endpoints));
  });
}

void EndpointsController::sync(const std::string& key, client::WorkQueue::Finish finish) {
  const NamespacedName at = splitKey(key);
  const Value& service = services_.store().find(at.ns, at.name);
  const Value& current = endpoints_.store().find(at.ns, at.name);
  if (service.isNull()) {
    triggerTimes_.take(key);
    full_.erase(key);
    if (current.isNull()) return finish(Result::Done);
    return context_.client.remove(r::endpoints, Value(at.ns), Value(at.name), Value(),
                                  [finish = std::move(finish)](client::Response response) mutable {
                                    const bool done = response.ok() || api::isNotFound(response.status());
                                    finish(done ? Result::Done : Result::Retry);
                                  });
  }
  if (isExternalName(service) || service.get(keys::spec, keys::selector).isNull())
    return finish(Result::Done);

  bool truncated = false;
  const Value subsets = subsetsOf(service, key, truncated);
  const Value labels =
      withHeadlessLabel(api::labels(service), service).with(kManagedBy, Value("endpoint-controller"));
  const Value& annotations = api::annotations(current);
  const bool same = !current.isNull() && current[keys::subsets].size() == subsets.size() &&
                    (subsets.empty() || current[keys::subsets] == subsets) &&
                    api::labels(current) == labels && annotations.has(kOverCapacity) == truncated;
  if (same) {
    noteWritten(key, subsets, truncated);
    return finish(Result::Done);
  }

  Value next =
      current.isNull()
          ? Value::object({{keys::apiVersion, "v1"},
                           {keys::kind, "Endpoints"},
                           {keys::metadata,
                            Value::object({{keys::name, Value(at.name)}, {keys::namespace_, Value(at.ns)}})}})
          : current;
  ObjectBuilder nextAnnotations(annotations);
  const Value since = triggerTimes_.take(key);
  if (since.isNull()) {
    nextAnnotations.remove(fields::lastChangeTriggerTime);
  } else {
    nextAnnotations.set(fields::lastChangeTriggerTime, since);
  }
  if (truncated) {
    nextAnnotations.set(kOverCapacity, "truncated");
  } else {
    nextAnnotations.remove(kOverCapacity);
  }
  ObjectBuilder metadata(api::meta(next));
  metadata.set(keys::labels, labels)
      .remove(keys::annotations)
      .setIfAny(keys::annotations, nextAnnotations.build());
  next = next.with(keys::metadata, metadata.build()).with(keys::subsets, subsets);
  const bool creating = current.isNull();
  auto done = [this, key, next, creating, finish = std::move(finish)](client::Response response) mutable {
    answered(key, next, creating, response, finish);
  };
  if (creating) return context_.client.create(r::endpoints, next, std::move(done));
  context_.client.update(r::endpoints, next, std::move(done));
}

Value EndpointsController::subsetsOf(const Value& service, const std::string& key, bool& truncated) const {
  const bool published = service.get(keys::spec, fields::publishNotReadyAddresses).asBool();
  const bool samePorts = !hasNamedTargetPorts(service);
  const bool withoutPorts = service.get(keys::spec, keys::ports).empty();
  if (withoutPorts && !isHeadless(service)) return Value::emptyArray();
  std::vector<Subset> subsets;
  servicePods_.forEach(key, [&](const Value& pod) {
    if (!shouldBeInEndpoints(pod, published)) return;
    std::size_t at = 0;
    if (!samePorts || subsets.empty()) {
      Value ports = endpointPorts(service, pod);
      if (ports.empty() && !withoutPorts) return;  // it has none of the named ports
      while (at < subsets.size() && !(subsets[at].ports == ports)) ++at;
      if (at == subsets.size()) subsets.push_back({std::move(ports), {}, {}});
    }
    const bool ready = published || api::isPodReady(pod);
    (ready ? subsets[at].ready : subsets[at].notReady).push_back(endpointAddress(pod, service));
  });
  truncated = truncate(subsets, kMaxCapacity);
  std::vector<Value> values;
  for (Subset& subset : subsets) {
    // An unnamed port has no name at all here, other than in an EndpointSlice.
    std::vector<Value> ports;
    for (const Value& port : subset.ports.items()) {
      ports.push_back(port[keys::name].asString().empty() ? port.without(keys::name) : port);
    }
    subset.ports = Value::array(ports);
    values.push_back(subsetValue(subset));
  }
  return Value::array(values);
}

void EndpointsController::answered(const std::string& key, const Value& about, bool creating,
                                   const client::Response& response, client::WorkQueue::Finish& finish) {
  if (response.ok()) return finish(Result::Done);
  const api::Status status = response.status();
  if (isNamespaceTerminating(status)) return finish(Result::Done);
  const std::string name = std::string(api::namespaceOf(about)) + "/" + std::string(api::name(about));
  if (creating) {
    recorder_.event(about, "Warning", "FailedToCreateEndpoint",
                    "Failed to create endpoint for service " + name + ": " + status.message);
  } else {
    recorder_.event(about, "Warning", "FailedToUpdateEndpoint",
                    "Failed to update endpoint " + name + ": " + status.message);
  }
  finish(queue_.failures(key) < kMaxRetries ? Result::Retry : Result::Done);
}

}  // namespace pilothouse::controller_manager
