#include "core/scheduler/scheduling_queue.hpp"

#include <algorithm>
#include <bit>

#include "core/api/object.hpp"

namespace pilothouse::scheduler {

SchedulingQueue::SchedulingQueue(Simulator& simulator, Framework& framework, std::function<void()> ready)
    : simulator_(simulator), framework_(framework), ready_(std::move(ready)), started_(simulator.now()) {}

SchedulingQueue::~SchedulingQueue() {
  simulator_.cancel(backoffTimer_);
  simulator_.cancel(unschedulableTimer_);
}

void SchedulingQueue::put(QueuedPod pod, Where where) {
  Entry entry{pod.pod, std::move(pod), where, {}};
  if (where == Where::Backoff) entry.backoffUntil = backoffEnd(entry.queued);
  const plugins::QueueOrder order = entry.queued.order;
  const SimTime until = entry.backoffUntil;
  const std::uint32_t id = entries_.add(std::move(entry));
  switch (where) {
    case Where::Active:
      active_.insert({order, id});
      break;
    case Where::Backoff:
      backoff_.insert({until, {order, id}});
      break;
    case Where::Unschedulable:
      unschedulable_.insert({order.sequence, id});
      countRefusals(entries_[id].queued, 1);
      break;
  }
  if (where != Where::Unschedulable) ready_();
  arm();
}

void SchedulingQueue::take(std::uint32_t id) {
  const Entry& entry = entries_[id];
  const Place place{entry.queued.order, id};
  if (entry.where == Where::Active) active_.erase(place);
  if (entry.where == Where::Backoff) backoff_.erase({entry.backoffUntil, place});
  if (entry.where == Where::Unschedulable) {
    unschedulable_.erase({entry.queued.order.sequence, id});
    countRefusals(entry.queued, -1);
  }
  entries_.erase(id);
}

void SchedulingQueue::countRefusals(const QueuedPod& pod, int by) {
  for (std::uint32_t rest = pod.refusedBy; rest != 0; rest &= rest - 1) {
    refused_[static_cast<std::size_t>(std::countr_zero(rest))] += static_cast<std::uint32_t>(by);
  }
}

bool SchedulingQueue::listens(std::uint32_t eventTypes) const {
  if (inFlight_) return true;
  const auto& plugins = framework_.plugins();
  for (std::size_t i = 0; i < plugins.size(); ++i) {
    if (refused_[i] > 0 && (plugins[i].plugin->events() & eventTypes) != 0) return true;
  }
  return false;
}

bool SchedulingQueue::contains(const Value& pod) const {
  return entries_.find(api::uid(pod)) != PodTable<Entry>::kNone;
}

void SchedulingQueue::add(const Value& pod, PodRequirementsPtr needs) {
  if (contains(pod)) {
    update(pod, std::move(needs));
    return;
  }
  QueuedPod queued;
  queued.pod = pod;
  queued.order = {needs->priority, simulator_.now(), ++sequence_};
  queued.cause = simulator_.cause();
  queued.gated = !framework_.mayEnqueue(*needs);
  queued.needs = std::move(needs);
  const bool gated = queued.gated;
  put(std::move(queued), gated ? Where::Unschedulable : Where::Active);
}

void SchedulingQueue::update(const Value& pod, PodRequirementsPtr needs) {
  const std::uint32_t id = entries_.find(api::uid(pod));
  if (id == PodTable<Entry>::kNone) return;
  Entry& entry = entries_[id];
  const Value before = entry.pod;
  const bool sameNeeds = needs == entry.queued.needs && api::labels(before) == api::labels(pod);
  entry.pod = pod;
  entry.queued.pod = pod;
  if (sameNeeds) return;
  QueuedPod queued = entry.queued;
  queued.needs = std::move(needs);
  const Where where = entry.where;
  take(id);
  queued.order.priority = queued.needs->priority;
  queued.cause = simulator_.cause();
  const bool wasGated = queued.gated;
  queued.gated = !framework_.mayEnqueue(*queued.needs);
  if (queued.gated || where != Where::Unschedulable) {
    put(std::move(queued), queued.gated ? Where::Unschedulable : where);
  } else if (wasGated) {
    put(std::move(queued), Where::Active);
  } else if (worth(queued, {event_type::kPodUpdate, before, pod, nullptr})) {
    requeue(std::move(queued));
  } else {
    put(std::move(queued), where);
  }
}

void SchedulingQueue::remove(const Value& pod) {
  const std::uint32_t id = entries_.find(api::uid(pod));
  if (id != PodTable<Entry>::kNone) take(id);
}

std::optional<SchedulingQueue::QueuedPod> SchedulingQueue::pop() {
  if (inFlight_ || (active_.empty() && backoff_.empty())) return std::nullopt;
  // A pod that failed by an error waits its time out, whatever else there is to do.
  std::uint32_t id = PodTable<Entry>::kNone;
  if (!active_.empty()) {
    id = active_.begin()->second;
  } else {
    const auto at = std::find_if(backoff_.begin(), backoff_.end(), [this](const BackoffPlace& place) {
      return entries_[place.second.second].queued.errorCount == 0;
    });
    if (at == backoff_.end()) return std::nullopt;
    id = at->second.second;
  }
  QueuedPod queued = entries_[id].queued;
  take(id);
  ++queued.attempts;
  queued.refusedBy = 0;
  inFlight_ = true;
  inFlightEvents_.clear();
  return queued;
}

void SchedulingQueue::done() {
  inFlight_ = false;
  inFlightEvents_.clear();
}

void SchedulingQueue::giveBack(QueuedPod pod) {
  pod.order.timestamp = simulator_.now();
  if (pod.refusedBy == 0) {
    retry(std::move(pod));
    return;
  }
  pod.errorCount = 0;
  ++pod.unschedulableCount;
  const bool helped = std::any_of(inFlightEvents_.begin(), inFlightEvents_.end(),
                                  [&](const ClusterEvent& event) { return worth(pod, event); });
  if (helped) {
    requeue(std::move(pod));
  } else {
    put(std::move(pod), Where::Unschedulable);
  }
}

void SchedulingQueue::retry(QueuedPod pod) {
  pod.order.timestamp = simulator_.now();
  ++pod.errorCount;
  requeue(std::move(pod));
}

SimTime SchedulingQueue::backoffEnd(const QueuedPod& pod) const {
  const int count = pod.errorCount > 0 ? pod.errorCount : pod.unschedulableCount;
  if (count == 0) return pod.order.timestamp;
  SimDuration backoff = kInitialBackoff;
  for (int i = 1; i < count && backoff < kMaxBackoff; ++i) backoff *= 2;
  return pod.order.timestamp + std::min(backoff, kMaxBackoff);
}

void SchedulingQueue::requeue(QueuedPod pod) {
  const Where where = backoffEnd(pod) > simulator_.now() ? Where::Backoff : Where::Active;
  put(std::move(pod), where);
}

bool SchedulingQueue::worth(const QueuedPod& pod, const ClusterEvent& event) {
  return !pod.gated && framework_.mayHelp(pod.pod, *pod.needs, pod.refusedBy, event);
}

void SchedulingQueue::moveAll(const ClusterEvent& event) {
  if (!listens(event.types)) return;
  if (inFlight_) inFlightEvents_.push_back(event);
  std::vector<std::uint32_t> moved;
  for (const auto& [sequence, id] : unschedulable_) {
    if (worth(entries_[id].queued, event)) moved.push_back(id);
  }
  for (const std::uint32_t id : moved) {
    QueuedPod pod = entries_[id].queued;
    take(id);
    pod.cause = simulator_.cause();
    requeue(std::move(pod));
  }
}

// Timers stand only while there is something to flush, at the instants at which kube-scheduler's tickers do:
// every second, and every 30 s, since the start.
void SchedulingQueue::arm() {
  const auto next = [this](SimDuration period) {
    const auto passed = (simulator_.now() - started_) / period;
    return started_ + (passed + 1) * period;
  };
  if (backoffTimer_ == TimerId::None && !backoff_.empty()) {
    backoffTimer_ = simulator_.at(next(std::chrono::seconds(1)), [this] { flushBackoff(); });
  }
  if (unschedulableTimer_ == TimerId::None && !unschedulable_.empty()) {
    unschedulableTimer_ = simulator_.at(next(kUnschedulableFlush), [this] { flushUnschedulable(); });
  }
}

void SchedulingQueue::flushBackoff() {
  backoffTimer_ = TimerId::None;
  while (!backoff_.empty() && backoff_.begin()->first <= simulator_.now()) {
    const std::uint32_t id = backoff_.begin()->second.second;
    QueuedPod pod = entries_[id].queued;
    take(id);
    put(std::move(pod), Where::Active);
  }
  arm();
}

void SchedulingQueue::flushUnschedulable() {
  unschedulableTimer_ = TimerId::None;
  std::vector<std::uint32_t> old;
  for (const auto& [sequence, id] : unschedulable_) {
    const QueuedPod& pod = entries_[id].queued;
    if (!pod.gated && simulator_.now() - pod.order.timestamp > kUnschedulableMax) old.push_back(id);
  }
  for (const std::uint32_t id : old) {
    QueuedPod pod = entries_[id].queued;
    take(id);
    requeue(std::move(pod));
  }
  arm();
}

}  // namespace pilothouse::scheduler
