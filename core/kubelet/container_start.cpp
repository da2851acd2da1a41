// Starting a container: back-off, image, environment, create, start, post-start hook
// (pkg/kubelet/kuberuntime/kuberuntime_container.go startContainer).
#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/kubelet/pod_worker.hpp"
#include "core/value/duration.hpp"

namespace pilothouse::kubelet {
namespace {

const Key kContainerId = Key::intern("containerID");
const Key kExitCode = Key::intern("exitCode");
const Key kFinishedAt = Key::intern("finishedAt");
const Key kLifecycle = Key::intern("lifecycle");
const Key kPostStart = Key::intern("postStart");
const Key kStartedAt = Key::intern("startedAt");

}  // namespace

std::string PodWorker::podFullName() const {
  return std::string(api::name(pod_)) + "_" + std::string(api::namespaceOf(pod_)) + "(" +
         std::string(api::uid(pod_)) + ")";
}

void PodWorker::startFailed(ContainerRecord& record, std::string_view reason, const std::string& message,
                            std::string_view eventMessage) {
  ContainerRecord::Trouble& trouble = record.troubles();
  trouble.waitingReason = reason;
  trouble.waitingMessage = message;
  record.status = nullptr;
  failed_ = true;
  if (!eventMessage.empty()) event(record, "Warning", "Failed", "Error: " + std::string(eventMessage));
  step();
}

void PodWorker::startContainer(ContainerRecord& record) {
  const SimTime now = context_.simulator.now();
  stage_ = Stage::Image;
  // doBackOff
  if (record.ended() && !record.redefined) {
    ContainerRecord::Trouble& trouble = record.troubles();
    if (trouble.restarts.holdsSince(trouble.finishedAt, now)) {
      const std::string name = record.spec[keys::name].toString();
      event(record, "Warning", "BackOff",
            "Back-off restarting failed container " + name + " in pod " + podFullName());
      return startFailed(record, "CrashLoopBackOff",
                         "back-off " + durationText(trouble.restarts.delay) +
                             " restarting failed container=" + name + " pod=" + podFullName(),
                         "");
    }
    trouble.restarts.next(trouble.finishedAt, now);
  }
  const auto index = static_cast<std::size_t>(&record - records_.data());
  context_.images.ensureImageExists(pod_, record.spec, weak(), record.troubles().pulls,
                                    [weak = weak(), index, epoch = epoch_](ImageManager::Result result) {
                                      const auto self = weak.lock();
                                      if (self != nullptr && self->epoch_ == epoch)
                                        self->create(index, std::move(result));
                                    });
}

void PodWorker::create(std::size_t index, ImageManager::Result image) {
  ContainerRecord& record = records_[index];
  if (!image.reason.empty()) return startFailed(record, image.reason, image.message, image.reason);
  // Nothing to remember of a container whose image is simply there.
  if (record.trouble != nullptr && record.trouble->terminated.isNull() && record.trouble->last.isNull() &&
      record.trouble->pulls.backoff.delay == SimDuration::zero()) {
    record.trouble.reset();
  }
  record.image = image.image;
  record.imageId = image.imageId;
  stage_ = Stage::Container;
  resolveEnvironment(context_.client, pod_, record.spec, podIp_, context_.hostIp,
                     [weak = weak(), index, epoch = epoch_](ResolvedEnvironment resolved) {
                       const auto self = weak.lock();
                       if (self == nullptr || self->epoch_ != epoch) return;
                       if (resolved.error.empty()) return self->createWith(index, std::move(resolved.env));
                       self->startFailed(self->records_[index], "CreateContainerConfigError", resolved.error,
                                         resolved.error);
                     });
}

void PodWorker::createWith(std::size_t index, Value env) {
  ContainerRecord& record = records_[index];
  if (isTerminating()) return step();
  if (!apiAccess_ && readsApiAccess(record.spec)) {
    return fetchApiAccess([weak = weak(), index, env = std::move(env), epoch = epoch_]() mutable {
      const auto self = weak.lock();
      if (self == nullptr || self->epoch_ != epoch) return;
      self->apiAccess_ = true;  // also where there is none
      self->createWith(index, std::move(env));
    });
  }
  ContainerConfig config;
  config.spec = record.spec;
  config.env = std::move(env);
  config.volumes = volumes_;
  config.attempt = record.id.isNull() ? 0 : record.restarts + 1;
  // The runtime keeps the log of the attempt before, no older one.
  if (record.ended() && record.restarts > 0) {
    context_.runtime.removeContainer(pod_, record.runtimeId, [](const CriAnswer&) {});
  }
  context_.runtime.createContainer(
      pod_, sandbox_, std::move(config), [weak = weak(), index, epoch = epoch_](CriAnswer answer) {
        const auto self = weak.lock();
        if (self == nullptr || self->epoch_ != epoch) return;
        ContainerRecord& made = self->records_[index];
        if (!answer.ok()) {
          return self->startFailed(made, "CreateContainerError", answer.error, answer.error);
        }
        if (!made.id.isNull()) ++made.restarts;
        if (made.trouble != nullptr && !made.trouble->terminated.isNull()) {
          made.trouble->last = made.trouble->terminated;
        }
        made.runtimeId = answer.id;
        made.id = answer.text;
        made.state = State::Waiting;
        made.status = nullptr;
        self->event(made, "Normal", "Created", "Created container: " + made.spec[keys::name].toString());
        self->start(index);
      });
}

void PodWorker::start(std::size_t index) {
  context_.runtime.startContainer(pod_, records_[index].runtimeId,
                                  [weak = weak(), index, epoch = epoch_](CriAnswer answer) {
                                    const auto self = weak.lock();
                                    if (self == nullptr || self->epoch_ != epoch) return;
                                    self->started(index, std::move(answer));
                                  });
}

void PodWorker::started(std::size_t index, CriAnswer answer) {
  ContainerRecord& record = records_[index];
  again_ = true;  // PLEG tells of it
  if (!answer.ok()) {
    ContainerRecord::Trouble& trouble = record.troubles();
    trouble.exitCode = 128;
    trouble.finishedAt = context_.simulator.now();
    trouble.terminated = Value::object({{kContainerId, record.id},
                                        {kExitCode, 128},
                                        {kFinishedAt, timestamp(trouble.finishedAt)},
                                        {keys::message, answer.error},
                                        {keys::reason, "StartError"},
                                        {kStartedAt, "1970-01-01T00:00:00Z"}});
    record.state = State::Terminated;
    return startFailed(record, "RunContainerError", answer.error, answer.error);
  }
  record.state = State::Running;
  record.redefined = false;
  record.startedAt = answer.when;
  record.status = nullptr;
  if (record.trouble != nullptr) {
    record.trouble->waitingReason = nullptr;
    record.trouble->waitingMessage = nullptr;
    record.trouble->terminated = nullptr;
  }
  event(record, "Normal", "Started", "Started container " + record.spec[keys::name].toString());
  startProbes(record);
  if (!record.spec[kLifecycle][kPostStart].isNull()) return postStart(index);
  step();
}

}  // namespace pilothouse::kubelet
