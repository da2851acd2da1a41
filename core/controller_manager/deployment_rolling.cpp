#include <algorithm>
#include <utility>

#include "core/controller_manager/controller_utils.hpp"
#include "core/controller_manager/deployment_controller.hpp"

namespace pilothouse::controller_manager {

using namespace deployment;

// One step up or one step down; the changes that it causes bring the next sync.
void DeploymentSync::rolloutRolling() {
  findReplicaSets(true, [self = shared_from_this()] { self->reconcileNew(); });
}

void DeploymentSync::reconcileNew() {
  const std::int64_t desired = specReplicas(d_);
  const std::int64_t current = specReplicas(new_);
  std::int64_t size = current;
  if (current > desired) size = desired;
  if (current < desired) size = newReplicaSetSize(d_, all(), current);
  if (size == current) return reconcileOld();
  scaleAll({{new_, size}}, [self = shared_from_this()](bool ok) {
    if (ok) self->syncRolloutStatus();
  });
}

void DeploymentSync::reconcileOld() {
  const auto settle = [self = shared_from_this()] { self->cleanup([self] { self->syncRolloutStatus(); }); };
  if (specTotal(activeOnly(old_)) == 0) return settle();
  const std::int64_t minAvailable = specReplicas(d_) - maxUnavailable(d_);
  const std::int64_t newUnavailable = specReplicas(new_) - statusCount(new_, keys::availableReplicas);
  const std::int64_t most = specTotal(all()) - minAvailable - newUnavailable;
  if (most <= 0) return settle();
  Scales unhealthy = unhealthyScales(most);
  const bool cleaned = !unhealthy.empty();
  scaleAll(std::move(unhealthy), [self = shared_from_this(), settle, cleaned](bool ok) {
    if (!ok) return;
    Scales further = self->rollingScales();
    if (further.empty() && !cleaned) return settle();
    self->scaleAll(std::move(further), [self](bool scaled) {
      if (scaled) self->syncRolloutStatus();
    });
  });
}

// cleanupUnhealthyReplicas: what is not available anyway goes first, and does not hold the rollout up.
DeploymentSync::Scales DeploymentSync::unhealthyScales(std::int64_t most) const {
  ReplicaSets sets = activeOnly(old_);
  std::sort(sets.begin(), sets.end(), createdBefore);
  Scales scales;
  std::int64_t total = 0;
  for (const Value& replicaSet : sets) {
    const std::int64_t size = specReplicas(replicaSet);
    const std::int64_t unhealthy = size - statusCount(replicaSet, keys::availableReplicas);
    if (total >= most) break;
    if (unhealthy <= 0) continue;
    const std::int64_t down = std::min(most - total, unhealthy);
    scales.emplace_back(replicaSet, size - down);
    total += down;
  }
  return scales;
}

// scaleDownOldReplicaSetsForRollingUpdate.
DeploymentSync::Scales DeploymentSync::rollingScales() const {
  const std::int64_t minAvailable = specReplicas(d_) - maxUnavailable(d_);
  const std::int64_t available = statusTotal(all(), keys::availableReplicas);
  Scales scales;
  if (available <= minAvailable) return scales;
  ReplicaSets sets = activeOnly(old_);
  std::sort(sets.begin(), sets.end(), createdBefore);
  std::int64_t left = available - minAvailable;
  for (const Value& replicaSet : sets) {
    if (left <= 0) break;
    const std::int64_t down = std::min(specReplicas(replicaSet), left);
    scales.emplace_back(replicaSet, specReplicas(replicaSet) - down);
    left -= down;
  }
  return scales;
}

}  // namespace pilothouse::controller_manager
