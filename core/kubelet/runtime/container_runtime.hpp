#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/kubelet/container_network.hpp"
#include "core/kubelet/images/program.hpp"
#include "core/kubelet/runtime/cni.hpp"
#include "core/kubelet/runtime/cri.hpp"
#include "core/kubelet/runtime/exec_session.hpp"
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
  void request(const Caller& from, std::string_view host, std::int64_t port, Payload payload,
               SimDuration timeout, std::function<void(Reply)> done) override;

 private:
  [[nodiscard]] static bool isOwn(const Caller& from, std::string_view host);

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
    std::shared_ptr<ExecSession> session;  ///< of a main process that is a shell somebody attached to
    std::unique_ptr<std::deque<shell::LogLine>> said;  ///< by that shell
    std::uint32_t requests = 0;                        ///< that its server was asked
    std::unique_ptr<ProgramMemory> memory;             ///< of its server, if that keeps any
    bool acting = false;                               ///< its server does something by itself
    std::uint32_t saidDropped = 0;
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

  /// The content of a pod's volume, from now on.
  void setVolume(RuntimeId sandbox, std::string_view name, Value content);
  /// Whether a command can be begun in a container, or the error in runc's words; and its beginning.
  void exec(RuntimeId container, const std::vector<std::string>& command, CriDone done);
  void startExec(RuntimeId container, const std::shared_ptr<ExecSession>& session);
  /// The session with the main process of a container that reads commands; null for others, whose output
  /// can only be followed.
  std::shared_ptr<ExecSession> mainSession(RuntimeId container);
  /// Lets that session read, once somebody listens.
  void startMain(RuntimeId container);
  /// SIGTERM to the main process from within.
  void signalMain(RuntimeId container);
  /// Calls `use` with what a command in that container sees; nothing when it does not run.
  void withEnvironment(RuntimeId container, const std::function<void(shell::Environment&)>& use);

  /// How far somebody has read a container's log.
  struct LogCursor {
    std::uint64_t script = 0;
    std::uint64_t program = 0;
  };
  /// The lines after the cursor that have been said by now, which it then passes. The container may have
  /// ended; null id: nothing.
  std::vector<shell::LogLine> readLog(RuntimeId container, LogCursor& cursor);
  /// What an ended container leaves to be told as the message of its state; null for nothing.
  [[nodiscard]] Value terminationMessage(const Container& container) const;
  /// When there may be more; SimTime::max() when no clock tells.
  [[nodiscard]] SimTime nextWord(RuntimeId container) const;
  /// Who is to hear of the container's end and of what it says by itself.
  void follow(RuntimeId container, std::weak_ptr<ContainerStream> stream);
  /// By "containerd://…"; 0 when it is gone.
  [[nodiscard]] RuntimeId findId(std::string_view text) const;
  [[nodiscard]] bool isRunning(RuntimeId container) const;
  /// Since its start; the memory is that of now.
  struct Usage {
    SimDuration cpu{};
    std::int64_t memoryBytes = 0;
  };
  [[nodiscard]] Usage usage(const Container& container) const;
  /// What containers used that have ended.
  [[nodiscard]] SimDuration endedCpu() const { return endedCpu_; }
  [[nodiscard]] Simulator& simulator() { return simulator_; }

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
  /// A request's packet is at the pod; `done` comes when its program has answered.
  void serve(const ServedRequest& request, ServedDone done);

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
  void tellStreams(RuntimeId container, bool ended);
  void say(Container& container, std::string_view text);
  std::vector<shell::LogLine> logOf(const Container& container, LogCursor& cursor) const;
  [[nodiscard]] bool readsCommands(const Container& container) const;
  void exited(Container& container, int exitCode, bool outOfMemory);

  // runtime/serving.cpp
  friend class ServerWork;
  [[nodiscard]] bool serverUp(const Container& container) const;
  Container* listener(std::string_view ip, std::int64_t port);
  ServerAnswer answerAtOnce(Container& container, const ServedRequest& request);
  void startActing(Container& container);
  void act(RuntimeId id);

  Simulator& simulator_;
  RuntimeOptions options_;
  HostLocalIpam ipam_;
  PodNetwork network_;
  std::uint32_t nodeIp_ = 0;
  std::uint64_t seed_ = 0;
  RuntimeId nextId_ = 1;
  std::uint64_t nextExec_ = 1;
  SimDuration endedCpu_{};
  std::map<RuntimeId, Sandbox> sandboxes_;
  std::map<RuntimeId, Container> containers_;
  std::vector<StoredImage> images_;  ///< in order of their pull
  std::uint64_t imagesVersion_ = 0;
  std::function<void(ContainerExit)> exited_;
  std::map<RuntimeId, std::vector<std::weak_ptr<ContainerStream>>> streams_;
};

}  // namespace pilothouse::kubelet
