#include "core/kubelet/pod_worker.hpp"

#include <algorithm>
#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"

namespace pilothouse::kubelet {
namespace {

constexpr SimDuration kBackOffPeriod = std::chrono::seconds(10);
constexpr double kBackOffJitter = 0.5;

const Key kInitContainers = Key::intern("initContainers");
const Key kRestartPolicy = Key::intern("restartPolicy");

}  // namespace

PodWorker::PodWorker(PodWorkerContext& context, const Value& pod)
    : context_(context),
      uid_(api::meta(pod)[keys::uid]),
      pod_(pod),
      known_(pod[keys::status]),
      addedAt_(context.simulator.now()) {
  const Value& spec = pod[keys::spec];
  records_.resize(spec[kInitContainers].size() + spec[keys::containers].size());
  std::size_t at = 0;
  for (const Value& container : spec[kInitContainers].items()) {
    records_[at].init = true;
    records_[at].sidecar = container[kRestartPolicy].asString() == "Always";
    records_[at++].spec = container;
  }
  for (const Value& container : spec[keys::containers].items()) records_[at++].spec = container;
}

PodWorker::~PodWorker() {
  context_.simulator.cancel(retry_);
  context_.simulator.cancel(deadline_);
  for (const Turn& turn : turns_) context_.simulator.cancel(turn.timer);
  for (ContainerRecord& record : records_) stopProbes(record, true);
}

void PodWorker::event(std::string_view type, std::string_view reason, const std::string& message) {
  context_.recorder.event(pod_, type, reason, message);
}

void PodWorker::event(const ContainerRecord& record, std::string_view type, std::string_view reason,
                      const std::string& message) {
  context_.recorder.event(pod_, containerFieldPath(pod_, record.spec), type, reason, message);
}

ContainerRecord* PodWorker::find(std::string_view container) {
  for (ContainerRecord& record : records_) {
    if (record.spec[keys::name].asString() == container) return &record;
  }
  return nullptr;
}

bool PodWorker::isTerminating() const { return removed_ || ending_ != nullptr || api::isBeingDeleted(pod_); }

// NeedToReconcilePodReadiness: somebody else's conditions decide on the pod's.
bool PodWorker::readinessGatesChanged(const Value& pod) const {
  static const Key kReadinessGates = Key::intern("readinessGates");
  if (pod.get(keys::spec, kReadinessGates).empty()) return false;
  return !(pod.get(keys::status, keys::conditions) == pod_.get(keys::status, keys::conditions));
}

void PodWorker::update(const Value& pod) {
  const bool gatesMoved = readinessGatesChanged(pod);
  const bool deadlineMoved = !(pod[keys::spec].sameAs(pod_[keys::spec]));
  const bool wasTerminating = isTerminating();
  const SimDuration graceBefore = gracePeriod();
  pod_ = pod;
  known_ = pod[keys::status];
  if (!sending_ && !status_.isNull() && status_ == known_) status_ = known_;  // one tree for both
  reconcileStatus();
  if (rejected_ || done_) return deletePod();
  if (isTerminating() && !wasTerminating) {
    giveUpSync();
    return sync();
  }
  if (!isTerminating()) followSpec();
  if (deadlineMoved) watchDeadline();
  if (gatesMoved) sync();
  if (isTerminating() && terminating_ && !stopped_ && gracePeriod() < graceBefore) {
    for (std::size_t i = 0; i < records_.size(); ++i) {
      if (records_[i].running()) stopContainer(i, gracePeriod());
    }
  }
}

void PodWorker::remove() {
  if (removed_) return;
  removed_ = true;
  if (rejected_ || done_) return deletePod();
  giveUpSync();
  sync();
}

// A pull or a missing volume need not be waited for.
void PodWorker::giveUpSync() {
  if (!busy_ || (stage_ != Stage::Image && stage_ != Stage::Volumes)) return;
  ++epoch_;
  busy_ = false;
}

// The active deadline handler of SyncPod: counted from the pod's start on this node.
void PodWorker::watchDeadline() {
  static const Key kActiveDeadlineSeconds = Key::intern("activeDeadlineSeconds");
  const Value& seconds = pod_.get(keys::spec, kActiveDeadlineSeconds);
  if (seconds.isNull() || !active()) return;
  const auto begun = parseTimestamp(known_[keys::startTime].asString());
  const SimTime deadline = begun.value_or(addedAt_) +
                           std::chrono::seconds(std::clamp<std::int64_t>(seconds.asInt(), 0, 1LL << 32));
  context_.simulator.cancel(deadline_);
  deadline_ = context_.simulator.at(std::max(deadline, context_.simulator.now()), [weak = weak()] {
    const auto self = weak.lock();
    if (self == nullptr || !self->active()) return;
    self->deadline_ = {};
    const std::string message = "Pod was active on the node longer than the specified deadline";
    self->event("Normal", "DeadlineExceeded", message);
    self->end({"DeadlineExceeded", message, {}, {}});
  });
}

// containerChanged of computePodActions: all that can change of a container is its image.
void PodWorker::followSpec() {
  static const Key kImage = Key::intern("image");
  const auto initContainers = pod_.get(keys::spec, kInitContainers).items();
  const auto containers = pod_.get(keys::spec, keys::containers).items();
  if (initContainers.size() + containers.size() != records_.size()) return;
  bool changed = false;
  for (std::size_t i = 0; i < records_.size(); ++i) {
    ContainerRecord& record = records_[i];
    const Value& spec = i < initContainers.size() ? initContainers[i] : containers[i - initContainers.size()];
    const bool same = record.spec.sameAs(spec) || record.spec[kImage] == spec[kImage];
    record.spec = spec;
    if (same) continue;
    changed = true;
    if (record.trouble != nullptr) record.trouble->pulls = {};
    if (!record.running()) continue;
    record.redefined = true;
    killContainer(i, gracePeriod(),
                  "Container " + spec[keys::name].toString() + " definition changed, will be restarted");
  }
  if (!changed) return;
  giveUpSync();
  sync();
}

void PodWorker::reject(std::string_view reason, const std::string& message) {
  rejected_ = true;
  event("Warning", reason, message);
  ObjectBuilder status(pod_[keys::status]);
  status.set(keys::phase, "Failed")
      .set(keys::reason, Value(reason))
      .set(keys::message, "Pod was rejected: " + message)
      .set(keys::startTime, timestamp(context_.simulator.now()));
  setStatus(status.build());
}

void PodWorker::sync() {
  if (busy_) {
    again_ = true;
    return;
  }
  if (done_ || rejected_) return;
  context_.simulator.cancel(std::exchange(retry_, TimerId::None));
  busy_ = true;
  failed_ = false;
  for (ContainerRecord& record : records_) record.attempted = false;
  publish();
  step();
}

// The next thing to do, looked up anew after every answer.
void PodWorker::step() {
  if (isTerminating() || completed()) {
    busy_ = false;
    stage_ = Stage::Idle;
    return terminate();
  }
  if (!volumesReady_) return mountVolumes();
  if (!sandboxReady_) return createSandbox();
  if (ContainerRecord* next = nextToStart()) {
    next->attempted = true;
    return startContainer(*next);
  }
  finishSync();
}

void PodWorker::finishSync() {
  busy_ = false;
  stage_ = Stage::Idle;
  if (std::exchange(again_, false)) return sync();
  if (!failed_) return;
  // wait.Jitter(backOffPeriod, workerBackOffPeriodJitterFactor) of completeWork.
  const double factor = 1 + kBackOffJitter * context_.simulator.random().unit();
  const auto delay =
      SimDuration(static_cast<SimDuration::rep>(static_cast<double>(kBackOffPeriod.count()) * factor));
  retry_ = context_.simulator.after(delay, [weak = weak()] {
    const auto self = weak.lock();
    if (self == nullptr) return;
    self->retry_ = {};
    self->sync();
  });
}

void PodWorker::createSandbox() {
  stage_ = Stage::Sandbox;
  context_.runtime.runPodSandbox(pod_, [weak = weak(), epoch = epoch_](CriAnswer answer) {
    const auto self = weak.lock();
    if (self == nullptr || self->epoch_ != epoch) return;
    if (!answer.ok()) {
      self->event("Warning", "FailedCreatePodSandBox", "Failed to create pod sandbox: " + answer.error);
      self->failed_ = true;
      return self->finishSync();
    }
    self->sandbox_ = answer.id;
    self->podIp_ = answer.text;
    self->sandboxReady_ = true;
    self->again_ = true;  // PLEG tells that the sandbox started
    self->step();
  });
}

bool PodWorker::restarts(const ContainerRecord& record) const {
  if (record.sidecar || record.redefined) return true;
  const std::string_view policy = pod_.get(keys::spec, kRestartPolicy).asString();
  if (record.init) return policy != "Never" && record.exitCode() != 0;
  return policy == "Never" ? false : policy != "OnFailure" || record.exitCode() != 0;
}

bool PodWorker::anyRegularStarted() const {
  return std::any_of(records_.begin(), records_.end(), [](const ContainerRecord& record) {
    return !record.init && !record.id.isNull() && record.startedAt != SimTime{};
  });
}

// computePodActions: init containers one after the other, then all others.
ContainerRecord* PodWorker::nextToStart() {
  const bool initialized = anyRegularStarted();
  for (ContainerRecord& record : records_) {
    if (!record.init) break;
    if (record.sidecar) {
      if (!record.running()) {
        if (!record.attempted) return &record;
        if (!initialized) return nullptr;
      } else if (!record.started && !initialized) {
        return nullptr;
      }
      continue;
    }
    if (initialized) continue;
    if (record.ended() && record.exitCode() == 0) continue;
    if (record.running() || record.attempted) return nullptr;
    if (record.ended() && !restarts(record)) return nullptr;
    return &record;
  }
  for (ContainerRecord& record : records_) {
    if (record.init || record.running() || record.attempted) continue;
    if (record.ended() && !restarts(record)) continue;
    return &record;
  }
  return nullptr;
}

// Every container has ended and none will be started again.
bool PodWorker::completed() const {
  for (const ContainerRecord& record : records_) {
    if (record.sidecar) continue;
    if (record.init) {
      if (record.ended() && record.exitCode() != 0 && !restarts(record)) return true;
    } else if (!record.ended() || restarts(record)) {
      return false;
    }
  }
  return true;
}

void PodWorker::containerExited(const ContainerExit& exit) {
  ContainerRecord* record = find(exit.container.asString());
  if (record == nullptr || record->runtimeId != exit.id || !record->running()) return;
  static const Value reasons[] = {Value("Completed"), Value("Error"), Value("OOMKilled")};
  const Value& reason = reasons[exit.outOfMemory ? 2 : exit.exitCode == 0 ? 0 : 1];
  static const Key kContainerId = Key::intern("containerID");
  static const Key kExitCode = Key::intern("exitCode");
  static const Key kFinishedAt = Key::intern("finishedAt");
  static const Key kStartedAt = Key::intern("startedAt");
  ContainerRecord::Trouble& trouble = record->troubles();
  trouble.exitCode = exit.exitCode;
  trouble.finishedAt = exit.finishedAt;
  trouble.terminated = Value::object({{kContainerId, record->id},
                                      {kExitCode, exit.exitCode},
                                      {kFinishedAt, timestamp(exit.finishedAt)},
                                      {keys::reason, reason},
                                      {kStartedAt, timestamp(record->startedAt)}});
  if (!exit.message.isNull()) trouble.terminated = trouble.terminated.with(keys::message, exit.message);
  trouble.waitingReason = nullptr;
  trouble.waitingMessage = nullptr;
  record->state = State::Terminated;
  record->ready = record->init && !record->sidecar && exit.exitCode == 0;
  record->started = false;
  record->stopping = false;
  record->status = nullptr;
  stopProbes(*record, true);
  if (!terminating_) return sync();
  const bool anyRunning = std::any_of(records_.begin(), records_.end(),
                                      [](const ContainerRecord& other) { return other.running(); });
  if (!anyRunning) return containersStopped();
  takeTurns();
}

// What was ready before kubelet's restart is ready until a probe says otherwise.
void PodWorker::keepReadiness(ContainerRecord& record) {
  static const Key kReady = Key::intern("ready");
  static const Key kStarted = Key::intern("started");
  static const Key kInitContainerStatuses = Key::intern("initContainerStatuses");
  if (record.probes == nullptr) return;
  const Value& statuses = known_[record.init ? kInitContainerStatuses : keys::containerStatuses];
  for (const Value& status : statuses.items()) {
    if (!(status[keys::name] == record.spec[keys::name])) continue;
    const bool wasStarted = status[kStarted].asBool();
    record.ready = status[kReady].asBool();
    if (record.ready)
      (*record.probes)[static_cast<std::size_t>(Probe::Type::Readiness)].result = Probe::Result::Success;
    if (wasStarted && !record.started) startupSucceeded(static_cast<std::size_t>(&record - records_.data()));
  }
}

void PodWorker::adopt(const ContainerRuntime& runtime) {
  for (const auto& [id, sandbox] : runtime.sandboxes()) {
    if (!(sandbox.uid == uid()) || !sandbox.ready) continue;
    sandbox_ = id;
    sandboxReady_ = true;
    podIp_ = ipv4Text(sandbox.ip);
    volumesReady_ = true;
    for (const auto& [containerId, container] : runtime.containers()) {
      ContainerRecord* record =
          container.sandbox == id ? find(container.spec[keys::name].asString()) : nullptr;
      if (record == nullptr || container.state == ContainerRuntime::State::Created) continue;
      const ImageReference reference = parseImageReference(container.spec[keys::image].asString());
      record->runtimeId = containerId;
      record->id = "containerd://" + runtime.idText(containerId);
      record->image = reference.name();
      record->imageId = reference.repository() + "@" + imageDigest(reference);
      record->restarts = container.attempt;
      record->startedAt = container.started;
      record->state = State::Running;
      if (container.state == ContainerRuntime::State::Running) {
        startProbes(*record);
        keepReadiness(*record);
        continue;
      }
      busy_ = true;  // all is taken over before the first sync
      containerExited({containerId, uid(), record->spec[keys::name], container.exitCode,
                       container.outOfMemory, container.finished, runtime.terminationMessage(container)});
      busy_ = false;
      again_ = false;
    }
  }
}

}  // namespace pilothouse::kubelet
