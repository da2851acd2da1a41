#include "core/kubelet/runtime_service.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace pilothouse::kubelet {
namespace {

const Key kAttach = Key::intern("Attach");
const Key kContainerStatus = Key::intern("ContainerStatus");
const Key kContainers = Key::intern("containers");
const Key kCreateContainer = Key::intern("CreateContainer");
const Key kExecSync = Key::intern("ExecSync");
const Key kExec = Key::intern("Exec");
const Key kGetContainerEvents = Key::intern("GetContainerEvents");
const Key kImages = Key::intern("images");
const Key kImageStatus = Key::intern("ImageStatus");
const Key kListContainers = Key::intern("ListContainers");
const Key kProbe = Key::intern("probe");
const Key kPullImage = Key::intern("PullImage");
const Key kRemoveContainer = Key::intern("RemoveContainer");
const Key kRemovePodSandbox = Key::intern("RemovePodSandbox");
const Key kRunPodSandbox = Key::intern("RunPodSandbox");
const Key kSandboxes = Key::intern("sandboxes");
const Key kStartContainer = Key::intern("StartContainer");
const Key kStopContainer = Key::intern("StopContainer");
const Key kStopPodSandbox = Key::intern("StopPodSandbox");

constexpr SimDuration kLoopback = std::chrono::microseconds(200);
constexpr std::string_view kUnavailable =
    "rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: dial "
    "unix "
    "/run/containerd/containerd.sock: connect: connection refused\"";

}  // namespace

RuntimeService::RuntimeService(Network& network, ComponentId self, ComponentId runtime,
                               std::shared_ptr<ContainerRuntime> containers)
    : network_(network), self_(self), runtime_(runtime), containers_(std::move(containers)) {
  // What happens in containers is told whether or not kubelet is there to hear it.
  containers_->onExit([this](ContainerExit exit) {
    network_.send(runtime_, self_, {MessageKind::CriResponse, 0, kGetContainerEvents, kContainers, Value()},
                  [weak = weak_from_this(), exit = std::move(exit)] {
                    const auto self = weak.lock();
                    if (self != nullptr && self->exited_) self->exited_(exit);
                  });
  });
}

void RuntimeService::forget() { pending_.clear(); }

void RuntimeService::failPending() {
  std::vector<std::uint64_t> calls;
  for (const auto& [call, done] : pending_) calls.push_back(call);
  std::sort(calls.begin(), calls.end());
  for (const std::uint64_t call : calls) {
    CriAnswer failed;
    failed.error = kUnavailable;
    answer(call, std::move(failed));
  }
}

void RuntimeService::answer(std::uint64_t call, CriAnswer answer) {
  const auto at = pending_.find(call);
  if (at == pending_.end()) return;
  CriDone done = std::move(at->second);
  pending_.erase(at);
  done(std::move(answer));
}

void RuntimeService::call(Key verb, Key resource, const Value& about, Work work, CriDone done) {
  const std::uint64_t id = ++lastCall_;
  pending_.emplace(id, std::move(done));
  if (!runtimeUp()) {
    network_.simulator().after(SimDuration::zero(), [weak = weak_from_this(), id] {
      CriAnswer failed;
      failed.error = kUnavailable;
      if (const auto self = weak.lock()) self->answer(id, std::move(failed));
    });
    return;
  }
  network_.send(self_, runtime_, {MessageKind::Cri, 0, verb, resource, about},
                [weak = weak_from_this(), id, verb, resource, about, work = std::move(work)]() mutable {
                  const auto self = weak.lock();
                  if (self == nullptr) return;
                  work(*self->containers_, [weak, id, verb, resource, about](CriAnswer answer) {
                    const auto service = weak.lock();
                    if (service == nullptr) return;
                    service->network_.send(service->runtime_, service->self_,
                                           {MessageKind::CriResponse, 0, verb, resource, about},
                                           [weak, id, answer = std::move(answer)]() mutable {
                                             if (const auto back = weak.lock())
                                               back->answer(id, std::move(answer));
                                           });
                  });
                });
}

void RuntimeService::runPodSandbox(const Value& pod, CriDone done) {
  call(
      kRunPodSandbox, kSandboxes, pod,
      [pod](ContainerRuntime& runtime, CriDone answer) { runtime.runPodSandbox(pod, std::move(answer)); },
      std::move(done));
}

void RuntimeService::stopPodSandbox(const Value& about, RuntimeId sandbox, CriDone done) {
  call(
      kStopPodSandbox, kSandboxes, about,
      [sandbox](ContainerRuntime& runtime, CriDone answer) {
        runtime.stopPodSandbox(sandbox, std::move(answer));
      },
      std::move(done));
}

void RuntimeService::removePodSandbox(const Value& about, RuntimeId sandbox, CriDone done) {
  call(
      kRemovePodSandbox, kSandboxes, about,
      [sandbox](ContainerRuntime& runtime, CriDone answer) {
        runtime.removePodSandbox(sandbox, std::move(answer));
      },
      std::move(done));
}

void RuntimeService::imageStatus(const Value& about, const Value& image, CriDone done) {
  call(
      kImageStatus, kImages, about,
      [image](ContainerRuntime& runtime, CriDone answer) { runtime.imageStatus(image, std::move(answer)); },
      std::move(done));
}

void RuntimeService::pullImage(const Value& about, const Value& image, CriDone done) {
  call(
      kPullImage, kImages, about,
      [image](ContainerRuntime& runtime, CriDone answer) { runtime.pullImage(image, std::move(answer)); },
      std::move(done));
}

void RuntimeService::createContainer(const Value& about, RuntimeId sandbox, ContainerConfig config,
                                     CriDone done) {
  call(
      kCreateContainer, kContainers, about,
      [sandbox, config = std::move(config)](ContainerRuntime& runtime, CriDone answer) mutable {
        runtime.createContainer(sandbox, std::move(config), std::move(answer));
      },
      std::move(done));
}

void RuntimeService::startContainer(const Value& about, RuntimeId container, CriDone done) {
  call(
      kStartContainer, kContainers, about,
      [container](ContainerRuntime& runtime, CriDone answer) {
        runtime.startContainer(container, std::move(answer));
      },
      std::move(done));
}

void RuntimeService::stopContainer(const Value& about, RuntimeId container, SimDuration timeout,
                                   CriDone done) {
  call(
      kStopContainer, kContainers, about,
      [container, timeout](ContainerRuntime& runtime, CriDone answer) {
        runtime.stopContainer(container, timeout, std::move(answer));
      },
      std::move(done));
}

void RuntimeService::removeContainer(const Value& about, RuntimeId container, CriDone done) {
  call(
      kRemoveContainer, kContainers, about,
      [container](ContainerRuntime& runtime, CriDone answer) {
        runtime.removeContainer(container, std::move(answer));
      },
      std::move(done));
}

void RuntimeService::execSync(const Value& about, RuntimeId container, std::vector<std::string> command,
                              SimDuration timeout, CriDone done) {
  call(
      kExecSync, kContainers, about,
      [container, command = std::move(command), timeout](ContainerRuntime& runtime, CriDone answer) mutable {
        runtime.execSync(container, std::move(command), timeout, std::move(answer));
      },
      std::move(done));
}

void RuntimeService::containerStatus(const Value& about, RuntimeId container, CriDone done) {
  call(
      kContainerStatus, kContainers, about,
      [container](ContainerRuntime& runtime, CriDone answer) {
        CriAnswer found;
        if (runtime.containers().count(container) == 0) {
          found.error = "rpc error: code = NotFound desc = an error occurred when try to find container \"" +
                        runtime.idText(container) + "\": not found";
        }
        answer(std::move(found));
      },
      std::move(done));
}

void RuntimeService::exec(const Value& about, RuntimeId container, std::vector<std::string> command,
                          CriDone done) {
  call(
      kExec, kContainers, about,
      [container, command = std::move(command)](ContainerRuntime& runtime, CriDone answer) {
        runtime.exec(container, command, std::move(answer));
      },
      std::move(done));
}

void RuntimeService::attach(const Value& about, RuntimeId container, CriDone done) {
  call(
      kAttach, kContainers, about,
      [container](ContainerRuntime& runtime, CriDone answer) {
        CriAnswer found;
        if (!runtime.isRunning(container)) {
          found.error = "rpc error: code = Unknown desc = container is in CONTAINER_EXITED state";
        }
        answer(std::move(found));
      },
      std::move(done));
}

void RuntimeService::list(Function<void(const ContainerRuntime&)> done) {
  call(
      kListContainers, kContainers, Value(), [](ContainerRuntime&, CriDone answer) { answer({}); },
      [this, done = std::move(done)](CriAnswer answer) mutable {
        if (answer.ok()) done(*containers_);
      });
}

void RuntimeService::probe(const Value& about, std::string address, std::int64_t port, std::string path,
                           SimDuration timeout, Function<void(ProbeAnswer)> done) {
  const std::uint64_t id = ++lastCall_;
  pending_.emplace(id, [done = std::move(done)](CriAnswer answer) mutable {
    done({answer.id != 0, answer.took != SimDuration::zero(), static_cast<int>(answer.number),
          !answer.image.isNull(), std::move(answer.output)});
  });
  Task arrive = [weak = weak_from_this(), id, about, address = std::move(address), port,
                 path = std::move(path), timeout] {
    if (const auto self = weak.lock()) self->answerProbe(id, about, address, port, path, timeout);
  };
  // The program answers, not the runtime that started it.
  if (!runtimeUp()) {
    network_.simulator().after(kLoopback, std::move(arrive));
    return;
  }
  network_.send(self_, runtime_, {MessageKind::Traffic, 0, kProbe, Key(), about}, std::move(arrive));
}

void RuntimeService::answerProbe(std::uint64_t call, const Value& about, const std::string& address,
                                 std::int64_t port, const std::string& path, SimDuration timeout) {
  ContainerRuntime::Served served = containers_->serve(address, port, path);
  const bool late = served.took > timeout;
  CriAnswer result;
  result.id = served.connected ? 1 : 0;
  result.number = served.status;
  result.output = std::move(served.body);
  if (served.grpc) result.image = true;
  if (late) result.took = timeout;
  network_.simulator().after(late ? timeout : served.took, [weak = weak_from_this(), call, about,
                                                            result = std::move(result)]() mutable {
    const auto self = weak.lock();
    if (self == nullptr) return;
    if (!self->runtimeUp()) return self->answer(call, std::move(result));
    self->network_.send(self->runtime_, self->self_, {MessageKind::Traffic, 0, kProbe, Key(), about},
                        [weak, call, result = std::move(result)]() mutable {
                          if (const auto back = weak.lock()) back->answer(call, std::move(result));
                        });
  });
}

}  // namespace pilothouse::kubelet
