#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/client/event_recorder.hpp"
#include "core/client/work_queue.hpp"
#include "core/cloud_controller_manager/context.hpp"
#include "core/controller_manager/controller.hpp"

namespace pilothouse::cloud_controller_manager {

/// Gives each Service of type LoadBalancer a balancer of the cloud, tells the balancer which nodes there are,
/// and takes it away again (k8s.io/cloud-provider/controllers/service).
class ServiceController {
 public:
  static constexpr SimDuration kNodeSyncPeriod = std::chrono::seconds(100);  // nodeSyncPeriod
  static constexpr SimDuration kMinRetryDelay = std::chrono::seconds(5);
  static constexpr SimDuration kMaxRetryDelay = std::chrono::minutes(5);
  static constexpr int kConcurrentServiceSyncs = 1;  // --concurrent-service-syncs

  explicit ServiceController(const Context& context);
  void start();

 private:
  using Finish = std::shared_ptr<client::WorkQueue::Finish>;

  void serviceChanged(const client::Change& change);
  void nodeChanged(const client::Change& change);
  void sync(const std::string& key, client::WorkQueue::Finish finish);
  void cleanUp(const std::string& key, const Value& service, const Finish& finish);
  void ensure(const std::string& key, const Value& service, const Finish& finish);
  void ensured(const std::string& key, const Value& service, const BalancerStatus& status,
               const Finish& finish);
  void failed(const std::string& key, const Value& service, const std::string& error, const Finish& finish);
  void succeeded(const std::string& key, const Finish& finish);
  void syncNodes();
  void updateHosts(const Value& service);
  [[nodiscard]] std::vector<Value> hosts() const;

  const Context& context_;
  client::EventRecorder recorder_;
  client::WorkQueue queue_;
  controller_manager::Timer nodeTimer_;
  std::map<std::string, Value> balanced_;  ///< Services as they were when their balancer was ensured
  std::map<std::string, int> failures_;
  std::set<std::string> knownHosts_;
};

}  // namespace pilothouse::cloud_controller_manager
