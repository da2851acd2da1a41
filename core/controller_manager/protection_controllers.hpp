#pragma once

#include <string>
#include <string_view>

#include "core/controller_manager/claim_pods.hpp"
#include "core/controller_manager/controller.hpp"

namespace pilothouse::controller_manager {

/// Keeps storage objects from going while they are used: a finalizer that is removed from what is being
/// deleted and not used (pkg/controller/volume/pvcprotection and pvprotection).
class ProtectionController : public Controller {
 public:
  void start() override;

 protected:
  ProtectionController(const ControllerContext& context, const api::Resource& resource,
                       std::string_view finalizer);
  [[nodiscard]] virtual bool isUsed(const Value& object) const = 0;
  void enqueue(const std::string& key) { queue_.add(key); }

 private:
  void changed(const Value& object);
  void sync(const std::string& key, client::WorkQueue::Finish finish);

  const ControllerContext& context_;
  const api::Resource& resource_;
  std::string_view finalizer_;
  client::Informer& objects_;
  client::WorkQueue queue_;
};

/// A claim is used as long as a pod that names it is on a node, whether it still runs or not.
class PvcProtectionController final : public ProtectionController {
 public:
  PvcProtectionController(const ControllerContext& context, ClaimPods& claimPods);

 private:
  [[nodiscard]] bool isUsed(const Value& claim) const override;
  ClaimPods& claimPods_;
};

/// A volume is used as long as it is bound.
class PvProtectionController final : public ProtectionController {
 public:
  explicit PvProtectionController(const ControllerContext& context);

 private:
  [[nodiscard]] bool isUsed(const Value& volume) const override;
};

}  // namespace pilothouse::controller_manager
