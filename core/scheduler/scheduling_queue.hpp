#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "core/scheduler/cluster_event.hpp"
#include "core/scheduler/framework.hpp"
#include "core/scheduler/plugins/priority_sort.hpp"
#include "core/scheduler/pod_table.hpp"
#include "core/sim/simulator.hpp"

namespace pilothouse::scheduler {

/// Pods that wait to be scheduled (pkg/scheduler/backend/queue, PriorityQueue).
///
/// activeQ: to be tried next, by PrioritySort. backoffQ: tried in vain, moved by an event, and waiting for
/// 1 s doubled to 10 s to pass (or for the scheduler to have nothing else to do: SchedulerPopFromBackoffQ).
/// Unschedulable: until an event may help them, or for five minutes. One pod is in flight at a time; events
/// meanwhile count when it comes back.
class SchedulingQueue {
 public:
  static constexpr SimDuration kInitialBackoff = std::chrono::seconds(1);
  static constexpr SimDuration kMaxBackoff = std::chrono::seconds(10);
  static constexpr SimDuration kUnschedulableMax = std::chrono::minutes(5);
  static constexpr SimDuration kUnschedulableFlush = std::chrono::seconds(30);

  struct QueuedPod {
    Value pod;
    PodRequirementsPtr needs;
    plugins::QueueOrder order;
    CauseId cause{};
    std::uint32_t refusedBy = 0;  ///< plugins (bits) of the last attempt
    int attempts = 0;
    int unschedulableCount = 0;
    int errorCount = 0;  ///< errors in a row
    bool gated = false;
  };

  /// `ready` is called when a pod may be popped.
  SchedulingQueue(Simulator& simulator, Framework& framework, std::function<void()> ready);
  ~SchedulingQueue();
  SchedulingQueue(const SchedulingQueue&) = delete;
  SchedulingQueue& operator=(const SchedulingQueue&) = delete;

  void add(const Value& pod, PodRequirementsPtr needs);
  void update(const Value& pod, PodRequirementsPtr needs);
  void remove(const Value& pod);
  [[nodiscard]] bool contains(const Value& pod) const;

  /// The next pod, which is then in flight; done() ends that, with or without giving it back.
  std::optional<QueuedPod> pop();
  /// Gives the pod in flight back after an attempt in vain; `refusedBy` empty means an error.
  void giveBack(QueuedPod pod);
  /// Gives back a pod whose binding failed.
  void retry(QueuedPod pod);
  void done();

  /// Does anybody here wait for such events? Saves making them.
  [[nodiscard]] bool listens(std::uint32_t eventTypes) const;
  /// Something happened that may help unschedulable pods.
  void moveAll(const ClusterEvent& event);

  [[nodiscard]] std::size_t activeCount() const { return active_.size(); }
  [[nodiscard]] std::size_t backoffCount() const { return backoff_.size(); }
  [[nodiscard]] std::size_t unschedulableCount() const { return unschedulable_.size(); }

 private:
  enum class Where : std::uint8_t { Active, Backoff, Unschedulable };
  struct Entry {
    Value pod;
    QueuedPod queued;
    Where where{};
    SimTime backoffUntil{};
  };
  using Place = std::pair<plugins::QueueOrder, std::uint32_t>;
  struct Less {
    bool operator()(const Place& a, const Place& b) const {
      return plugins::prioritySortLess(a.first, b.first);
    }
  };
  using BackoffPlace = std::pair<SimTime, Place>;
  struct BackoffLess {
    bool operator()(const BackoffPlace& a, const BackoffPlace& b) const {
      return a.first != b.first ? a.first < b.first : Less{}(a.second, b.second);
    }
  };

  void put(QueuedPod pod, Where where);
  void take(std::uint32_t id);
  void requeue(QueuedPod pod);
  [[nodiscard]] SimTime backoffEnd(const QueuedPod& pod) const;
  void countRefusals(const QueuedPod& pod, int by);
  bool worth(const QueuedPod& pod, const ClusterEvent& event);
  void arm();
  void flushBackoff();
  void flushUnschedulable();

  Simulator& simulator_;
  Framework& framework_;
  std::function<void()> ready_;
  SimTime started_;
  PodTable<Entry> entries_;
  std::set<Place, Less> active_;
  std::set<BackoffPlace, BackoffLess> backoff_;
  std::set<std::pair<std::uint64_t, std::uint32_t>> unschedulable_;  ///< by sequence
  std::array<std::uint32_t, 32> refused_{};  ///< unschedulable pods by the plugins that refused them
  std::uint64_t sequence_ = 0;
  bool inFlight_ = false;
  std::vector<ClusterEvent> inFlightEvents_;
  TimerId backoffTimer_{};
  TimerId unschedulableTimer_{};
};

}  // namespace pilothouse::scheduler
