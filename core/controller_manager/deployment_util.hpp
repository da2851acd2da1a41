#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/sim/time.hpp"
#include "core/value/value.hpp"

/// Pure functions over Deployments and ReplicaSets (pkg/controller/deployment/util/deployment_util.go).
namespace pilothouse::controller_manager::deployment {

using ReplicaSets = std::vector<Value>;

inline constexpr std::string_view kProgressing = "Progressing";
inline constexpr std::string_view kAvailable = "Available";
inline constexpr std::string_view kReplicaFailure = "ReplicaFailure";

inline constexpr std::string_view kReplicaSetUpdated = "ReplicaSetUpdated";
inline constexpr std::string_view kReplicaSetCreateError = "ReplicaSetCreateError";
inline constexpr std::string_view kNewReplicaSetCreated = "NewReplicaSetCreated";
inline constexpr std::string_view kFoundNewReplicaSet = "FoundNewReplicaSet";
inline constexpr std::string_view kNewReplicaSetAvailable = "NewReplicaSetAvailable";
inline constexpr std::string_view kProgressDeadlineExceeded = "ProgressDeadlineExceeded";
inline constexpr std::string_view kDeploymentPaused = "DeploymentPaused";
inline constexpr std::string_view kDeploymentResumed = "DeploymentResumed";
inline constexpr std::string_view kMinimumReplicasAvailable = "MinimumReplicasAvailable";
inline constexpr std::string_view kMinimumReplicasUnavailable = "MinimumReplicasUnavailable";

/// Conditions of a Deployment's status. `with…` on the list keeps one of the same status and reason as it is.
Value newCondition(std::string_view type, std::string_view status, std::string_view reason,
                   std::string message, SimTime now);
const Value& findCondition(const Value& conditions, std::string_view type);
Value withCondition(const Value& conditions, Value condition);
Value withoutCondition(const Value& conditions, std::string_view type);

bool isRollingUpdate(const Value& deployment);
bool hasProgressDeadline(const Value& deployment);
bool hasRevisionHistoryLimit(const Value& deployment);
std::int64_t maxSurge(const Value& deployment);
std::int64_t maxUnavailable(const Value& deployment);

/// FNV-1a over a canonical rendering, as rand.SafeEncodeString writes it: the pod-template-hash label.
std::string templateHash(const Value& podTemplate, const Value& collisionCount);
bool equalIgnoringHash(const Value& templateA, const Value& templateB);
/// The ReplicaSet with the Deployment's template (the oldest when there are several), or null.
Value findNewReplicaSet(const Value& deployment, const ReplicaSets& all);
ReplicaSets findOldReplicaSets(const Value& newReplicaSet, const ReplicaSets& all);
ReplicaSets activeOnly(const ReplicaSets& all);
/// The only active ReplicaSet, or the newest when none is active; null when several are.
Value findActiveOrLatest(const Value& newReplicaSet, const ReplicaSets& old);

std::int64_t maxRevision(const ReplicaSets& all);
std::string_view revisionOf(const Value& object);  ///< the annotation, or ""
Value withRevision(const Value& deployment, std::string_view revision);
/// The annotations that a new ReplicaSet of the Deployment carries (SetNewReplicaSetAnnotations).
Value withNewAnnotations(const Value& deployment, const Value& replicaSet, std::int64_t newRevision,
                         bool exists);
/// Annotations desired-replicas and max-replicas (SetReplicasAnnotations).
Value withReplicasAnnotations(const Value& deployment, const Value& replicaSet);
/// The annotation desired-replicas; -1 for none.
std::int64_t desiredReplicas(const Value& replicaSet);

std::int64_t specTotal(const ReplicaSets& all);
std::int64_t statusTotal(const ReplicaSets& all, Key field);
/// How large the new ReplicaSet may be now (NewRSNewReplicas).
std::int64_t newReplicaSetSize(const Value& deployment, const ReplicaSets& all, std::int64_t current);
bool isSaturated(const Value& deployment, const Value& replicaSet);
/// This ReplicaSet's part of replicas added to or removed from all (GetReplicaSetProportion).
std::int64_t proportion(const Value& replicaSet, const Value& deployment, std::int64_t toAdd,
                        std::int64_t added);

bool isComplete(const Value& deployment, const Value& newStatus);
bool isProgressing(const Value& deployment, const Value& newStatus);
bool isTimedOut(const Value& deployment, const Value& newStatus, SimTime now);

}  // namespace pilothouse::controller_manager::deployment
