#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/client/client.hpp"
#include "core/client/event_recorder.hpp"
#include "core/kubelet/backoff.hpp"
#include "core/kubelet/image_manager.hpp"
#include "core/kubelet/runtime_service.hpp"

namespace pilothouse::kubelet {

class PodWorker;

/// What the pod workers of one kubelet share. It outlives them.
struct PodWorkerContext {
  Simulator& simulator;
  client::Client& client;
  client::EventRecorder& recorder;
  RuntimeService& runtime;
  ImageManager& images;
  Value nodeName;
  Value hostIp;
  Value hostIps;
  /// The worker has ended what it had to do for a pod that is gone; it may be dropped.
  std::function<void(PodWorker&)> finished;
  /// The pod no longer takes room on the node.
  std::function<void(PodWorker&)> released;
};

/// One probe of a running container (pkg/kubelet/prober/worker.go).
struct Probe {
  enum class Type : std::uint8_t { Startup, Liveness, Readiness };
  enum class Result : std::uint8_t { Unknown, Success, Failure };

  Value spec;
  TimerId timer{};
  SimTime ticks{};  ///< the ticker's beginning
  std::int32_t run = 0;
  Result last{};
  Result result{};
  bool exists = false;
};

/// What kubelet knows of one container of a pod.
struct ContainerRecord {
  enum class State : std::uint8_t { Waiting, Running, Terminated };

  /// Of containers that failed or waited for something; absent for the many that just run.
  struct Trouble {
    Value waitingReason;  ///< null: ContainerCreating or PodInitializing
    Value waitingMessage;
    Value terminated;  ///< state.terminated, while the state is Terminated
    Value last;        ///< lastState.terminated
    std::int64_t exitCode = 0;
    SimTime finishedAt{};
    Backoff restarts;
    ImageManager::Failures pulls;
  };
  using Probes = std::array<Probe, 3>;  ///< by Probe::Type

  Value spec;
  Value id;  ///< "containerd://…"; null before the first
  Value image;
  Value imageId;
  Value status;  ///< as it was built last; null when something changed since
  RuntimeId runtimeId = 0;
  SimTime startedAt{};
  std::uint32_t restarts = 0;
  State state{};
  bool init = false;
  bool sidecar = false;    ///< a restartable init container
  bool attempted = false;  ///< in this sync
  bool started = false;    ///< its startup probe, if any, has succeeded
  bool ready = false;
  bool stopping = false;
  bool redefined = false;  ///< killed because its image changed: started again whatever the policy says
  std::unique_ptr<Trouble> trouble;
  std::unique_ptr<Probes> probes;

  Trouble& troubles() {
    if (trouble == nullptr) trouble = std::make_unique<Trouble>();
    return *trouble;
  }
  [[nodiscard]] bool ended() const { return state == State::Terminated; }
  [[nodiscard]] bool running() const { return state == State::Running; }
  [[nodiscard]] std::int64_t exitCode() const { return trouble == nullptr ? 0 : trouble->exitCode; }
};

/// Brings one pod to what its spec says and reports how it goes (pkg/kubelet/pod_workers.go, SyncPod of
/// kuberuntime and the status manager's part for one pod).
///
/// A sync is a chain of CRI calls; whatever happens meanwhile leads to another sync after it. The status is
/// computed at the beginning of each sync, as kubelet does, and sent when it changed.
class PodWorker : public std::enable_shared_from_this<PodWorker> {
 public:
  PodWorker(PodWorkerContext& context, const Value& pod);
  ~PodWorker();
  PodWorker(const PodWorker&) = delete;
  PodWorker& operator=(const PodWorker&) = delete;

  [[nodiscard]] const Value& pod() const { return pod_; }
  [[nodiscard]] const Value& uid() const { return uid_; }
  /// As kubelet last made it; the API server may not have it yet.
  [[nodiscard]] const Value& status() const { return status_.isNull() ? known_ : status_; }
  /// Takes room on the node: admitted, and not terminated.
  [[nodiscard]] bool holdsResources() const { return holdsResources_; }
  void setHoldsResources(bool holds) { holdsResources_ = holds; }

  /// The pod will never run here: status Failed with this reason.
  void reject(std::string_view reason, const std::string& message);
  /// Why kubelet ends a pod that nobody deleted: it is then Failed with that reason.
  struct Ending {
    Value reason;  ///< "Evicted", "DeadlineExceeded"
    Value message;
    std::optional<SimDuration> grace;  ///< instead of the pod's own
    Value disruption;                  ///< message of the condition DisruptionTarget; null for none
  };
  void end(Ending ending);
  /// Neither ended nor about to: may be evicted.
  [[nodiscard]] bool active() const { return !stopped_ && !rejected_ && ending_ == nullptr; }
  [[nodiscard]] bool stopped() const { return stopped_; }
  /// A newer version of the pod.
  void update(const Value& pod);
  /// The pod is gone from the API server.
  void remove();
  /// Containers that were found in the runtime after kubelet's restart.
  void adopt(const ContainerRuntime& runtime);
  /// Sees to its activeDeadlineSeconds, if it has any.
  void watchDeadline();
  /// What there is to do is looked at again, now or after the sync under way.
  void sync();
  void containerExited(const ContainerExit& exit);
  /// Before somebody looks into the pod: the files of its ServiceAccount are there when `done` runs.
  void fetchApiAccess(Function<void()> done);

 private:
  using State = ContainerRecord::State;
  enum class Stage : std::uint8_t { Idle, Volumes, Sandbox, Image, Container, Hook };
  /// A sidecar that is to stop once those have that it serves.
  struct Turn {
    std::size_t index = 0;
    RuntimeId container = 0;
    SimTime since{};
    SimDuration grace{};
    TimerId timer{};
  };

  // pod_worker.cpp
  void giveUpSync();
  void followSpec();
  void step();
  void finishSync();
  void createSandbox();
  [[nodiscard]] ContainerRecord* nextToStart();
  [[nodiscard]] bool restarts(const ContainerRecord& record) const;
  [[nodiscard]] bool completed() const;
  [[nodiscard]] bool isTerminating() const;
  [[nodiscard]] bool anyRegularStarted() const;
  ContainerRecord* find(std::string_view container);
  void keepReadiness(ContainerRecord& record);
  [[nodiscard]] bool readinessGatesChanged(const Value& pod) const;
  std::weak_ptr<PodWorker> weak() { return weak_from_this(); }
  void event(std::string_view type, std::string_view reason, const std::string& message);
  void event(const ContainerRecord& record, std::string_view type, std::string_view reason,
             const std::string& message);

  // container_start.cpp
  void startContainer(ContainerRecord& record);
  void create(std::size_t index, ImageManager::Result image);
  void createWith(std::size_t index, Value env);
  void start(std::size_t index);
  void started(std::size_t index, CriAnswer answer);
  void startFailed(ContainerRecord& record, std::string_view reason, const std::string& message,
                   std::string_view eventMessage);
  [[nodiscard]] std::string podFullName() const;

  // container_stop.cpp
  void terminate();
  void waitForTurn(std::size_t index, SimDuration grace);
  void takeTurns();
  [[nodiscard]] bool isTurnOf(std::size_t index) const;
  void containersStopped();
  void finalize();
  void deletePod();
  void killContainer(std::size_t index, SimDuration grace, const std::string& message);
  void hookDone(std::size_t index, RuntimeId container, SimDuration grace, SimTime begun);
  void stopContainer(std::size_t index, SimDuration grace, Function<void()> done = {});
  [[nodiscard]] SimDuration gracePeriod() const;

  // lifecycle_hooks.cpp
  void postStart(std::size_t index);
  void runHook(std::size_t index, const Value& handler, SimDuration timeout,
               Function<void(std::string)> done);
  [[nodiscard]] std::string hookFailed(std::size_t index, const Value& handler,
                                       const std::string& error) const;

  // volumes.cpp
  void mountVolumes();
  void volumesMounted(Value contents, const std::string& error);
  static bool readsApiAccess(const Value& containerSpec);

  // pod_status.cpp
  void publish();
  [[nodiscard]] Value computeStatus();
  [[nodiscard]] Value containerStatus(ContainerRecord& record);
  [[nodiscard]] std::string_view phase() const;
  [[nodiscard]] Value conditions(std::string_view phase);

  // status_sender.cpp
  void setStatus(Value status);
  void sendStatus();
  void reconcileStatus();
  void sendStatusLater();
  void statusSent(const client::Response& response);
  void statusAccepted();

  // probes.cpp
  void startProbes(ContainerRecord& record);
  void stopProbes(ContainerRecord& record, bool readinessToo);
  void scheduleProbe(std::size_t index, Probe::Type type, bool atOnce);
  void runProbe(std::size_t index, Probe::Type type);
  void probed(std::size_t index, Probe::Type type, RuntimeId container, Probe::Result result,
              const std::string& output);
  void probeChanged(std::size_t index, Probe::Type type);
  void startupSucceeded(std::size_t index);
  [[nodiscard]] std::int64_t portOf(const ContainerRecord& record, const Value& port) const;

  PodWorkerContext& context_;
  const Value uid_;  ///< compared for every change of every pod of the node
  Value pod_;
  Value status_;   ///< what kubelet wants the status to be; null before the first
  Value known_;    ///< what the API server has, as far as is known here
  Value volumes_;  ///< contents of volumes by name
  Value podIp_;
  std::vector<ContainerRecord> records_;  ///< init containers, then containers
  RuntimeId sandbox_ = 0;
  SimTime addedAt_{};
  TimerId retry_{};
  TimerId deadline_{};  ///< of activeDeadlineSeconds
  SimDuration volumeDelay_{};
  std::unique_ptr<Ending> ending_;
  std::vector<Turn> turns_;
  std::uint32_t epoch_ = 0;  ///< raised when a sync under way is given up
  Stage stage_{};
  bool busy_ = false;
  bool again_ = false;
  bool failed_ = false;  ///< something in this sync did not work
  bool volumesReady_ = false;
  bool apiAccess_ = false;  ///< the token was asked for
  bool sandboxReady_ = false;
  bool terminating_ = false;
  bool stopped_ = false;  ///< all containers of a terminating pod have ended
  bool done_ = false;     ///< and its sandbox too
  bool removed_ = false;
  bool rejected_ = false;
  bool deleting_ = false;  ///< the final DELETE is on its way
  bool sending_ = false;   ///< a status is on its way
  bool unsent_ = false;    ///< and another is to follow
  bool holdsResources_ = false;
};

/// What a container's environment is made of may be missing.
struct ResolvedEnvironment {
  Value env;          ///< an array of {name, value}
  std::string error;  ///< `configmap "x" not found`; empty when it is whole
};
/// env and envFrom of a container, with what they refer to (pkg/kubelet/kubelet_pods.go
/// makeEnvironmentVariables). Answers at once when nothing has to be read.
void resolveEnvironment(client::Client& client, const Value& pod, const Value& container, const Value& podIp,
                        const Value& hostIp, Function<void(ResolvedEnvironment)> done);
/// Reads ConfigMaps and Secrets one after the other; null objects stand for missing ones.
struct ObjectName {
  const api::Resource* resource;
  Value name;
  Value tokenRequest{};  ///< a TokenRequest to be made of the ServiceAccount instead of a read
};
void readObjects(client::Client& client, const Value& ns, std::vector<ObjectName> names,
                 Function<void(std::vector<Value>)> done);
/// A key of a ConfigMap or Secret as text; nothing when it has none.
std::optional<std::string> keyText(const Value& object, std::string_view key);
/// metadata.name, status.podIP, metadata.labels['x']…
std::string fieldText(const Value& pod, std::string_view path, const Value& podIp, const Value& hostIp);

}  // namespace pilothouse::kubelet
