#pragma once

#include <string>
#include <vector>

#include "core/controller_manager/controller.hpp"

namespace pilothouse::controller_manager {

/// Counts what a namespace's quotas limit (pkg/controller/resourcequota): when a quota is new or changed,
/// when something that it counts has gone, and every five minutes. Admission charges what is new in between.
class ResourceQuotaController : public Controller {
 public:
  ResourceQuotaController(const ControllerContext& context, const api::Resource& quotas);
  void start() override;

 private:
  void replenish(const api::Resource& resource, const client::Change& change);
  void sync(const std::string& key, client::WorkQueue::Finish finish);
  [[nodiscard]] Value counted(const Value& quota) const;
  void resync();

  const ControllerContext& context_;
  const api::Resource& resource_;
  client::Informer& quotas_;
  std::vector<client::Informer*> counted_;  ///< in discovery's order
  client::WorkQueue queue_;
  Timer timer_;
};

}  // namespace pilothouse::controller_manager
