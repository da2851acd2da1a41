#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/client/event_recorder.hpp"
#include "core/controller_manager/controller.hpp"
#include "core/controller_manager/rate_limited_queue.hpp"

namespace pilothouse::controller_manager {

/// Watches over nodes by their leases and statuses, and taints those that are not well
/// (pkg/controller/nodelifecycle).
class NodeLifecycleController : public Controller {
 public:
  static constexpr SimDuration kMonitorPeriod = std::chrono::seconds(5);        // --node-monitor-period
  static constexpr SimDuration kMonitorGracePeriod = std::chrono::seconds(50);  // --node-monitor-grace-period
  static constexpr SimDuration kStartupGracePeriod = std::chrono::minutes(1);   // --node-startup-grace-period
  static constexpr SimDuration kEvictionPeriod = std::chrono::milliseconds(100);  // NodeEvictionPeriod
  static constexpr SimDuration kRetrySleep = std::chrono::milliseconds(20);       // retrySleepTime
  static constexpr int kHealthUpdateRetries = 5;                                  // NodeHealthUpdateRetry
  static constexpr double kEvictionRate = 0.1;            // --node-eviction-rate, a second
  static constexpr double kSecondaryEvictionRate = 0.01;  // --secondary-node-eviction-rate
  static constexpr std::size_t kLargeClusterThreshold = 50;
  static constexpr double kUnhealthyZoneThreshold = 0.55;
  static constexpr int kNodeWorkers = 8;  // nodeUpdateWorkerSize
  static constexpr int kPodWorkers = 4;   // podUpdateWorkerSize

  explicit NodeLifecycleController(const ControllerContext& context);
  void start() override;

 private:
  enum class ZoneState : std::uint8_t { Initial, Normal, FullDisruption, PartialDisruption };
  struct Zone {
    ZoneState state = ZoneState::Initial;
    RateLimitedQueue tainter{kEvictionRate};
    std::size_t ready = 0;     ///< of this pass
    std::size_t notReady = 0;  ///< of this pass
  };
  struct Health {
    Value object;  ///< the node as last judged
    Value uid;
    std::string zone;
    Value leaseRenewTime;
    SimTime probed{};
    bool known = false;          ///< registered in this process
    bool busy = false;           ///< a request about it is in the air
    bool podsNeedRetry = false;  ///< not all of its pods could be marked not ready
  };

  void nodeChanged(const client::Change& change);
  void podChanged(const client::Change& change);

  void monitor();
  void observe(const Value& node);
  void judge(const Value& node, Health& health);
  void writeHealth(const Value& node, const Value& observedReady, int attempt);
  void judged(const Value& node, const Value& observedReady);
  void processTaints(const Value& node, const Value& observedReady);
  void markReachable(const Value& node);
  void handleDisruption();
  void setRate(Zone& zone, ZoneState state);
  void taintPass();
  void armTaintPass();
  void taintNode(const std::string& name, const std::string& zoneKey);
  void markPodsNotReady(const Value& node);
  void markPodNotReady(const Value& pod, std::function<void(bool)> done);

  void syncNode(const std::string& key, client::WorkQueue::Finish finish);
  void syncPod(const std::string& key, client::WorkQueue::Finish finish);

  const ControllerContext& context_;
  client::Informer& nodes_;
  client::Informer& leases_;
  client::Informer& pods_;
  client::EventRecorder recorder_;
  client::WorkQueue nodeQueue_;
  client::WorkQueue podQueue_;
  std::map<std::string, Health, std::less<>> healths_;
  std::map<std::string, Zone, std::less<>> zones_;
  Timer monitorTimer_;
  Timer taintTimer_;
};

}  // namespace pilothouse::controller_manager
