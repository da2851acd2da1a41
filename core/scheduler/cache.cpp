#include "core/scheduler/cache.hpp"

#include <algorithm>

#include "core/api/object.hpp"

namespace pilothouse::scheduler {
namespace {

const Key kRegion = Key::intern("topology.kubernetes.io/region");
const Key kZone = Key::intern("topology.kubernetes.io/zone");

// component-helpers' GetZoneKey.
std::string zoneOf(const Value& nodeLabels) {
  const std::string_view region = nodeLabels[kRegion].asString();
  const std::string_view zone = nodeLabels[kZone].asString();
  if (region.empty() && zone.empty()) return {};
  return std::string(region).append(":").append(1, '\0').append(":").append(zone);
}

}  // namespace

Cache::Cache() : counts_(*this) {}
Cache::~Cache() = default;

NodeInfo& Cache::nodeOf(const Value& name) {
  const auto found = slotByName_.find(name.asString());
  if (found != slotByName_.end()) return *slots_[found->second];
  std::uint32_t slot = 0;
  if (freeSlots_.empty()) {
    slot = static_cast<std::uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    slot = freeSlots_.back();
    freeSlots_.pop_back();
  }
  slots_[slot] = std::make_unique<NodeInfo>();
  slots_[slot]->slot = slot;
  slots_[slot]->name = name;
  slotByName_.emplace(name.toString(), slot);
  return *slots_[slot];
}

void Cache::freeSlot(NodeInfo& node) {
  slotByName_.erase(slotByName_.find(node.text()));
  freeSlots_.push_back(node.slot);
  slots_[node.slot].reset();
}

NodeInfo* Cache::findNode(std::string_view name) const {
  const auto found = slotByName_.find(name);
  if (found == slotByName_.end()) return nullptr;
  NodeInfo* node = slots_[found->second].get();
  return node->node.isNull() ? nullptr : node;
}

void Cache::countImages(const NodeInfo& node, std::int64_t by) {
  for (const auto& image : node.images) imageNodes_[image.first.id()] += by;
}

std::int64_t Cache::nodesWithImage(Key image) const {
  const auto found = imageNodes_.find(image.id());
  return found == imageNodes_.end() ? 0 : found->second;
}

NodeInfo& Cache::setNode(const Value& object) {
  NodeInfo& node = nodeOf(api::meta(object)[keys::name]);
  const bool isNew = node.node.isNull();
  const std::string before = isNew ? std::string() : zoneOf(node.labels());
  const std::string zone = zoneOf(api::labels(object));
  const bool labelsChanged = isNew || !node.labels().sameAs(api::labels(object));
  countImages(node, -1);
  node.setNode(object);
  countImages(node, 1);
  if (labelsChanged) topology_.nodeChanged(node);
  if (!isNew && before == zone) return node;
  if (!isNew) {
    for (auto& [name, nodes] : zones_) {
      if (name == before) std::erase(nodes, &node);
    }
  }
  const auto at =
      std::find_if(zones_.begin(), zones_.end(), [&zone](const auto& z) { return z.first == zone; });
  if (at == zones_.end()) {
    zones_.push_back({zone, {&node}});
  } else {
    at->second.push_back(&node);
  }
  orderIsOld_ = true;
  return node;
}

void Cache::removeNode(const Value& object) {
  NodeInfo* node = findNode(api::name(object));
  if (node == nullptr) return;
  for (auto& zone : zones_) std::erase(zone.second, node);
  std::erase_if(zones_, [](const auto& zone) { return zone.second.empty(); });
  orderIsOld_ = true;
  countImages(*node, -1);
  topology_.nodeRemoved(node->slot);
  if (node->pods.empty()) {
    freeSlot(*node);
    return;
  }
  // Its pods are still to be deleted; until then they keep what they took.
  node->node = Value();
  node->images.clear();
}

const std::vector<NodeInfo*>& Cache::nodes() {
  if (!orderIsOld_) return order_;
  orderIsOld_ = false;
  order_.clear();
  bool more = true;
  for (std::size_t i = 0; more; ++i) {
    more = false;
    for (const auto& zone : zones_) {
      if (i >= zone.second.size()) continue;
      order_.push_back(zone.second[i]);
      more = true;
    }
  }
  return order_;
}

void Cache::place(const Value& pod, const PodRequirementsPtr& needs, NodeInfo& node, bool assumed) {
  Pod entry;
  entry.pod = pod;
  entry.needs = needs;
  entry.slot = node.slot;
  entry.place = static_cast<std::uint32_t>(node.pods.size());
  entry.assumed = assumed;
  entry.terminating = api::isBeingDeleted(pod);
  const std::uint32_t number = pods_.add(std::move(entry));
  node.pods.push_back(number);
  node.addRequests(*needs);
  const Value& ns = api::meta(pod)[keys::namespace_];
  counts_.add(number, ns, api::labels(pod));
  carriers_.add(*needs, ns, node.slot);
}

void Cache::take(std::uint32_t number) {
  Pod& entry = pods_[number];
  NodeInfo& node = *slots_[entry.slot];
  counts_.remove(number);
  carriers_.remove(*entry.needs, api::meta(entry.pod)[keys::namespace_], node.slot);
  node.removeRequests(*entry.needs);
  const std::uint32_t last = node.pods.back();
  node.pods[entry.place] = last;
  pods_[last].place = entry.place;
  node.pods.pop_back();
  pods_.erase(number);
  if (node.pods.empty() && node.node.isNull()) freeSlot(node);
}

void Cache::assume(const Value& pod, const PodRequirementsPtr& needs, const Value& nodeName) {
  if (pods_.find(api::uid(pod)) == PodTable<Pod>::kNone) place(pod, needs, nodeOf(nodeName), true);
}

void Cache::forget(const Value& pod) {
  const std::uint32_t number = pods_.find(api::uid(pod));
  if (number != PodTable<Pod>::kNone && pods_[number].assumed) take(number);
}

bool Cache::isAssumed(const Value& pod) const {
  const std::uint32_t number = pods_.find(api::uid(pod));
  return number != PodTable<Pod>::kNone && pods_[number].assumed;
}

bool Cache::knows(const Value& pod) const { return pods_.find(api::uid(pod)) != PodTable<Pod>::kNone; }

void Cache::setPod(const Value& pod) {
  const Value& spec = pod[keys::spec];
  const std::uint32_t number = pods_.find(api::uid(pod));
  if (number == PodTable<Pod>::kNone) {
    place(pod, requirements_.get(spec), nodeOf(spec[keys::nodeName]), false);
    return;
  }
  Pod& entry = pods_[number];
  const bool sameSpec = entry.pod[keys::spec].sameAs(spec);
  const bool sameNode = sameSpec || slots_[entry.slot]->text() == spec[keys::nodeName].asString();
  const PodRequirementsPtr needs = sameSpec ? entry.needs : requirements_.get(spec);
  if (!sameNode || needs != entry.needs || !(api::labels(entry.pod) == api::labels(pod))) {
    take(number);
    place(pod, needs, nodeOf(spec[keys::nodeName]), false);
    return;
  }
  entry.assumed = false;
  entry.pod = pod;
  if (api::isBeingDeleted(pod) && !entry.terminating) {
    entry.terminating = true;
    counts_.terminating(number);
  }
}

void Cache::removePod(const Value& pod) {
  const std::uint32_t number = pods_.find(api::uid(pod));
  if (number != PodTable<Pod>::kNone) take(number);
}

}  // namespace pilothouse::scheduler
