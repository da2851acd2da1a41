#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>

#include "core/kubelet/runtime/container_runtime.hpp"
#include "core/sim/network.hpp"

namespace pilothouse::kubelet {

/// kubelet's end of the Container Runtime Interface: every call is a message to the runtime's component,
/// every answer a message back. A call to a runtime that is down fails at once, as a local socket does.
class RuntimeService : public std::enable_shared_from_this<RuntimeService> {
 public:
  RuntimeService(Network& network, ComponentId self, ComponentId runtime,
                 std::shared_ptr<ContainerRuntime> containers);

  /// `about` is the object that the message concerns, for the trace.
  void runPodSandbox(const Value& pod, CriDone done);
  void stopPodSandbox(const Value& about, RuntimeId sandbox, CriDone done);
  void removePodSandbox(const Value& about, RuntimeId sandbox, CriDone done);
  void imageStatus(const Value& about, const Value& image, CriDone done);
  void pullImage(const Value& about, const Value& image, CriDone done);
  void createContainer(const Value& about, RuntimeId sandbox, ContainerConfig config, CriDone done);
  void startContainer(const Value& about, RuntimeId container, CriDone done);
  void stopContainer(const Value& about, RuntimeId container, SimDuration timeout, CriDone done);
  void removeContainer(const Value& about, RuntimeId container, CriDone done);
  void execSync(const Value& about, RuntimeId container, std::vector<std::string> command,
                SimDuration timeout, CriDone done);
  /// Before a container's log is read from the node's files.
  void containerStatus(const Value& about, RuntimeId container, CriDone done);
  /// Exec and the connection to its streaming server.
  void exec(const Value& about, RuntimeId container, std::vector<std::string> command, CriDone done);
  void attach(const Value& about, RuntimeId container, CriDone done);
  /// A probe's packet to the pod's own address.
  void probe(const Value& about, std::string address, std::int64_t port, std::string path,
             SimDuration timeout, Function<void(ProbeAnswer)> done);

  /// The answer to `list` is read from the runtime itself when it comes.
  void list(Function<void(const ContainerRuntime&)> done);
  void onExit(std::function<void(const ContainerExit&)> exited) { exited_ = std::move(exited); }

  [[nodiscard]] bool runtimeUp() const { return network_.isUp(runtime_); }
  [[nodiscard]] ContainerRuntime& containers() { return *containers_; }
  [[nodiscard]] const ContainerRuntime& containers() const { return *containers_; }
  [[nodiscard]] const std::shared_ptr<ContainerRuntime>& shared() const { return containers_; }
  /// kubelet's process ends: nobody waits for the answers any more.
  void forget();
  /// The runtime has gone: what was asked is never answered.
  void failPending();

 private:
  using Work = Function<void(ContainerRuntime&, CriDone)>;
  void call(Key verb, Key resource, const Value& about, Work work, CriDone done);
  void answer(std::uint64_t call, CriAnswer answer);
  void answerProbe(std::uint64_t call, const Value& about, const std::string& address, std::int64_t port,
                   const std::string& path, SimDuration timeout);

  Network& network_;
  ComponentId self_;
  ComponentId runtime_;
  std::shared_ptr<ContainerRuntime> containers_;
  std::function<void(const ContainerExit&)> exited_;
  std::uint64_t lastCall_ = 0;
  std::unordered_map<std::uint64_t, CriDone> pending_;  ///< never iterated, except to fail all in order
};

}  // namespace pilothouse::kubelet
