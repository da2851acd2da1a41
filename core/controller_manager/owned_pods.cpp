#include "core/controller_manager/owned_pods.hpp"

#include "core/api/object.hpp"

namespace pilothouse::controller_manager {
namespace {

const OwnedPods::Tally kNone;

std::int64_t secondOf(std::string_view text) {
  const auto time = parseTimestamp(text);
  if (!time) return 0;
  return std::chrono::duration_cast<std::chrono::seconds>(time->time_since_epoch()).count();
}

}  // namespace

void appendOwnerUids(const Value& object, std::vector<Value>& out) {
  for (const Value& reference : api::meta(object)[keys::ownerReferences].items()) {
    out.push_back(reference[keys::uid]);
  }
}

void appendOrphanNamespace(const Value& object, std::vector<Value>& out) {
  if (api::controllerOf(object).isNull()) out.push_back(api::meta(object)[keys::namespace_]);
}

std::int64_t OwnedPods::Tally::available(std::int64_t minReadySeconds, SimTime now) const {
  if (minReadySeconds == 0) return ready;
  std::int64_t count = 0;
  for (const auto& [second, pods] : readyBySecond) {
    if (SimTime(std::chrono::seconds(second + minReadySeconds)) >= now) break;
    count += pods;
  }
  return count;
}

OwnedPods::OwnedPods(client::Informer& pods)
    : pods_(pods),
      byOwner_(pods.store().addIndex(appendOwnerUids)),
      orphansByNamespace_(pods.store().addIndex(appendOrphanNamespace)),
      byNode_(pods.store().addIndex([](const Value& pod, std::vector<Value>& out) {
        const Value& node = pod.get(keys::spec, keys::nodeName);
        if (!node.asString().empty()) out.push_back(node);
      })) {
  pods_.onChange([this](const client::Change& change) { changed(change); });
}

const OwnedPods::Tally& OwnedPods::tally(std::string_view controllerUid) const {
  const auto found = tallies_.find(controllerUid);
  return found == tallies_.end() ? kNone : found->second;
}

void OwnedPods::forEach(std::string_view controllerUid,
                        const std::function<void(const Value&)>& visit) const {
  pods_.store().forEachByIndex(byOwner_, controllerUid, [&](const Value& pod) {
    if (api::isControlledBy(pod, controllerUid)) visit(pod);
  });
}

void OwnedPods::forEachOrphan(std::string_view ns, const std::function<void(const Value&)>& visit) const {
  pods_.store().forEachByIndex(orphansByNamespace_, ns, visit);
}

bool OwnedPods::hasOrphans(std::string_view ns) const {
  return pods_.store().countByIndex(orphansByNamespace_, ns) > 0;
}

void OwnedPods::forEachOnNode(std::string_view node, const std::function<void(const Value&)>& visit) const {
  pods_.store().forEachByIndex(byNode_, node, visit);
}

std::size_t OwnedPods::countOnNode(std::string_view node) const {
  return pods_.store().countByIndex(byNode_, node);
}

void OwnedPods::changed(const client::Change& change) {
  if (!change.before.isNull()) count(change.before, -1);
  if (!change.after.isNull()) count(change.after, 1);
  const Value& before = api::controllerOf(change.before)[keys::uid];
  const Value& after = api::controllerOf(change.after)[keys::uid];
  settle(before.asString());
  if (!(before == after)) settle(after.asString());
}

void OwnedPods::settle(std::string_view controllerUid) {
  const auto found = tallies_.find(controllerUid);
  if (found == tallies_.end()) return;
  Tally& tally = found->second;
  if (tally.total == 0) {
    tallies_.erase(found);
  } else if (tally.otherLabels > 0 && tally.otherLabels == tally.active) {
    recountLabels(tally, controllerUid);
  }
}

void OwnedPods::count(const Value& pod, std::int64_t sign) {
  const Value& controller = api::controllerOf(pod);
  if (controller.isNull()) return;
  const Value& uid = controller[keys::uid];
  auto found = tallies_.find(uid.asString());
  if (found == tallies_.end()) found = tallies_.emplace(uid.toString(), Tally()).first;
  Tally& tally = found->second;
  tally.total += sign;
  const bool terminal = api::isPodTerminal(pod);
  if (!terminal) tally.unfinished += sign;
  if (!terminal && !api::isBeingDeleted(pod)) {
    if (tally.active == 0 && sign > 0) {
      tally.labels = api::labels(pod);
      tally.otherLabels = 0;
    }
    tally.active += sign;
    const Value& labels = api::labels(pod);
    if (!labels.sameAs(tally.labels) && !(labels == tally.labels)) tally.otherLabels += sign;
    const Value& condition = api::condition(pod, "Ready");
    if (condition[keys::status].asString() == "True") {
      tally.ready += sign;
      const std::int64_t second = secondOf(condition[keys::lastTransitionTime].asString());
      if ((tally.readyBySecond[second] += sign) == 0) tally.readyBySecond.erase(second);
    }
  }
}

// No pod has the labels that were usual any more (they were all changed): another set becomes usual.
void OwnedPods::recountLabels(Tally& tally, std::string_view controllerUid) {
  tally.labels = Value();
  tally.otherLabels = 0;
  bool first = true;
  forEach(controllerUid, [&](const Value& pod) {
    if (!api::isPodActive(pod)) return;
    if (first) tally.labels = api::labels(pod);
    first = false;
    if (!(api::labels(pod) == tally.labels)) ++tally.otherLabels;
  });
}

}  // namespace pilothouse::controller_manager
