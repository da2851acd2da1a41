#include "core/controller_manager/endpoint_slice_reconciler.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "core/api/object.hpp"
#include "core/controller_manager/fields.hpp"
#include "core/controller_manager/service_pods.hpp"

namespace pilothouse::controller_manager {
namespace {

const Key kAddressType = Key::intern("addressType");
const Key kManagedBy = Key::intern("endpointslice.kubernetes.io/managed-by");
const Key kReady = Key::intern("ready");
const Key kServiceName = Key::intern("kubernetes.io/service-name");
const Key kServing = Key::intern("serving");
const Key kTerminating = Key::intern("terminating");
const Key kZone = Key::intern("zone");

constexpr std::size_t kNameMax = 253;

// setEndpointSliceLabels: the Service's own, and the reserved ones.
Value sliceLabels(const Value& service) {
  return withHeadlessLabel(api::labels(service), service)
      .with(kServiceName, api::meta(service)[keys::name])
      .with(kManagedBy, Value(kEndpointSliceController));
}

Value newSlice(const Value& service, const Value& ports) {
  std::string prefix(api::name(service));
  if (prefix.size() < kNameMax) prefix += '-';
  const Value metadata = Value::object(
      {{keys::generateName, Value(prefix)},
       {keys::labels, sliceLabels(service)},
       {keys::namespace_, api::meta(service)[keys::namespace_]},
       {keys::ownerReferences, Value::array({api::controllerReference(service, api::resources::services)})}});
  return Value::object({{kAddressType, "IPv4"},
                        {keys::apiVersion, Value(api::resources::endpointSlices.apiVersion())},
                        {keys::endpoints, Value::emptyArray()},
                        {keys::kind, Value(api::resources::endpointSlices.kind)},
                        {keys::metadata, metadata},
                        {keys::ports, ports}});
}

// The desired pods that have no slice yet, in order, with look-up by uid.
class EndpointSet {
 public:
  EndpointSet(const Value& service, const std::vector<DesiredEndpoints::Pod>& pods)
      : service_(service), pods_(pods), taken_(pods.size(), false), left_(pods.size()) {
    places_.reserve(pods.size());
    for (std::size_t i = 0; i < pods.size(); ++i) places_.emplace(api::uid(pods[i].pod), i);
  }
  // The desired form of an endpoint, once; null when it is not desired.
  Value take(const Value& endpoint) {
    const auto at = places_.find(endpoint[fields::targetRef][keys::uid].asString());
    if (at == places_.end() || taken_[at->second]) return {};
    --left_;
    taken_[at->second] = true;
    return podToEndpoint(pods_[at->second], service_, endpoint);
  }
  Value takeAny() {
    while (taken_[next_]) ++next_;
    --left_;
    taken_[next_] = true;
    return podToEndpoint(pods_[next_], service_);
  }
  [[nodiscard]] std::size_t left() const { return left_; }

 private:
  const Value& service_;
  const std::vector<DesiredEndpoints::Pod>& pods_;
  std::vector<bool> taken_;
  std::unordered_map<std::string_view, std::size_t> places_;  // never iterated
  std::size_t left_;
  std::size_t next_ = 0;
};

struct Slice {
  Value object;
  std::vector<Value> endpoints;
  bool loaded = false;  ///< `endpoints` is filled in; otherwise they are the object's
  bool changed = false;

  [[nodiscard]] std::size_t size() const {
    return loaded ? endpoints.size() : object[keys::endpoints].size();
  }
  void load() {
    if (loaded) return;
    const auto items = object[keys::endpoints].items();
    endpoints.assign(items.begin(), items.end());
    loaded = true;
  }
};

Value withEndpoints(const Slice& slice) {
  return slice.object.with(keys::endpoints, Value::array(slice.endpoints));
}

void fill(Slice& slice, EndpointSet& set) {
  slice.load();
  while (set.left() > 0 && slice.endpoints.size() < kMaxEndpointsPerSlice) {
    slice.endpoints.push_back(set.takeAny());
    slice.changed = true;
  }
}

// getSliceToFill: the unchanged slice that would be closest to full.
Slice* sliceToFill(std::vector<Slice>& slices, std::size_t count) {
  std::size_t closest = kMaxEndpointsPerSlice;
  Slice* best = nullptr;
  for (Slice& slice : slices) {
    if (slice.changed || slice.size() + count > kMaxEndpointsPerSlice) continue;
    const std::size_t free = kMaxEndpointsPerSlice - slice.size() - count;
    if (free < closest) {
      closest = free;
      best = &slice;
    }
  }
  return best;
}

// The second half of reconcileByPortMapping: emptied slices go, what has no slice yet gets one.
void placeRest(const Value& service, const Value& ports, std::vector<Slice>& slices, EndpointSet& set,
               SliceChanges& changes) {
  std::vector<Slice*> fullestFirst;
  for (Slice& slice : slices) {
    if (!slice.changed) continue;
    if (slice.endpoints.empty()) {
      changes.remove.push_back(slice.object);
    } else {
      fullestFirst.push_back(&slice);
    }
  }
  std::stable_sort(fullestFirst.begin(), fullestFirst.end(),
                   [](const Slice* a, const Slice* b) { return a->endpoints.size() > b->endpoints.size(); });
  for (Slice* slice : fullestFirst) fill(*slice, set);
  while (set.left() > 0) {
    if (Slice* best = set.left() < kMaxEndpointsPerSlice ? sliceToFill(slices, set.left()) : nullptr) {
      fill(*best, set);
      continue;
    }
    Slice fresh{newSlice(service, ports), {}};
    fill(fresh, set);
    changes.create.push_back(withEndpoints(fresh));
  }
  for (const Slice& slice : slices) {
    if (slice.changed && !slice.endpoints.empty()) changes.update.push_back(withEndpoints(slice));
  }
}

// reconcileByPortMapping.
void reconcilePorts(const Value& service, const std::vector<Value>& existing, const DesiredEndpoints& desired,
                    SliceChanges& changes) {
  EndpointSet set(service, desired.pods);
  const Value labels = sliceLabels(service);
  std::vector<Slice> slices;
  for (const Value& object : existing) {
    Slice slice{object, {}, true};
    for (const Value& endpoint : object[keys::endpoints].items()) {
      Value wanted = set.take(endpoint);
      slice.changed = slice.changed || !wanted.sameAs(endpoint);
      if (!wanted.isNull()) slice.endpoints.push_back(std::move(wanted));
    }
    if (!(api::labels(object) == labels)) {
      slice.object = object.withPath({keys::metadata, keys::labels}, labels);
      slice.changed = true;
    }
    slices.push_back(std::move(slice));
  }
  placeRest(service, desired.ports, slices, set, changes);
}

bool isPlaceholder(const Value& slice, const Value& placeholder) {
  return slice[keys::endpoints].empty() && slice[keys::ports].empty() &&
         api::labels(slice) == api::labels(placeholder) &&
         api::controllerOf(slice)[keys::uid] == api::controllerOf(placeholder)[keys::uid];
}

// Without any endpoint there is still a slice, so that "no endpoints" can be told from "not looked yet".
void keepPlaceholder(const Value& service, const std::vector<Value>& existing, SliceChanges& changes) {
  if (existing.size() != changes.remove.size() || !changes.create.empty()) return;
  Value placeholder = newSlice(service, Value::emptyArray());
  if (changes.remove.size() == 1 && isPlaceholder(changes.remove.front(), placeholder)) {
    changes.remove.clear();
  } else {
    changes.create.push_back(std::move(placeholder));
  }
}

// Slices to create take the place of slices to delete.
void reuseRemoved(const Value& service, SliceChanges& changes) {
  for (std::size_t i = 0; i < changes.remove.size() && !changes.create.empty();) {
    const Value& old = changes.remove[i];
    if (!api::isControlledBy(old, api::uid(service)) || api::isBeingDeleted(old)) {
      ++i;
      continue;
    }
    const Value fresh = changes.create.back();
    changes.create.pop_back();
    changes.update.push_back(old.with(keys::endpoints, fresh[keys::endpoints])
                                 .with(keys::ports, fresh[keys::ports])
                                 .withPath({keys::metadata, keys::labels}, api::labels(fresh)));
    changes.remove.erase(changes.remove.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

}  // namespace

Value podToEndpoint(const DesiredEndpoints::Pod& desired, const Value& service, const Value& existing) {
  const Value& pod = desired.pod;
  const Value& ips = pod.get(keys::status, keys::podIPs);
  const bool serving = api::isPodReady(pod);
  const bool terminating = api::isBeingDeleted(pod);
  const bool ready =
      service.get(keys::spec, fields::publishNotReadyAddresses).asBool() || (serving && !terminating);
  const Value hostname = shouldSetHostname(pod, service) ? pod.get(keys::spec, fields::hostname) : Value();
  const Value& nodeName = pod.get(keys::spec, keys::nodeName);
  const std::size_t count = std::max<std::size_t>(1, ips.size());
  const auto address = [&](std::size_t i) -> const Value& {
    return ips.empty() ? pod.get(keys::status, keys::podIP) : ips.item(i)[fields::ip];
  };

  const Value& conditions = existing[keys::conditions];
  bool same = existing[keys::addresses].size() == count && conditions[kReady].asBool() == ready &&
              conditions[kServing].asBool() == serving && conditions[kTerminating].asBool() == terminating &&
              existing[fields::hostname] == hostname && existing[keys::nodeName] == nodeName &&
              existing[kZone] == desired.zone;
  for (std::size_t i = 0; i < count && same; ++i) same = existing[keys::addresses].item(i) == address(i);
  if (same) return existing;

  static const auto conditionsOf = [](bool isReady, bool serves, bool ends) {
    return Value::object({{kReady, isReady}, {kServing, serves}, {kTerminating, ends}});
  };
  static const Value usual = conditionsOf(true, true, false);  // one tree for nearly all
  std::vector<Value> addresses;
  for (std::size_t i = 0; i < count; ++i) addresses.push_back(address(i));
  ObjectBuilder endpoint;
  return endpoint.set(keys::addresses, Value::array(addresses))
      .set(keys::conditions,
           ready && serving && !terminating ? usual : conditionsOf(ready, serving, terminating))
      .setIfAny(fields::hostname, hostname)
      .setIfAny(keys::nodeName, nodeName)
      .set(fields::targetRef, podReference(pod))
      .setIfAny(kZone, desired.zone)
      .build();
}

SliceChanges reconcileSlices(const Value& service, const std::vector<Value>& existing,
                             const std::vector<DesiredEndpoints>& desired) {
  SliceChanges changes;
  std::vector<Value> unwanted;
  std::vector<std::vector<Value>> byPorts(desired.size());
  for (const Value& slice : existing) {
    const auto at = std::find_if(desired.begin(), desired.end(),
                                 [&](const DesiredEndpoints& d) { return d.ports == slice[keys::ports]; });
    if (at == desired.end() || !api::isControlledBy(slice, api::uid(service))) {
      unwanted.push_back(slice);
    } else {
      byPorts[static_cast<std::size_t>(at - desired.begin())].push_back(slice);
    }
  }
  for (std::size_t i = 0; i < desired.size(); ++i) {
    reconcilePorts(service, byPorts[i], desired[i], changes);
  }
  changes.remove.insert(changes.remove.end(), unwanted.begin(), unwanted.end());
  keepPlaceholder(service, existing, changes);
  reuseRemoved(service, changes);
  return changes;
}

SliceChanges reconcileSomePods(const Value& service, const std::vector<Value>& existing,
                               const std::vector<PodChange>& pods) {
  std::vector<Slice> slices;
  slices.reserve(existing.size());
  std::unordered_map<std::string_view, std::size_t> places;  // never iterated
  for (const Value& object : existing) {
    places.emplace(api::uid(object), slices.size());
    slices.push_back({object, {}});
  }
  std::vector<DesiredEndpoints::Pod> unplaced;
  for (const PodChange& change : pods) {
    const auto place = places.find(change.sliceUid.asString());
    if (place != places.end()) {
      Slice& slice = slices[place->second];
      slice.load();
      const auto at = std::find_if(
          slice.endpoints.begin(), slice.endpoints.end(),
          [&](const Value& endpoint) { return endpoint[fields::targetRef][keys::uid] == change.uid; });
      if (at != slice.endpoints.end()) {
        if (change.desired.pod.isNull()) {
          slice.endpoints.erase(at);
          slice.changed = true;
        } else {
          Value wanted = podToEndpoint(change.desired, service, *at);
          slice.changed = slice.changed || !wanted.sameAs(*at);
          *at = std::move(wanted);
        }
        continue;
      }
    }
    if (!change.desired.pod.isNull()) unplaced.push_back(change.desired);
  }
  SliceChanges changes;
  EndpointSet set(service, unplaced);
  placeRest(service, existing.front()[keys::ports], slices, set, changes);
  keepPlaceholder(service, existing, changes);
  reuseRemoved(service, changes);
  return changes;
}

}  // namespace pilothouse::controller_manager
