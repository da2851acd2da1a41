#include "core/scheduler/pod_counts.hpp"

#include <algorithm>
#include <cassert>

namespace pilothouse::scheduler {

bool PodSelector::matches(std::string_view ns, const Value& podLabels) const {
  const bool inside = allNamespaces || std::any_of(namespaces.begin(), namespaces.end(),
                                                   [ns](const Value& n) { return n.asString() == ns; });
  return inside && labels.matches(podLabels);
}

std::string PodSelector::identity() const {
  std::string text = terminatingToo ? "t" : "";
  if (allNamespaces) text += "*";
  for (const Value& ns : namespaces) text.append(ns.asString()).append(",");
  text += labels.matchesNothing() ? "!" : ":" + labels.toString();
  return text;
}

std::uint32_t PodCounts::labelSetOf(const Value& ns, const Value& labels) {
  const std::uint64_t hash = ns.hash() * 31 + labels.hash();
  const auto [first, last] = labelSetByHash_.equal_range(hash);
  for (auto it = first; it != last; ++it) {
    const LabelSet& set = labelSets_[it->second];
    if (set.ns == ns && set.labels == labels) return it->second;
  }
  std::uint32_t id = 0;
  if (freeLabelSets_.empty()) {
    id = static_cast<std::uint32_t>(labelSets_.size());
    labelSets_.emplace_back();
  } else {
    id = freeLabelSets_.back();
    freeLabelSets_.pop_back();
  }
  LabelSet& set = labelSets_[id];
  set = {ns, labels, hash, 0, kNone, {}};
  for (Group g = 0; g < groups_.size(); ++g) {
    if (groups_[g].stamp != 0 && groups_[g].selector.matches(ns.asString(), labels)) set.groups.push_back(g);
  }
  labelSetByHash_.emplace(hash, id);
  return id;
}

void PodCounts::add(std::uint32_t pod, const Value& ns, const Value& labels) {
  const std::uint32_t id = labelSetOf(ns, labels);
  LabelSet& set = labelSets_[id];
  Link& link = pods_.link(pod);
  link = {id, kNone, set.first};
  if (set.first != kNone) pods_.link(set.first).previous = pod;
  set.first = pod;
  ++set.pods;
  count(pod, 1, false);
}

void PodCounts::remove(std::uint32_t pod) {
  count(pod, -1, false);
  Link& link = pods_.link(pod);
  const std::uint32_t id = link.labelSet;
  LabelSet& set = labelSets_[id];
  if (link.previous == kNone) {
    set.first = link.next;
  } else {
    pods_.link(link.previous).next = link.next;
  }
  if (link.next != kNone) pods_.link(link.next).previous = link.previous;
  link = {};
  if (--set.pods > 0) return;
  const auto [first, last] = labelSetByHash_.equal_range(set.hash);
  labelSetByHash_.erase(std::find_if(first, last, [id](const auto& entry) { return entry.second == id; }));
  set = {};
  freeLabelSets_.push_back(id);
}

void PodCounts::terminating(std::uint32_t pod) { count(pod, -1, true); }

void PodCounts::change(Counted& group, std::uint32_t slot, int by) {
  if (group.counts.size() <= slot) group.counts.resize(slot + 1, 0);
  group.counts[slot] += static_cast<std::uint32_t>(by);
}

void PodCounts::count(std::uint32_t pod, int by, bool onlyWithoutTerminating) {
  const bool terminating = pods_.terminating(pod);
  for (const Group g : labelSets_[pods_.link(pod).labelSet].groups) {
    const bool all = groups_[g].selector.terminatingToo;
    if (onlyWithoutTerminating ? !all : all || !terminating) change(groups_[g], pods_.nodeSlot(pod), by);
  }
}

bool PodCounts::touch(Group group, std::uint64_t stamp) {
  if (stamp == 0 || group >= groups_.size() || groups_[group].stamp != stamp) return false;
  groups_[group].lastUsed = ++clock_;
  return true;
}

PodCounts::Group PodCounts::freeGroup() {
  if (groups_.size() < kGroupsMax) {
    groups_.emplace_back();
    return static_cast<Group>(groups_.size() - 1);
  }
  const auto oldest =
      std::min_element(groups_.begin(), groups_.end(),
                       [](const Counted& a, const Counted& b) { return a.lastUsed < b.lastUsed; });
  const auto id = static_cast<Group>(oldest - groups_.begin());
  for (LabelSet& set : labelSets_) std::erase(set.groups, id);
  groupByIdentity_.erase(oldest->identity);
  *oldest = {};
  return id;
}

PodCounts::Group PodCounts::group(const PodSelector& selector) {
  std::string identity = selector.identity();
  if (const auto found = groupByIdentity_.find(identity); found != groupByIdentity_.end()) {
    groups_[found->second].lastUsed = ++clock_;
    return found->second;
  }
  const Group id = freeGroup();
  Counted& group = groups_[id];
  group.selector = selector;
  group.lastUsed = group.stamp = ++clock_;
  for (LabelSet& set : labelSets_) {
    if (set.pods == 0 || !selector.matches(set.ns.asString(), set.labels)) continue;
    set.groups.push_back(id);
    for (std::uint32_t pod = set.first; pod != kNone; pod = pods_.link(pod).next) {
      if (selector.terminatingToo || !pods_.terminating(pod)) change(group, pods_.nodeSlot(pod), 1);
    }
  }
  groupByIdentity_.emplace(identity, id);
  group.identity = std::move(identity);
  return id;
}

}  // namespace pilothouse::scheduler
