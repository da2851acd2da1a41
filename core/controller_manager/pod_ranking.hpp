#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "core/sim/time.hpp"
#include "core/value/value.hpp"

namespace pilothouse::controller_manager {

/// The `count` pods of `pods` to delete first (replicaset.getPodsToDelete, controller.ActivePodsWithRanks):
/// unassigned, pending, not ready, of lower deletion cost, doubled up on a node, ready for a shorter time,
/// restarted more often, younger. `related` visits the active pods that count for doubling up.
std::vector<Value> podsToDelete(std::vector<Value> pods, std::size_t count, SimTime now,
                                const std::function<void(const std::function<void(const Value&)>&)>& related);

/// The same in the plain order of controller.ActivePods: no deletion cost, no doubling up, exact ages.
std::vector<Value> activePodsToDelete(std::vector<Value> pods, std::size_t count);

}  // namespace pilothouse::controller_manager
