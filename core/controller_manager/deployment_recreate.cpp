#include <utility>

#include "core/controller_manager/controller_utils.hpp"
#include "core/controller_manager/deployment_controller.hpp"
#include "core/controller_manager/owned_pods.hpp"

namespace pilothouse::controller_manager {

using namespace deployment;

// All old pods go before the first new one comes.
void DeploymentSync::rolloutRecreate() {
  findReplicaSets(false, [self = shared_from_this()] {
    Scales down;
    for (const Value& replicaSet : activeOnly(self->old_)) down.emplace_back(replicaSet, 0);
    if (!down.empty()) {
      return self->scaleAll(std::move(down), [self](bool ok) {
        if (ok) self->syncRolloutStatus();
      });
    }
    if (self->oldPodsRunning()) return self->syncRolloutStatus();
    const auto scaleUp = [self] {
      self->scaleAll({{self->new_, specReplicas(self->d_)}}, [self](bool ok) {
        if (!ok) return;
        if (!isComplete(self->d_, self->d_[keys::status])) return self->syncRolloutStatus();
        self->cleanup([self] { self->syncRolloutStatus(); });
      });
    };
    if (!self->new_.isNull()) return scaleUp();
    self->findReplicaSets(true, scaleUp);
  });
}

bool DeploymentSync::oldPodsRunning() const {
  if (statusTotal(old_, keys::replicas) > 0) return true;
  for (const Value& replicaSet : old_) {
    if (controller_.context_.ownedPods.tally(api::uid(replicaSet)).unfinished > 0) return true;
  }
  return false;
}

}  // namespace pilothouse::controller_manager
