#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/kubelet/runtime/container_runtime.hpp"

namespace pilothouse::docker {

using kubelet::ContainerRuntime;
using kubelet::RuntimeId;

/// docker run's --restart.
struct RestartPolicy {
  enum class Kind : std::uint8_t { No, OnFailure, Always, UnlessStopped } kind{};
  int maxRetries = 0;  ///< of on-failure; 0 for no limit
};

struct PortMapping {
  std::int64_t host = 0;
  std::int64_t container = 0;
};

/// What `docker run` is told.
struct ContainerOptions {
  std::string name;  ///< "" for one of Docker's own making
  std::string image;
  std::string entrypoint;
  std::string memory;  ///< as a quantity: "256Mi"; "" for no limit
  std::string cpus;    ///< "0.5"
  std::string hostname;
  std::vector<std::string> command;
  std::vector<std::pair<std::string, std::string>> environment;
  std::vector<PortMapping> ports;
  RestartPolicy restart;
  bool removeWhenEnded = false;
};

/// A container that somebody runs by hand.
struct DockerContainer {
  RuntimeId sandbox = 0;
  RuntimeId id = 0;    ///< of its present life; a restart makes another
  std::string idText;  ///< 64 hexadecimal digits, its whole life long
  std::string name;
  std::string address;
  ContainerOptions options;
  Value spec;
  SimTime created{};
  SimTime started{};
  int restarts = 0;
  bool stoppedByHand = false;
  bool restarting = false;
  bool startFailed = false;
  SimDuration backoff{};
  std::vector<std::function<void()>> waiting;  ///< for the end of its present life
};

/// Docker Engine on one machine: containers that are started, stopped and moved by command, without anything
/// that looks after them but its restart policies. No Kubernetes is involved.
///
/// Its containers are a pod of one container each to the runtime, with an address of the machine's own
/// network. Answers come when the work is done; an error is in the daemon's words, "" for none.
class Engine : public std::enable_shared_from_this<Engine> {
 public:
  using Done = std::function<void(const std::string& error)>;
  using Say = std::function<void(const std::string& line)>;

  Engine(Simulator& simulator, std::shared_ptr<ContainerRuntime> runtime);
  ~Engine();

  /// Creates and starts; `say` is told of a pull's progress, `done` has the container's id or an error.
  void run(ContainerOptions options, Say say,
           std::function<void(const std::string& error, const std::string& id)> done);
  /// Told once, when the container's present life has ended and before anything else happens to it.
  void whenEnded(const std::string& name, std::function<void()> told);
  void start(const std::string& name, Done done);
  void stop(const std::string& name, SimDuration timeout, Done done);
  void kill(const std::string& name, Done done);
  void remove(const std::string& name, bool force, Done done);
  void pull(const std::string& image, Say say, Done done);

  /// By name, id or the beginning of an id; null when there is none.
  [[nodiscard]] const DockerContainer* find(std::string_view name) const;
  /// Newest first.
  [[nodiscard]] std::vector<const DockerContainer*> list() const;
  /// What the runtime knows of its present life; null before it was created.
  [[nodiscard]] const ContainerRuntime::Container* state(const DockerContainer& container) const;
  [[nodiscard]] const std::shared_ptr<ContainerRuntime>& runtime() const { return runtime_; }
  [[nodiscard]] Simulator& simulator() { return simulator_; }

  /// A command that runs in a container lives as long as it is kept.
  std::uint64_t keep(std::shared_ptr<kubelet::ExecSession> session);
  [[nodiscard]] std::shared_ptr<kubelet::ExecSession> session(std::uint64_t kept) const;
  void drop(std::uint64_t kept);

 private:
  class Follower;

  void create(ContainerOptions options, std::function<void(const std::string&, const std::string&)> done);
  void createLife(const std::string& id, Done done);
  void startLife(const std::string& id, Done done);
  void ended(const std::string& id, RuntimeId life);
  void restartLater(DockerContainer& container);
  void dropLife(DockerContainer& container);
  [[nodiscard]] DockerContainer* mutableFind(std::string_view name);
  [[nodiscard]] std::string freeName() const;
  [[nodiscard]] std::string portConflict(const DockerContainer& container) const;

  Simulator& simulator_;
  std::shared_ptr<ContainerRuntime> runtime_;
  std::map<std::uint64_t, DockerContainer> containers_;  ///< in order of creation
  std::map<std::uint64_t, std::shared_ptr<Follower>> followers_;
  std::map<std::uint64_t, std::shared_ptr<kubelet::ExecSession>> sessions_;
  std::uint64_t last_ = 0;
};

}  // namespace pilothouse::docker
