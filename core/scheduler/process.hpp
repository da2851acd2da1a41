#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "core/client/client.hpp"
#include "core/client/event_recorder.hpp"
#include "core/client/informer.hpp"
#include "core/scheduler/pod_scheduler.hpp"
#include "core/scheduler/scheduling_queue.hpp"

namespace pilothouse::scheduler {

/// One life of the kube-scheduler process, from start to stop: what a crash forgets.
class Process : public std::enable_shared_from_this<Process> {
 public:
  static constexpr std::string_view kName = "default-scheduler";
  /// What a scheduling cycle takes: a floor, and each node that was looked at (16 run at once).
  static constexpr SimDuration kCycle = std::chrono::milliseconds(1);
  static constexpr SimDuration kCyclePerNode = std::chrono::microseconds(2);

  Process(Network& network, ComponentId self, apiserver::ApiServer& server);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void start();
  [[nodiscard]] Value lastDecision(std::string_view ns, std::string_view name) const;

 private:
  using QueuedPod = SchedulingQueue::QueuedPod;

  // event_handlers.cpp
  void onPod(const client::Change& change);
  void onNode(const client::Change& change);
  void onSelecting(const client::Change& change);
  void assignedPodChanged(const Value& before, const Value& after);
  void pendingPodChanged(const Value& before, const Value& after);
  void podGone(const Value& pod);
  void tellQueue(std::uint32_t types, const Value& before, const Value& after);

  // listers.cpp
  Listers makeListers();
  LabelSelector defaultSelector(const Value& pod);

  // schedule_one.cpp
  void wake();
  void scheduleOne();
  void decided(QueuedPod pod, Value nodeName);
  void failed(QueuedPod pod, std::string_view reason, const std::string& message, bool afterBinding);
  void bind(QueuedPod pod, const Value& nodeName);
  void bound(const QueuedPod& pod, const Value& nodeName, const apiserver::Response& response);
  void setCondition(const Value& pod, std::string_view reason, const std::string& message);

  Network& network_;
  Simulator& simulator_;
  client::Client client_;
  client::EventRecorder recorder_;
  client::SharedInformerFactory informers_;
  client::Informer& pods_;
  client::Informer& services_;
  client::Informer& replicaSets_;
  client::Informer& namespaces_;
  int servicesByNamespace_ = 0;
  std::uint64_t selectorGeneration_ = 1;

  Listers listers_;
  Framework framework_;
  Cache cache_;
  SchedulingQueue queue_;
  PodScheduler scheduler_;
  bool synced_ = false;
  bool awake_ = false;  ///< an attempt is due now
  bool busy_ = false;   ///< a cycle is going on
};

}  // namespace pilothouse::scheduler
