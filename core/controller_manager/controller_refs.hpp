#pragma once

#include <functional>
#include <vector>

#include "core/api/object.hpp"
#include "core/client/client.hpp"
#include "core/controller_manager/owned_pods.hpp"

namespace pilothouse::controller_manager {

/// Which orphans a controller takes over, and which of its own dependents it lets go
/// (controller.PodControllerRefManager).
struct Claims {
  std::vector<Value> toAdopt;
  std::vector<Value> toRelease;
  [[nodiscard]] bool empty() const { return toAdopt.empty() && toRelease.empty(); }
};

/// Claims on pods: `considered` says which are looked at at all, `matches` which belong to the owner. An
/// owner that is being deleted claims nothing.
Claims findPodClaims(const OwnedPods& pods, const Value& owner,
                     const std::function<bool(const Value& pod)>& considered,
                     const std::function<bool(const Value& pod)>& matches);

/// Patches the dependents. Before adopting, a look at the live owner: it may be gone already
/// (RecheckDeletionTimestamp). `done` gets whether all went well; what has changed comes back by the
/// informer.
void claim(client::Client& client, const api::Resource& dependents, const api::Resource& ownerResource,
           const Value& owner, Claims claims, std::function<void(bool ok)> done);

}  // namespace pilothouse::controller_manager
