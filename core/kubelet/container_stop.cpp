// Ending containers and pods (kuberuntime killContainer, SyncTerminatingPod, SyncTerminatedPod).
#include <algorithm>
#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/kubelet/pod_worker.hpp"

namespace pilothouse::kubelet {
namespace {

const Key kCommand = Key::intern("command");
const Key kExec = Key::intern("exec");
const Key kGracePeriodSeconds = Key::intern("gracePeriodSeconds");
const Key kHttpGet = Key::intern("httpGet");
const Key kLifecycle = Key::intern("lifecycle");
const Key kPath = Key::intern("path");
const Key kPreconditions = Key::intern("preconditions");
const Key kPreStop = Key::intern("preStop");
const Key kSeconds = Key::intern("seconds");
const Key kSleep = Key::intern("sleep");
const Key kTerminationGracePeriodSeconds = Key::intern("terminationGracePeriodSeconds");

constexpr SimDuration kMinimumGracePeriod = std::chrono::seconds(2);
constexpr SimDuration kRetry = std::chrono::seconds(10);

std::vector<std::string> wordsOf(const Value& command) {
  std::vector<std::string> words;
  for (const Value& word : command.items()) words.push_back(word.toString());
  return words;
}

}  // namespace

SimDuration PodWorker::gracePeriod() const {
  const Value& left = api::meta(pod_)[keys::deletionGracePeriodSeconds];
  const std::int64_t seconds =
      left.isInt() ? left.asInt() : pod_.get(keys::spec, kTerminationGracePeriodSeconds).asInt(30);
  return std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, 1 << 30));
}

// Every container is told to stop; sidecars after the others, the last one first.
void PodWorker::terminate() {
  if (terminating_) return;
  terminating_ = true;
  context_.simulator.cancel(std::exchange(retry_, TimerId::None));
  bool any = false;
  for (std::size_t i = 0; i < records_.size(); ++i) {
    ContainerRecord& record = records_[i];
    stopProbes(record, false);
    if (!record.running()) continue;
    any = true;
    if (!record.sidecar) {
      killContainer(i, gracePeriod(), "Stopping container " + record.spec[keys::name].toString());
    }
  }
  if (!any) return containersStopped();
  terminateSidecars();
}

void PodWorker::terminateSidecars() {
  for (const ContainerRecord& record : records_) {
    if (!record.sidecar && record.running()) return;
  }
  for (std::size_t i = records_.size(); i-- > 0;) {
    ContainerRecord& record = records_[i];
    if (!record.sidecar || !record.running()) continue;
    if (!record.stopping) {
      killContainer(i, gracePeriod(), "Stopping container " + record.spec[keys::name].toString());
    }
    return;
  }
}

void PodWorker::killContainer(std::size_t index, SimDuration grace, const std::string& message) {
  ContainerRecord& record = records_[index];
  if (record.stopping || !record.running()) return;
  record.stopping = true;
  event(record, "Normal", "Killing", message);
  const Value& preStop = record.spec[kLifecycle][kPreStop];
  if (preStop.isNull() || grace <= SimDuration::zero()) return stopContainer(index, grace);
  const SimTime begun = context_.simulator.now();
  const RuntimeId container = record.runtimeId;
  runHook(index, preStop, grace, [weak = weak(), index, container, grace, begun](const std::string& error) {
    const auto self = weak.lock();
    if (self == nullptr) return;
    ContainerRecord& stopping = self->records_[index];
    if (stopping.runtimeId != container || !stopping.running()) return;
    if (!error.empty()) self->event(stopping, "Warning", "FailedPreStopHook", "PreStopHook failed");
    const SimDuration left = grace - (self->context_.simulator.now() - begun);
    self->stopContainer(index, std::max(left, kMinimumGracePeriod));
  });
}

void PodWorker::stopContainer(std::size_t index, SimDuration grace) {
  context_.runtime.stopContainer(pod_, records_[index].runtimeId, grace, [](const CriAnswer&) {});
}

void PodWorker::runHook(std::size_t index, const Value& handler, SimDuration timeout,
                        Function<void(std::string)> done) {
  const ContainerRecord& record = records_[index];
  if (const Value& exec = handler[kExec]; !exec.isNull()) {
    return context_.runtime.execSync(pod_, record.runtimeId, wordsOf(exec[kCommand]), timeout,
                                     [done = std::move(done)](CriAnswer answer) mutable {
                                       if (answer.ok() && answer.number != 0) {
                                         answer.error = "command exited with " +
                                                        std::to_string(answer.number) + ": " + answer.output;
                                       }
                                       done(std::move(answer.error));
                                     });
  }
  if (const Value& sleep = handler[kSleep]; !sleep.isNull()) {
    const SimDuration wanted =
        std::chrono::seconds(std::clamp<std::int64_t>(sleep[kSeconds].asInt(), 0, 1 << 30));
    context_.simulator.after(std::min(wanted, timeout), [weak = weak(), done = std::move(done)]() mutable {
      if (weak.lock() != nullptr) done("");
    });
    return;
  }
  const Value& get = handler[kHttpGet];
  if (get.isNull()) return done("");
  context_.runtime.probe(pod_, podIp_.toString(), portOf(record, get[keys::port]), get[kPath].toString(),
                         timeout, [done = std::move(done)](ProbeAnswer answer) mutable {
                           done(answer.connected ? "" : "connection refused");
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
