#pragma once

#include <string>
#include <string_view>

#include "core/api/object.hpp"
#include "core/client/client.hpp"
#include "core/client/informer.hpp"
#include "core/client/work_queue.hpp"

namespace pilothouse::controller_manager {

class OwnedPods;

/// What every controller of the process is given. It outlives them.
struct ControllerContext {
  Simulator& simulator;
  client::Client& client;
  client::SharedInformerFactory& informers;
  OwnedPods& ownedPods;
  int replicaSetsByOwner;  ///< index of the ReplicaSet informer's store: uids of the owners
  int replicaSetOrphans;   ///< the same: namespace of ReplicaSets without controller
  std::string clusterCidr;

  [[nodiscard]] client::Informer& informer(const api::Resource& resource) const {
    return informers.informer(resource);
  }
  [[nodiscard]] SimTime now() const { return simulator.now(); }
};

/// A control loop. Construction adds its informer handlers and indexes; destruction is the process dying.
class Controller {
 public:
  virtual ~Controller() = default;
  /// Runs once, when every informer has its first list.
  virtual void start() = 0;
};

/// A one-shot timer that dies with its owner.
class Timer {
 public:
  explicit Timer(Simulator& simulator) : simulator_(simulator) {}
  ~Timer() { cancel(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  void arm(SimDuration delay, Task task) {
    cancel();
    timer_ = simulator_.after(delay, [this, task = std::move(task)]() mutable {
      timer_ = TimerId::None;
      // The task may arm the timer again, or destroy it.
      Task running = std::move(task);
      running();
    });
  }
  void cancel() {
    if (timer_ != TimerId::None) simulator_.cancel(timer_);
    timer_ = TimerId::None;
  }
  [[nodiscard]] bool isArmed() const { return timer_ != TimerId::None; }

 private:
  Simulator& simulator_;
  TimerId timer_ = TimerId::None;
};

/// "namespace/name" taken apart (cache.SplitMetaNamespaceKey).
struct NamespacedName {
  std::string_view ns;
  std::string_view name;
};
inline NamespacedName splitKey(std::string_view key) {
  const std::size_t slash = key.find('/');
  if (slash == std::string_view::npos) return {{}, key};
  return {key.substr(0, slash), key.substr(slash + 1)};
}

}  // namespace pilothouse::controller_manager
