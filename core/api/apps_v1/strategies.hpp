#pragma once

#include "core/value/value.hpp"

namespace pilothouse::api {

/// pkg/registry/apps/{deployment,replicaset}/strategy.go.
Value prepareDeploymentCreate(const Value& deployment);
/// A Deployment's generation also counts its annotations, where `kubectl rollout` keeps its records.
Value prepareDeploymentUpdate(const Value& deployment, const Value& stored);
Value prepareDeploymentStatus(const Value& deployment, const Value& stored);
Value prepareReplicaSetCreate(const Value& replicaSet);
Value prepareReplicaSetUpdate(const Value& replicaSet, const Value& stored);

}  // namespace pilothouse::api
