#pragma once

#include <set>
#include <string>

#include "core/client/event_recorder.hpp"
#include "core/cloud_controller_manager/context.hpp"
#include "core/controller_manager/controller.hpp"

namespace pilothouse::cloud_controller_manager {

/// Tells the cloud's network on which node each range of pod addresses is, and each node whether it does
/// (k8s.io/cloud-provider/controllers/route).
class RouteController {
 public:
  static constexpr SimDuration kReconciliationPeriod =
      std::chrono::seconds(10);  // --route-reconciliation-period

  explicit RouteController(const Context& context);
  void start();

 private:
  void reconcile();
  void reconcile(const Routes& known);
  void create(const Value& node, const std::string& cidr);
  void setNetworkUnavailable(const Value& node, bool unavailable);

  const Context& context_;
  client::EventRecorder recorder_;
  controller_manager::Timer timer_;
  std::set<std::string> creating_;  ///< nodes
};

}  // namespace pilothouse::cloud_controller_manager
