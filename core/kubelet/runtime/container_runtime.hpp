#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/kubelet/container_network.hpp"
#include "core/kubelet/runtime/cni.hpp"
#include "core/kubelet/runtime/cri.hpp"
#include "core/kubelet/runtime/process.hpp"
#include "core/sim/simulator.hpp"

namespace pilothouse::kubelet {

struct RuntimeOptions {
  std::string nodeName;
  std::string nodeIp;
  std::string podCidr;
  ContainerNetwork* network = nullptr;
};

class ContainerRuntime;

/// What a container reaches: its own pod at once, all else through the cluster's network.
class PodNetwork : public ContainerNetwork {
 public:
  PodNetwork(ContainerRuntime& runtime, ContainerNetwork* outside) : runtime_(runtime), outside_(outside) {}
  Reply connect(const Caller& from, std::string_view host, std::int64_t port, std::string_view path) override;
  std::vector<std::string> resolve(const Caller& from, std::string_view name) override;

 private:
  ContainerRuntime& runtime_;
  ContainerNetwork* outside_;
};

/// The container runtime of one node (containerd with its CNI plugin): sandboxes, images, containers, and the
/// programs that run in them. Calls come as CRI messages and are answered after the time the work takes.
///
/// A running container needs no timer unless its program will end or talk to others by itself.
class ContainerRuntime : public std::enable_shared_from_this<ContainerRuntime> {
 public:
  ContainerRuntime(Simulator& simulator, RuntimeOptions options);

  enum class State : std::uint8_t { Created, Running, Exited };
  struct Container {
    RuntimeId id = 0;
    RuntimeId sandbox = 0;
    Value spec;
    Value env;
    const Image* image = nullptr;
    State state{};
    ProcessPlan::Kind kind{};
    std::uint32_t attempt = 0;
    int exitCode = 0;
    bool outOfMemory = false;
    bool startFailed = false;
    SimTime created{};
    SimTime started{};
    SimTime finished{};
    TimerId timer{};                          ///< the program's next step or end
    std::unique_ptr<shell::Machine> machine;  ///< of an interpreted program
    struct Stopping {
      TimerId kill{};
      SimTime deadline{};
      std::vector<CriDone> waiting;
    };
    std::unique_ptr<Stopping> stopping;
  };
  struct Sandbox {
    RuntimeId id = 0;
    Value name;
    Value ns;
    Value uid;
    Value hostname;
    std::uint32_t ip = 0;
    bool ready = true;
    bool hostNetwork = false;
    std::uint32_t attempt = 0;
    SimTime created{};
    std::unique_ptr<PodFiles> files;
  };

  /// Told when a container ends by itself or is stopped.
  void onExit(std::function<void(ContainerExit)> exited) { exited_ = std::move(exited); }

  // The Container Runtime Interface.
  void runPodSandbox(const Value& pod, CriDone done);
  void stopPodSandbox(RuntimeId sandbox, CriDone done);
  void removePodSandbox(RuntimeId sandbox, CriDone done);
  void imageStatus(const Value& image, CriDone done);
  void pullImage(const Value& image, CriDone done);
  void createContainer(RuntimeId sandbox, ContainerConfig config, CriDone done);
  void startContainer(RuntimeId container, CriDone done);
  void stopContainer(RuntimeId container, SimDuration timeout, CriDone done);
  void removeContainer(RuntimeId container, CriDone done);
  void execSync(RuntimeId container, std::vector<std::string> command, SimDuration timeout, CriDone done);

  /// What kubelet finds after its own restart (ListPodSandbox, ListContainers, ContainerStatus).
  [[nodiscard]] const std::map<RuntimeId, Sandbox>& sandboxes() const { return sandboxes_; }
  [[nodiscard]] const std::map<RuntimeId, Container>& containers() const { return containers_; }
  [[nodiscard]] std::string idText(RuntimeId id) const;
  /// Images on the node as node.status.images lists them; `imagesVersion` changes with them.
  [[nodiscard]] Value imageList() const;
  [[nodiscard]] std::uint64_t imagesVersion() const { return imagesVersion_; }

  // For looking at, faults and traffic.
  [[nodiscard]] Value describe() const;
  [[nodiscard]] std::string log(std::string_view ns, std::string_view pod, std::string_view container);
  bool kill(std::string_view ns, std::string_view pod, std::string_view container, int exitCode);
  struct Served {
    bool connected = false;
    int status = 0;
    bool grpc = false;
    std::string body;
    SimDuration took{};
  };
  [[nodiscard]] Served serve(std::string_view ip, std::int64_t port, std::string_view path);

 private:
  struct StoredImage {
    Value reference;  ///< as pods name it
    Value name;       ///< docker.io/library/nginx:1.27
    Value id;         ///< docker.io/library/nginx@sha256:…
    const Image* image = nullptr;
  };
  const StoredImage* findImage(const Value& reference) const;
  void answerLater(SimDuration delay, CriDone done, CriAnswer answer);
  [[nodiscard]] SimDuration jittered(SimDuration base);
  Container* find(RuntimeId id);
  Container* find(std::string_view ns, std::string_view pod, std::string_view container);
  PodFiles& files(Sandbox& sandbox);
  shell::Environment environment(const Container& container, bool checking);

  void begin(Container& container, ProcessPlan plan);
  void advance(Container& container);
  void schedule(Container& container);
  void runTimer(RuntimeId id);
  void terminate(Container& container);
  void exited(Container& container, int exitCode, bool outOfMemory);
  void served(const Container& container, const Sandbox& sandbox, std::int64_t port, std::string_view path,
              Served& out);

  Simulator& simulator_;
  RuntimeOptions options_;
  HostLocalIpam ipam_;
  PodNetwork network_;
  std::uint32_t nodeIp_ = 0;
  std::uint64_t seed_ = 0;
  RuntimeId nextId_ = 1;
  std::map<RuntimeId, Sandbox> sandboxes_;
  std::map<RuntimeId, Container> containers_;
  std::vector<StoredImage> images_;  ///< in order of their pull
  std::uint64_t imagesVersion_ = 0;
  std::function<void(ContainerExit)> exited_;
};

}  // namespace pilothouse::kubelet
