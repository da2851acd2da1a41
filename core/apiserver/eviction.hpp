#pragma once

#include <string_view>

#include "core/apiserver/outcome.hpp"
#include "core/sim/time.hpp"

/// What POST pods/{name}/eviction decides (pkg/registry/core/pod/storage/eviction.go).
namespace pilothouse::apiserver::eviction {

/// The DeleteOptions of a policy/v1 Eviction, with the request's dry run in them; 400 when it is malformed or
/// names another pod.
Outcome deleteOptions(const Value& eviction, std::string_view podName, bool dryRun);

/// No budget counts a pod that has ended, has not begun, or is going.
bool ignoresBudgets(const Value& pod);
/// Such a pod, while it may still become ready, is deleted only as it was seen.
bool isDeletedAsSeen(const Value& pod);
bool hasResourceVersion(const Value& options);
Value withResourceVersion(const Value& options, const Value& pod);

/// Whether the budget is about the pod.
bool covers(const Value& budget, const Value& pod);
/// A pod that is not ready and that the budget does not need: nothing is taken from the budget.
bool isNotCounted(const Value& budget, const Value& pod);
/// The budget with one disruption less and the pod among those that are about to go; 429 when it allows none.
Outcome taken(const Value& budget, const Value& pod, SimTime now);

/// "Cannot evict pod as it would violate the pod's disruption budget.", to be tried again.
api::Status stillProcessed(std::string_view budget);
/// A pod that two budgets are about.
api::Status tooManyBudgets();

/// The pod with condition DisruptionTarget; a conflict when it is not what the preconditions name.
Outcome withDisruptionTarget(const Value& pod, const Value& options, SimTime now);

}  // namespace pilothouse::apiserver::eviction
