#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/client/event_recorder.hpp"
#include "core/controller_manager/controller.hpp"
#include "core/controller_manager/deployment_util.hpp"

namespace pilothouse::controller_manager {

/// Rolls Deployments out by their ReplicaSets (pkg/controller/deployment).
class DeploymentController : public Controller {
 public:
  static constexpr int kWorkers = 5;      // --concurrent-deployment-syncs
  static constexpr int kMaxRetries = 15;  // maxRetries

  explicit DeploymentController(const ControllerContext& context);
  void start() override;

 private:
  friend class DeploymentSync;

  void deploymentChanged(const client::Change& change);
  void replicaSetChanged(const client::Change& change);
  void podChanged(const client::Change& change);
  void enqueueOwner(std::string_view ns, const Value& controller);
  void enqueueMatching(const Value& orphan);
  const Value& resolve(std::string_view ns, const Value& controller) const;
  void sync(const std::string& key, client::WorkQueue::Finish finish);

  const ControllerContext& context_;
  client::Informer& deployments_;
  client::Informer& replicaSets_;
  client::EventRecorder recorder_;
  client::WorkQueue queue_;
};

/// One run of syncDeployment: a chain of requests that ends in finish.
class DeploymentSync : public std::enable_shared_from_this<DeploymentSync> {
 public:
  DeploymentSync(DeploymentController& controller, std::string key, Value deployment,
                 client::WorkQueue::Finish finish)
      : controller_(controller),
        key_(std::move(key)),
        finish_(std::move(finish)),
        d_(std::move(deployment)) {}
  void run();

 private:
  using Next = Function<void()>;
  using ReplicaSets = deployment::ReplicaSets;
  /// ReplicaSets to be brought to a size.
  using Scales = std::vector<std::pair<Value, std::int64_t>>;

  // deployment_sync.cpp: pkg/controller/deployment/sync.go
  void claimReplicaSets(Next next);
  void decide();
  void checkPausedConditions(Next next);
  bool isScalingEvent() const;
  void syncStatusOnly();
  void syncScaling();
  void scale(Next next);
  Scales proportionalScales() const;
  void scaleAll(Scales scales, Function<void(bool ok)> done);
  void scaleNext(std::shared_ptr<Scales> scales, std::size_t at,
                 std::shared_ptr<Function<void(bool ok)>> done);
  void cleanup(Next next);
  void syncDeploymentStatus();
  Value calculateStatus() const;

  // deployment_new_replica_set.cpp
  void findReplicaSets(bool createIfNotExisted, Next next);
  void adoptExisting(std::int64_t newRevision, Next next);
  void createReplicaSet(std::int64_t newRevision, Next next);
  void replicaSetExists(const Value& body, std::int64_t newRevision, Next next);
  void replicaSetCreated(const Value& created, std::int64_t newRevision, bool existed, Next next);
  void creationFailed(const Value& body, const api::Status& status);

  // deployment_rolling.cpp, deployment_recreate.cpp, deployment_progress.cpp
  void rolloutRolling();
  void reconcileNew();
  void reconcileOld();
  Scales unhealthyScales(std::int64_t most) const;
  Scales rollingScales() const;
  void rolloutRecreate();
  bool oldPodsRunning() const;
  void syncRolloutStatus();
  Value progressed(Value status) const;
  void requeueStuck(const Value& newStatus);

  [[nodiscard]] ReplicaSets all() const;
  [[nodiscard]] SimTime now() const { return controller_.context_.now(); }
  [[nodiscard]] client::Client& client() const { return controller_.context_.client; }
  void note(const Value& replicaSet);  ///< takes the newer version into the lists
  void writeStatus(Value deployment, Next next);
  void done() { finish_(client::WorkQueue::Result::Done); }
  void fail(const api::Status& status);

  DeploymentController& controller_;
  std::string key_;
  client::WorkQueue::Finish finish_;
  Value d_;
  ReplicaSets owned_;
  Value new_;
  ReplicaSets old_;
};

}  // namespace pilothouse::controller_manager
