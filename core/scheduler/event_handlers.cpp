#include "core/api/object.hpp"
#include "core/scheduler/process.hpp"

namespace pilothouse::scheduler {
namespace {

const Key kSchedulerName = Key::intern("schedulerName");

bool assigned(const Value& pod) { return !pod[keys::spec][keys::nodeName].asString().empty(); }

bool responsibleFor(const Value& pod) {
  const std::string_view name = pod[keys::spec][kSchedulerName].asString();
  return name.empty() || name == Process::kName;
}

}  // namespace

void Process::tellQueue(std::uint32_t types, const Value& before, const Value& after) {
  if (types == 0 || !queue_.listens(types)) return;
  ClusterEvent event{types, before, after, nullptr};
  if ((types & event_type::kNode) != 0) {
    auto node = std::make_shared<NodeInfo>();
    node->setNode(after);
    event.node = std::move(node);
  }
  queue_.moveAll(event);
}

void Process::onPod(const client::Change& change) {
  // A pod that has ended holds nothing any more (upstream's informer leaves out Succeeded and Failed).
  const bool gone = change.after.isNull() || api::isPodTerminal(change.after);
  if (gone) {
    if (!change.before.isNull() && !api::isPodTerminal(change.before)) podGone(change.before);
  } else if (assigned(change.after)) {
    assignedPodChanged(change.before, change.after);
  } else if (responsibleFor(change.after)) {
    pendingPodChanged(change.before, change.after);
  }
}

void Process::podGone(const Value& pod) {
  queue_.remove(pod);
  if (!cache_.knows(pod)) return;
  cache_.removePod(pod);
  tellQueue(event_type::kAssignedPodDelete, pod, {});
}

void Process::assignedPodChanged(const Value& before, const Value& after) {
  const bool sameLife = !before.isNull() && api::uid(before) == api::uid(after);
  if (!before.isNull() && !sameLife) podGone(before);
  if (!sameLife || !assigned(before)) {
    queue_.remove(after);
    cache_.setPod(after);
    tellQueue(event_type::kAssignedPodAdd, {}, after);
    return;
  }
  cache_.setPod(after);
  if (!(api::labels(before) == api::labels(after))) {
    tellQueue(event_type::kAssignedPodLabel, before, after);
  }
}

void Process::pendingPodChanged(const Value& before, const Value& after) {
  const bool sameLife = !before.isNull() && api::uid(before) == api::uid(after);
  if (!before.isNull() && !sameLife) podGone(before);
  if (cache_.isAssumed(after)) return;
  PodRequirementsPtr needs = cache_.requirements().get(after[keys::spec]);
  if (sameLife) {
    queue_.update(after, std::move(needs));
  } else {
    queue_.add(after, std::move(needs));
  }
}

void Process::onNode(const client::Change& change) {
  if (change.after.isNull()) {
    cache_.removeNode(change.before);
    tellQueue(event_type::kNodeDelete, change.before, {});
    return;
  }
  cache_.setNode(change.after);
  const std::uint32_t types =
      change.before.isNull() ? event_type::kNodeAdd : nodeChanges(change.before, change.after);
  tellQueue(types, change.before, change.after);
}

// Services and ReplicaSets: what they select is what the system's default constraints spread.
void Process::onSelecting(const client::Change& change) {
  const Value& before = change.before[keys::spec][keys::selector];
  const Value& after = change.after[keys::spec][keys::selector];
  if (change.before.isNull() || change.after.isNull() || !(before == after)) ++selectorGeneration_;
}

}  // namespace pilothouse::scheduler
