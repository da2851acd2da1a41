// Ending containers and pods (kuberuntime killContainer, SyncTerminatingPod, SyncTerminatedPod).
#include <algorithm>
#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/kubelet/pod_worker.hpp"

namespace pilothouse::kubelet {
namespace {

const Key kGracePeriodSeconds = Key::intern("gracePeriodSeconds");
const Key kLifecycle = Key::intern("lifecycle");
const Key kPreconditions = Key::intern("preconditions");
const Key kPreStop = Key::intern("preStop");
const Key kTerminationGracePeriodSeconds = Key::intern("terminationGracePeriodSeconds");

constexpr SimDuration kMinimumGracePeriod = std::chrono::seconds(2);
constexpr SimDuration kShortestGrace = std::chrono::seconds(1);
constexpr SimDuration kRetry = std::chrono::seconds(10);

SimDuration wholeSeconds(SimDuration passed) {
  return std::chrono::duration_cast<std::chrono::seconds>(passed);
}

}  // namespace

SimDuration PodWorker::gracePeriod() const {
  const Value& left = api::meta(pod_)[keys::deletionGracePeriodSeconds];
  const std::int64_t seconds =
      left.isInt() ? left.asInt() : pod_.get(keys::spec, kTerminationGracePeriodSeconds).asInt(30);
  const SimDuration own = std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, 1 << 30));
  return ending_ != nullptr && ending_->grace ? std::min(own, *ending_->grace) : own;
}

void PodWorker::end(Ending ending) {
  if (!active()) return;
  ending_ = std::make_unique<Ending>(std::move(ending));
  giveUpSync();
  sync();
}

// Every container is told to stop, and their hooks run; a sidecar then waits for its turn.
void PodWorker::terminate() {
  if (terminating_) return;
  terminating_ = true;
  context_.simulator.cancel(std::exchange(retry_, TimerId::None));
  context_.simulator.cancel(std::exchange(deadline_, TimerId::None));
  // calculateEffectiveGracePeriod: one second at least.
  const SimDuration grace = std::max<SimDuration>(gracePeriod(), kShortestGrace);
  bool any = false;
  for (std::size_t i = 0; i < records_.size(); ++i) {
    ContainerRecord& record = records_[i];
    stopProbes(record, false);
    if (!record.running()) continue;
    any = true;
    killContainer(i, grace, "Stopping container " + record.spec[keys::name].toString());
  }
  if (!any) containersStopped();
}

// newTerminationOrdering: a sidecar goes after all containers that are none and after those that were started
// later.
bool PodWorker::isTurnOf(std::size_t index) const {
  for (std::size_t i = 0; i < records_.size(); ++i) {
    const ContainerRecord& other = records_[i];
    if (other.running() && (!other.sidecar || i > index)) return false;
  }
  return true;
}

void PodWorker::waitForTurn(std::size_t index, SimDuration grace) {
  const ContainerRecord& record = records_[index];
  if (!terminating_ || !record.sidecar || grace <= SimDuration::zero() || isTurnOf(index)) {
    return stopContainer(index, grace);
  }
  Turn turn{index, record.runtimeId, context_.simulator.now(), grace, {}};
  turn.timer = context_.simulator.after(grace, [weak = weak(), index] {
    const auto self = weak.lock();
    if (self == nullptr) return;
    const auto at = std::find_if(self->turns_.begin(), self->turns_.end(),
                                 [index](const Turn& waiting) { return waiting.index == index; });
    if (at != self->turns_.end()) self->turns_.erase(at);
    self->stopContainer(index, SimDuration::zero());
  });
  turns_.push_back(turn);
}

void PodWorker::takeTurns() {
  for (std::size_t i = 0; i < turns_.size();) {
    const Turn turn = turns_[i];
    const bool gone = !records_[turn.index].running();
    if (!gone && !isTurnOf(turn.index)) {
      ++i;
      continue;
    }
    context_.simulator.cancel(turn.timer);
    turns_.erase(turns_.begin() + static_cast<std::ptrdiff_t>(i));
    if (!gone) stopContainer(turn.index, turn.grace - wholeSeconds(context_.simulator.now() - turn.since));
  }
}

void PodWorker::killContainer(std::size_t index, SimDuration grace, const std::string& message) {
  ContainerRecord& record = records_[index];
  if (record.stopping || !record.running()) return;
  record.stopping = true;
  event(record, "Normal", "Killing", message);
  const Value& preStop = record.spec[kLifecycle][kPreStop];
  if (preStop.isNull() || grace <= SimDuration::zero()) return waitForTurn(index, grace);
  const SimTime begun = context_.simulator.now();
  const RuntimeId container = record.runtimeId;
  // It is not waited for beyond the grace period; it ends with its container.
  const TimerId late = context_.simulator.after(grace, [weak = weak(), index, container, grace, begun] {
    if (const auto self = weak.lock()) self->hookDone(index, container, grace, begun);
  });
  runHook(index, preStop, grace + kMinimumGracePeriod,
          [weak = weak(), index, container, grace, begun, late](const std::string& error) {
            const auto self = weak.lock();
            if (self == nullptr) return;
            if (!error.empty()) {
              self->event(self->records_[index], "Warning", "FailedPreStopHook", "PreStopHook failed");
            }
            if (self->context_.simulator.now() - begun >= grace) return;
            self->context_.simulator.cancel(late);
            self->hookDone(index, container, grace, begun);
          });
}

// What the hook took counts in whole seconds.
void PodWorker::hookDone(std::size_t index, RuntimeId container, SimDuration grace, SimTime begun) {
  const ContainerRecord& record = records_[index];
  if (record.runtimeId != container || !record.running()) return;
  waitForTurn(index, grace - wholeSeconds(context_.simulator.now() - begun));
}

// Two seconds are always given.
void PodWorker::stopContainer(std::size_t index, SimDuration grace, Function<void()> done) {
  context_.runtime.stopContainer(pod_, records_[index].runtimeId, std::max(grace, kMinimumGracePeriod),
                                 [done = std::move(done)](const CriAnswer&) mutable {
                                   if (done) done();
                                 });
}

void PodWorker::containersStopped() {
  if (stopped_) return;
  stopped_ = true;
  context_.released(*this);
  publish();
  if (sandbox_ == 0) return finalize();
  context_.runtime.stopPodSandbox(pod_, sandbox_, [weak = weak()](const CriAnswer&) {
    const auto self = weak.lock();
    if (self == nullptr) return;
    self->sandboxReady_ = false;
    self->finalize();
  });
}

void PodWorker::finalize() {
  done_ = true;
  publish();
  deletePod();
}

// The status manager's last word: DELETE with no grace, once the final status is stored.
void PodWorker::deletePod() {
  if (removed_ && (done_ || rejected_)) {
    if (sandbox_ != 0) context_.runtime.removePodSandbox(pod_, sandbox_, [](const CriAnswer&) {});
    return context_.finished(*this);
  }
  if (!api::isBeingDeleted(pod_) || sending_ || unsent_ || deleting_ || !(done_ || rejected_)) return;
  deleting_ = true;
  const Value& metadata = api::meta(pod_);
  const Value options = Value::object({{keys::apiVersion, "v1"},
                                       {keys::kind, "DeleteOptions"},
                                       {kGracePeriodSeconds, 0},
                                       {kPreconditions, Value::object({{keys::uid, metadata[keys::uid]}})}});
  context_.client.remove(api::resources::pods, metadata[keys::namespace_], metadata[keys::name], options,
                         [weak = weak()](client::Response response) {
                           const auto self = weak.lock();
                           if (self == nullptr) return;
                           const int code = response.code;
                           if (response.ok() || code == 404 || code == 409) return;
                           self->deleting_ = false;
                           self->context_.simulator.after(kRetry, [weak] {
                             if (const auto again = weak.lock()) again->deletePod();
                           });
                         });
}

}  // namespace pilothouse::kubelet
