#include "web/cluster_view.hpp"

#include <algorithm>

#include "core/api/object.hpp"

namespace pilothouse::web {

namespace {

const Key kAddresses = Key::intern("addresses");
const Key kConditions = Key::intern("conditions");
const Key kReady = Key::intern("ready");
const Key kState = Key::intern("state");
const Key kUnschedulable = Key::intern("unschedulable");
const Key kWaiting = Key::intern("waiting");
const Key kApp = Key::intern("app");
const Key kAppName = Key::intern("app.kubernetes.io/name");
const Key kServiceName = Key::intern("kubernetes.io/service-name");
const Key kControlPlaneLabel = Key::intern("node-role.kubernetes.io/control-plane");
constexpr std::size_t kAppsMax = 4096;

std::string keyOf(const Value& object) {
  std::string key = api::meta(object)[keys::namespace_].toString();
  key += '/';
  key += api::name(object);
  return key;
}

/// Waiting for a reason that does not pass by itself.
bool waitsInError(const Value& pod) {
  for (const Value& status : pod.get(keys::status, keys::containerStatuses).items()) {
    const std::string_view reason = status.get(kState, kWaiting)[keys::reason].asString();
    if (reason.empty() || reason == "ContainerCreating" || reason == "PodInitializing") continue;
    return true;
  }
  return false;
}

}  // namespace

PodState podState(const Value& pod) {
  if (api::isBeingDeleted(pod)) return PodState::Terminating;
  const std::string_view phase = pod.get(keys::status, keys::phase).asString();
  if (phase == "Failed") return PodState::Failed;
  if (phase == "Succeeded") return PodState::Succeeded;
  if (waitsInError(pod)) return PodState::Failed;
  if (phase == "Running") return api::isPodReady(pod) ? PodState::Ready : PodState::NotReady;
  const bool assigned = !pod.get(keys::spec, keys::nodeName).asString().empty();
  return assigned ? PodState::Starting : PodState::Pending;
}

ClusterView::ClusterView(cluster::Cluster& cluster) : cluster_(cluster) {
  const auto none = Value();
  for (const api::Resource* resource :
       {&api::resources::nodes, &api::resources::pods, &api::resources::services,
        &api::resources::endpointSlices, &api::resources::events}) {
    cluster_.forEach(*resource, "", [&](const Value& object) {
      changed(*resource, none, object);
      return true;
    });
  }
  stop_ = cluster_.onChange([this](const api::Resource& resource, const Value& before, const Value& after) {
    changed(resource, before, after);
  });
}

ClusterView::~ClusterView() {
  if (stop_) stop_();
}

std::size_t ClusterView::readyPods() const { return ready_; }

const PodView* ClusterView::pod(std::string_view ns, std::string_view name) const {
  std::string key(ns);
  key += '/';
  key += name;
  const auto found = pods_.find(key);
  return found == pods_.end() ? nullptr : &found->second;
}

const NodeView* ClusterView::node(std::string_view name) const {
  const auto found = nodeByName_.find(std::string(name));
  return found == nodeByName_.end() ? nullptr : found->second;
}

void ClusterView::changed(const api::Resource& resource, const Value& before, const Value& after) {
  if (&resource == &api::resources::pods) {
    podChanged(before, after);
  } else if (&resource == &api::resources::nodes) {
    nodeChanged(before, after);
  } else if (&resource == &api::resources::services) {
    serviceChanged(before, after);
  } else if (&resource == &api::resources::endpointSlices) {
    sliceChanged(before, after);
  } else if (&resource == &api::resources::events) {
    eventChanged(before, after);
  } else {
    return;
  }
  ++version_;
}

void ClusterView::podChanged(const Value& before, const Value& after) {
  if (after.isNull()) {
    const auto found = pods_.find(keyOf(before));
    if (found == pods_.end()) return;
    unplace(found->second);
    pods_.erase(found);
    return;
  }
  auto [at, fresh] = pods_.try_emplace(keyOf(after));
  PodView& view = at->second;
  if (fresh) {
    view.ns = api::meta(after)[keys::namespace_];
    view.name = api::meta(after)[keys::name];
    view.app = appOf(after);
  } else {
    unplace(view);
  }
  view.state = podState(after);
  const Value& nodeName = after.get(keys::spec, keys::nodeName);
  place(view, nodeName.asString().empty() ? nullptr : &nodeNamed(nodeName.asString()));
}

void ClusterView::place(PodView& pod, NodeView* node) {
  std::vector<PodView*>& list = node != nullptr ? node->pods : unscheduled_;
  pod.node = node;
  // An update puts the pod back where it was, so that it does not jump about in the picture.
  const std::size_t wanted = std::min<std::size_t>(pod.slot, list.size());
  pod.slot = static_cast<std::uint32_t>(list.size());
  list.push_back(&pod);
  if (wanted + 1 < list.size() && list[wanted]->slot == wanted) {
    std::swap(list[wanted], list.back());
    list[wanted]->slot = static_cast<std::uint32_t>(wanted);
    list.back()->slot = static_cast<std::uint32_t>(list.size() - 1);
  }
  if (node != nullptr) ++node->counts[static_cast<std::size_t>(pod.state)];
  if (pod.state == PodState::Ready) ++ready_;
}

void ClusterView::unplace(PodView& pod) {
  std::vector<PodView*>& list = pod.node != nullptr ? pod.node->pods : unscheduled_;
  list[pod.slot] = list.back();
  list[pod.slot]->slot = pod.slot;
  list.pop_back();
  if (pod.node != nullptr) --pod.node->counts[static_cast<std::size_t>(pod.state)];
  if (pod.state == PodState::Ready) --ready_;
}

std::uint32_t ClusterView::appOf(const Value& pod) {
  const Value& labels = api::labels(pod);
  std::string name = labels[kAppName].toString();
  if (name.empty()) name = labels[kApp].toString();
  if (name.empty()) name = api::controllerOf(pod)[keys::name].toString();
  if (name.empty()) name = api::name(pod);
  const auto found = appIndex_.find(name);
  if (found != appIndex_.end()) return found->second;
  if (apps_.size() >= kAppsMax) return 0;
  const auto index = static_cast<std::uint32_t>(apps_.size());
  appIndex_.emplace(name, index);
  apps_.push_back(std::move(name));
  return index;
}

NodeView& ClusterView::nodeNamed(std::string_view name) {
  const auto [at, fresh] = nodeByName_.try_emplace(std::string(name));
  if (fresh) {
    nodes_.push_back(std::make_unique<NodeView>());
    nodes_.back()->name = name;
    at->second = nodes_.back().get();
    ++structure_;
  }
  return *at->second;
}

void ClusterView::nodeChanged(const Value& before, const Value& after) {
  NodeView& view = nodeNamed(api::name(after.isNull() ? before : after));
  const bool exists = !after.isNull();
  if (view.exists != exists) ++structure_;
  view.exists = exists;
  view.ready = exists && api::conditionIs(after, "Ready", "True");
  view.unschedulable = exists && after[keys::spec][kUnschedulable].asBool();
  const bool controlPlane = exists && api::labels(after).has(kControlPlaneLabel);
  if (view.controlPlane != controlPlane) ++structure_;
  view.controlPlane = controlPlane;
}

void ClusterView::serviceChanged(const Value& before, const Value& after) {
  if (after.isNull()) {
    services_.erase(keyOf(before));
    ++structure_;
    return;
  }
  const auto [at, fresh] = services_.try_emplace(keyOf(after));
  at->second.object = after;
  if (!fresh) return;
  ++structure_;
  // Slices that were there before their Service are counted now.
  for (const auto& [key, slice] : slices_) {
    if (slice.service != at->first) continue;
    at->second.ready += slice.ready;
    at->second.notReady += slice.notReady;
  }
}

void ClusterView::sliceChanged(const Value& before, const Value& after) {
  const Value& slice = after.isNull() ? before : after;
  SliceView next;
  next.service =
      api::meta(slice)[keys::namespace_].toString() + '/' + api::labels(slice)[kServiceName].toString();
  for (const Value& endpoint : after[keys::endpoints].items()) {
    const bool ready = endpoint[kConditions][kReady].asBool(true);
    (ready ? next.ready : next.notReady) += endpoint[kAddresses].size();
  }
  const std::string key = keyOf(slice);
  SliceView& last = slices_[key];
  const auto from = services_.find(last.service);
  if (from != services_.end()) {
    from->second.ready -= last.ready;
    from->second.notReady -= last.notReady;
  }
  const auto to = services_.find(next.service);
  if (to != services_.end()) {
    to->second.ready += next.ready;
    to->second.notReady += next.notReady;
  }
  if (after.isNull()) {
    slices_.erase(key);
  } else {
    last = std::move(next);
  }
}

void ClusterView::eventChanged(const Value& before, const Value& after) {
  if (!before.isNull()) {
    const std::string_view uid = api::uid(before);
    const auto same = std::find_if(events_.rbegin(), events_.rend(),
                                   [&](const Value& event) { return api::uid(event) == uid; });
    if (same != events_.rend()) events_.erase(std::next(same).base());
  }
  if (after.isNull()) return;
  events_.push_back(after);
  if (events_.size() > kEventsMax) events_.pop_front();
}

}  // namespace pilothouse::web
