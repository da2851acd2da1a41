#include "core/controller_manager/endpoint_slice_controller.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "core/controller_manager/controller_utils.hpp"
#include "core/controller_manager/fields.hpp"

namespace pilothouse::controller_manager {
namespace {

namespace r = api::resources;
using Result = client::WorkQueue::Result;

const Key kManagedBy = Key::intern("endpointslice.kubernetes.io/managed-by");
const Key kServiceName = Key::intern("kubernetes.io/service-name");
const Key kZoneLabel = Key::intern("topology.kubernetes.io/zone");

bool isOurs(const Value& slice) {
  return api::labels(slice)[kManagedBy].asString() == kEndpointSliceController;
}

std::string serviceKeyOf(const Value& slice) {
  return std::string(api::namespaceOf(slice)) + "/" + api::labels(slice)[kServiceName].toString();
}

Value withTriggerTime(const Value& slice, const Value& since) {
  const Value& annotations = api::annotations(slice);
  if (since.isNull()) {
    const Value without = annotations.without(fields::lastChangeTriggerTime);
    if (without.empty()) return slice.withoutPath({keys::metadata, keys::annotations});
    return slice.withPath({keys::metadata, keys::annotations}, without);
  }
  return slice.withPath({keys::metadata, keys::annotations},
                        annotations.with(fields::lastChangeTriggerTime, since));
}

}  // namespace

EndpointSliceController::EndpointSliceController(const ControllerContext& context, ServicePods& servicePods)
    : context_(context),
      servicePods_(servicePods),
      services_(context.informer(r::services)),
      slices_(context.informer(r::endpointSlices)),
      nodes_(context.informer(r::nodes)),
      recorder_(context.client, "endpoint-slice-controller"),
      queue_(
          context.simulator, kWorkers,
          [this](const std::string& key, client::WorkQueue::Finish finish) { sync(key, std::move(finish)); }),
      byService_(slices_.store().addIndex([](const Value& slice, std::vector<Value>& out) {
        const Value& name = api::labels(slice)[kServiceName];
        if (name.isString()) out.push_back(name);
      })) {
  servicePods_.onChange(
      [this](const std::string& key, const Value& pod, const Value& since) { podsChanged(key, pod, since); });
  slices_.onChange([this](const client::Change& change) { sliceChanged(change); });
}

void EndpointSliceController::start() {
  queue_.start();
  services_.store().forEach([this](const Value& service) { queue_.add(api::namespacedName(service)); });
}

void EndpointSliceController::podsChanged(const std::string& key, const Value& pod, const Value& since) {
  const auto placement = placements_.find(key);
  if (placement != placements_.end()) {
    if (pod.isNull()) {
      placement->second.broken = true;
    } else {
      placement->second.changed.push_back(pod);
    }
  }
  triggerTimes_.note(key, since);
  queue_.add(key);
}

// Someone else's change of a slice brings a sync; our own does not.
void EndpointSliceController::sliceChanged(const client::Change& change) {
  const Value& slice = change.after.isNull() ? change.before : change.after;
  if (!change.before.isNull() && !change.after.isNull() &&
      serviceKeyOf(change.before) != serviceKeyOf(change.after) && isOurs(change.before)) {
    queue_.add(serviceKeyOf(change.before));
  }
  if (!isOurs(slice)) return;
  const std::string key = serviceKeyOf(slice);
  const auto written = written_.find(key);
  bool expected = false;
  if (written != written_.end()) {
    const auto version = written->second.find(api::uid(slice));
    const bool known = version != written->second.end();
    if (change.after.isNull()) {
      expected = known && version->second == 0;
      if (known) written->second.erase(version);
    } else {
      expected = known && api::resourceVersion(slice) <= version->second;
    }
  }
  if (expected) return;
  if (const auto placement = placements_.find(key); placement != placements_.end()) {
    const std::uint64_t version = change.after.isNull() ? 0 : api::resourceVersion(slice);
    placement->second.suspects.emplace_back(api::uid(slice), version);
  }
  queue_.add(key);
}

std::vector<Value> EndpointSliceController::slicesOf(const Value& service) const {
  std::vector<Value> slices;
  slices_.store().forEachByIndex(byService_, api::name(service), [&](const Value& slice) {
    const bool inNamespace = api::namespaceOf(slice) == api::namespaceOf(service);
    if (inNamespace && isOurs(slice) && !api::isBeingDeleted(slice)) slices.push_back(slice);
  });
  return slices;
}

// EndpointSliceTracker.StaleSlices: the cache lags behind our own writes.
bool EndpointSliceController::isStale(const std::string& key, const std::vector<Value>& slices) const {
  const auto found = written_.find(key);
  if (found == written_.end()) return false;
  std::vector<std::pair<std::string_view, std::uint64_t>> versions;
  versions.reserve(slices.size());
  for (const Value& slice : slices) versions.emplace_back(api::uid(slice), api::resourceVersion(slice));
  std::sort(versions.begin(), versions.end());
  for (const auto& [uid, version] : found->second) {
    const auto at = std::lower_bound(versions.begin(), versions.end(),
                                     std::pair<std::string_view, std::uint64_t>(uid, 0));
    const bool there = at != versions.end() && at->first == uid;
    if (there ? version == 0 || at->second < version : version > 0) return true;
  }
  return false;
}

void EndpointSliceController::sync(const std::string& key, client::WorkQueue::Finish finish) {
  const NamespacedName at = splitKey(key);
  const Value& service = services_.store().find(at.ns, at.name);
  if (service.isNull() || isExternalName(service) || service.get(keys::spec, keys::selector).isNull()) {
    // The garbage collector takes the slices of a Service that is gone.
    triggerTimes_.take(key);
    written_.erase(key);
    failures_.erase(key);
    placements_.erase(key);
    return finish(Result::Done);
  }
  const std::vector<Value> slices = slicesOf(service);
  auto sync = std::make_shared<Sync>();
  sync->key = key;
  sync->finish = std::move(finish);
  sync->service = service;
  if (isStale(key, slices)) return retry(*sync);
  sync->since = triggerTimes_.take(key);
  if (!reconcileChanged(*sync, slices)) reconcileAll(*sync, slices);
  if (api::isBeingDeleted(service)) sync->changes.create.clear();
  writeNext(sync);
}

// Of a large Service only the pods that have changed, when all else is known to be right.
bool EndpointSliceController::reconcileChanged(Sync& sync, const std::vector<Value>& slices) {
  const auto found = placements_.find(sync.key);
  if (found == placements_.end()) return false;
  Placement& placement = found->second;
  const std::vector<Value> changed = std::exchange(placement.changed, {});
  const bool trusted = isTrusted(sync.key, placement);
  // Until all is written: a failure leaves it so, and the next sync looks at everything.
  placement.valid = placement.broken = false;
  placement.suspects.clear();
  if (!trusted) return false;
  if (!placement.service.sameAs(sync.service) || slices.empty() || hasNamedTargetPorts(sync.service))
    return false;
  const Value ports = endpointPorts(sync.service, Value());
  for (const Value& slice : slices) {
    if (!(slice[keys::ports] == ports)) return false;
  }
  std::vector<PodChange> changes;
  std::unordered_set<std::string_view> seen;
  for (const Value& pod : changed) {
    if (!seen.insert(api::uid(pod)).second) continue;
    PodChange change{api::meta(pod)[keys::uid], {}, {}};
    const Value& live = servicePods_.find(sync.key, api::name(pod));
    if (api::uid(live) == api::uid(pod) && !desire(sync.service, live, change.desired)) return false;
    if (const auto at = placement.sliceOf.find(change.uid); at != placement.sliceOf.end()) {
      change.sliceUid = at->second;
      if (change.desired.pod.isNull()) placement.sliceOf.erase(at);
    }
    changes.push_back(std::move(change));
  }
  sync.changes = reconcileSomePods(sync.service, slices, changes);
  return true;
}

bool EndpointSliceController::isTrusted(const std::string& key, const Placement& placement) const {
  if (!placement.valid || placement.broken) return false;
  const auto written = written_.find(key);
  return std::all_of(placement.suspects.begin(), placement.suspects.end(), [&](const auto& suspect) {
    if (written == written_.end() || suspect.second == 0) return false;
    const auto version = written->second.find(suspect.first);
    return version != written->second.end() && suspect.second <= version->second;
  });
}

void EndpointSliceController::reconcileAll(Sync& sync, const std::vector<Value>& slices) {
  std::vector<DesiredEndpoints> desired;
  sync.incomplete = !collect(sync.service, sync.key, desired);
  sync.changes = reconcileSlices(sync.service, slices, desired);
  if (servicePods_.count(sync.key) <= kMaxEndpointsPerSlice) {
    placements_.erase(sync.key);
    return;
  }
  Placement& placement = placements_[sync.key];
  placement = Placement();
  placement.service = sync.service;
  for (const Value& slice : slices) notePlaces(placement, slice);
}

void EndpointSliceController::notePlaces(Placement& placement, const Value& slice) {
  const Value& uid = api::meta(slice)[keys::uid];
  for (const Value& endpoint : slice[keys::endpoints].items()) {
    placement.sliceOf[endpoint[fields::targetRef][keys::uid]] = uid;
  }
}

// False when the pod's node is not in the cache, so that its zone cannot be known.
bool EndpointSliceController::desire(const Value& service, const Value& pod,
                                     DesiredEndpoints::Pod& desired) const {
  const Value& node = nodes_.store().find("", pod.get(keys::spec, keys::nodeName).asString());
  if (node.isNull() && !service.get(keys::spec, fields::publishNotReadyAddresses).asBool()) return false;
  desired = {pod, api::labels(node)[kZoneLabel]};
  return true;
}

// The endpoints that the Service's pods make. False when some pod is left out for now.
bool EndpointSliceController::collect(const Value& service, const std::string& key,
                                      std::vector<DesiredEndpoints>& desired) const {
  bool complete = true;
  const bool samePorts = !hasNamedTargetPorts(service);
  servicePods_.forEach(key, [&](const Value& pod) {
    DesiredEndpoints::Pod endpoint;
    if (!desire(service, pod, endpoint)) {
      complete = false;
      return;
    }
    std::size_t group = 0;
    if (!samePorts || desired.empty()) {
      Value ports = endpointPorts(service, pod);
      while (group < desired.size() && !(desired[group].ports == ports)) ++group;
      if (group == desired.size()) desired.push_back({std::move(ports), {}});
    }
    desired[group].pods.push_back(std::move(endpoint));
  });
  return complete;
}

// finalize: one write after the other; creations, then updates, then deletions.
void EndpointSliceController::writeNext(const std::shared_ptr<Sync>& sync) {
  const auto take = [](std::vector<Value>& from) {
    Value first = std::move(from.front());
    from.erase(from.begin());
    return first;
  };
  SliceChanges& changes = sync->changes;
  if (!changes.create.empty()) {
    return context_.client.create(r::endpointSlices, withTriggerTime(take(changes.create), sync->since),
                                  [this, sync](client::Response response) { written(sync, response, {}); });
  }
  if (!changes.update.empty()) {
    return context_.client.update(r::endpointSlices, withTriggerTime(take(changes.update), sync->since),
                                  [this, sync](client::Response response) { written(sync, response, {}); });
  }
  if (!changes.remove.empty()) {
    const Value slice = take(changes.remove);
    const Value& metadata = api::meta(slice);
    return context_.client.remove(
        r::endpointSlices, metadata[keys::namespace_], metadata[keys::name], Value(),
        [this, sync, slice](client::Response response) { written(sync, response, slice); });
  }
  if (sync->incomplete) return retry(*sync);
  failures_.erase(sync->key);
  const auto placement = placements_.find(sync->key);
  if (placement != placements_.end()) placement->second.valid = true;
  sync->finish(Result::Done);
}

void EndpointSliceController::written(const std::shared_ptr<Sync>& sync, const client::Response& response,
                                      const Value& removed) {
  if (!response.ok()) {
    const api::Status status = response.status();
    if (isNamespaceTerminating(status)) return sync->finish(Result::Done);
    if (removed.isNull() || !api::isNotFound(status)) {
      const std::string service =
          std::string(api::namespaceOf(sync->service)) + "/" + std::string(api::name(sync->service));
      recorder_.event(sync->service, "Warning", "FailedToUpdateEndpointSlices",
                      "Error updating Endpoint Slices for Service " + service + ": " + status.message);
      return retry(*sync);
    }
  }
  if (removed.isNull()) {
    written_[sync->key][std::string(api::uid(response.body))] = api::resourceVersion(response.body);
    const auto placement = placements_.find(sync->key);
    if (placement != placements_.end()) notePlaces(placement->second, response.body);
  } else if (response.ok() && !slices_.store().find(api::namespaceOf(removed), api::name(removed)).isNull()) {
    written_[sync->key][std::string(api::uid(removed))] = 0;
  }
  writeNext(sync);
}

// Its queue backs off by whole seconds: 1 s doubled up to 1000 s.
void EndpointSliceController::retry(Sync& sync) {
  const int failed = failures_[sync.key]++;
  if (failed < kMaxRetries) {
    queue_.addAfter(sync.key, std::min(kMaxSyncBackOff, kSyncBackOff * (1 << std::min(failed, 10))));
  } else {
    failures_.erase(sync.key);
  }
  sync.finish(Result::Done);
}

}  // namespace pilothouse::controller_manager
