#include <string>

#include "core/api/object.hpp"
#include "core/scheduler/plugins/default_binder.hpp"
#include "core/scheduler/process.hpp"

namespace pilothouse::scheduler {
namespace {

const Key kAssigned = Key::intern("assigned");
const Key kLastProbeTime = Key::intern("lastProbeTime");
const Key kStatus = Key::intern("status");
const Key kUnschedulable = Key::intern("unschedulable");

constexpr std::size_t kNoteLengthLimit = 1024;  ///< validation.NoteLengthLimit

std::string qualified(const Value& pod) {
  return std::string(api::namespaceOf(pod)) + "/" + std::string(api::name(pod));
}

std::string truncated(const std::string& message) {
  constexpr std::string_view kSuffix = " ...";
  if (message.size() <= kNoteLengthLimit) return message;
  return message.substr(0, kNoteLengthLimit - kSuffix.size()).append(kSuffix);
}

}  // namespace

void Process::wake() {
  if (!synced_ || awake_ || busy_) return;
  awake_ = true;
  simulator_.after(SimDuration::zero(), [weak = weak_from_this()] {
    const auto process = weak.lock();
    if (!process) return;
    process->awake_ = false;
    process->scheduleOne();
  });
}

void Process::scheduleOne() {
  auto popped = queue_.pop();
  if (!popped) return;
  const CauseScope because(simulator_, popped->cause);
  const Value pod = popped->pod;
  if (api::isBeingDeleted(pod)) {
    recorder_.event(pod, "Warning", "FailedScheduling", "skip schedule deleting pod: " + qualified(pod));
    queue_.done();
    return wake();
  }
  PodScheduler::Result result = scheduler_.schedule(pod, *popped->needs);
  const bool fits = result.node != nullptr;
  const CauseId note = network_.record(
      client_.self(),
      {MessageKind::Note, 0, fits ? kAssigned : kUnschedulable, api::resources::pods.plural, pod});
  const CauseScope decision(simulator_, note);
  busy_ = true;
  popped->refusedBy = result.refusedBy;
  Value node = fits ? result.node->name : Value();
  const auto cost = kCycle + static_cast<SimDuration::rep>(result.evaluated) * kCyclePerNode;
  simulator_.after(cost, [weak = weak_from_this(), queued = std::move(*popped), node = std::move(node),
                          message = std::move(result.message)]() mutable {
    const auto process = weak.lock();
    if (!process) return;
    process->busy_ = false;
    if (message.empty()) {
      process->decided(std::move(queued), std::move(node));
    } else {
      process->failed(std::move(queued), "Unschedulable", message, false);
    }
    process->queue_.done();
    process->wake();
  });
}

void Process::decided(QueuedPod pod, Value nodeName) {
  cache_.assume(pod.pod, pod.needs, nodeName);
  bind(std::move(pod), nodeName);
}

void Process::bind(QueuedPod pod, const Value& nodeName) {
  const Value object = pod.pod;
  plugins::defaultBinder(
      client_, object, nodeName,
      [weak = weak_from_this(), queued = std::move(pod), nodeName](apiserver::Response response) {
        if (const auto process = weak.lock()) process->bound(queued, nodeName, response);
      });
}

void Process::bound(const QueuedPod& pod, const Value& nodeName, const apiserver::Response& response) {
  if (response.ok()) {
    std::string message = "Successfully assigned ";
    message.append(api::namespaceOf(pod.pod)).append("/").append(api::name(pod.pod));
    message.append(" to ").append(nodeName.asString());
    recorder_.event(pod.pod, "Normal", "Scheduled", message);
    return;
  }
  cache_.forget(pod.pod);
  tellQueue(event_type::kAssignedPodDelete, pod.pod, {});
  failed(pod, "SchedulerError", plugins::defaultBinderError(response.status().message), true);
}

void Process::failed(QueuedPod pod, std::string_view reason, const std::string& message, bool afterBinding) {
  const Value object = pod.pod;
  const Value& current = pods_.store().find(api::namespaceOf(object), api::name(object));
  const bool lives = !current.isNull() && api::uid(current) == api::uid(object);
  if (lives && current[keys::spec][keys::nodeName].asString().empty()) {
    pod.pod = current;
    pod.needs = cache_.requirements().get(current[keys::spec]);
    if (afterBinding) {
      queue_.retry(std::move(pod));
    } else {
      queue_.giveBack(std::move(pod));
    }
  }
  recorder_.event(object, "Warning", "FailedScheduling", truncated(message));
  setCondition(lives ? current : object, reason, message);
}

void Process::setCondition(const Value& pod, std::string_view reason, const std::string& message) {
  const Value& before = api::condition(pod, "PodScheduled");
  const bool wasFalse = before[keys::status].asString() == "False";
  if (wasFalse && before[keys::reason].asString() == reason && before[keys::message].asString() == message) {
    return;
  }
  const Value condition = Value::object(
      {{kLastProbeTime, nullptr},
       {keys::lastTransitionTime, wasFalse ? before[keys::lastTransitionTime] : timestamp(simulator_.now())},
       {keys::message, Value(message)},
       {keys::reason, Value(reason)},
       {keys::status, "False"},
       {keys::type, "PodScheduled"}});
  const Value& metadata = api::meta(pod);
  const Value patch =
      Value::object({{keys::metadata, Value::object({{keys::uid, metadata[keys::uid]}})},
                     {keys::status, Value::object({{keys::conditions, Value::array({condition})}})}});
  // Who fails again with other words patches again; nothing waits for the answer.
  client_.patch(
      api::resources::pods, metadata[keys::namespace_], metadata[keys::name],
      apiserver::PatchType::StrategicMerge, patch, [](apiserver::Response) {}, kStatus);
}

}  // namespace pilothouse::scheduler
