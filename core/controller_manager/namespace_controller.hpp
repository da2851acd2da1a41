#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/controller_manager/controller.hpp"

namespace pilothouse::controller_manager {

/// Empties namespaces that are being deleted and lets them go (pkg/controller/namespace).
class NamespaceController : public Controller {
 public:
  static constexpr int kWorkers = 10;  // --concurrent-namespace-syncs
  /// Last creations of before the deletion are waited for.
  static constexpr SimDuration kDeletionGracePeriod = std::chrono::seconds(5);
  static constexpr std::int64_t kFinalizerEstimateSeconds = 15;

  explicit NamespaceController(const ControllerContext& context);
  void start() override;

 private:
  struct Sync;

  void enqueue(const Value& object);
  void sync(const std::string& key, client::WorkQueue::Finish finish);
  void deleteContent(const std::shared_ptr<Sync>& sync);
  void deleteResource(const std::shared_ptr<Sync>& sync, const api::Resource& resource);
  void listRemaining(const std::shared_ptr<Sync>& sync, const api::Resource& resource);
  void next(const std::shared_ptr<Sync>& sync);
  void updateConditions(const std::shared_ptr<Sync>& sync);
  void conclude(const std::shared_ptr<Sync>& sync);
  void finalize(const std::shared_ptr<Sync>& sync);

  const ControllerContext& context_;
  client::Informer& namespaces_;
  client::WorkQueue queue_;
};

struct NamespaceController::Sync {
  std::string key;
  client::WorkQueue::Finish finish;
  Value object;
  std::vector<const api::Resource*> resources;  ///< pods first (OrderedNamespaceDeletion)
  std::size_t at = 0;
  std::map<std::string, std::size_t> remaining;            ///< by "pods."
  std::map<std::string, std::size_t> remainingFinalizers;  ///< by finalizer
  std::int64_t estimateSeconds = 0;
  std::vector<std::string> errors;
};

}  // namespace pilothouse::controller_manager
