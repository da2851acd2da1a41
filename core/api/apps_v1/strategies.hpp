#pragma once

#include "core/value/value.hpp"

namespace pilothouse::api {

/// pkg/registry/apps/{deployment,replicaset,daemonset,statefulset}/strategy.go.
Value prepareDeploymentCreate(const Value& deployment);
/// A Deployment's generation also counts its annotations, where `kubectl rollout` keeps its records.
Value prepareDeploymentUpdate(const Value& deployment, const Value& stored);
Value prepareDeploymentStatus(const Value& deployment, const Value& stored);
Value prepareReplicaSetCreate(const Value& replicaSet);
Value prepareReplicaSetUpdate(const Value& replicaSet, const Value& stored);
/// How often a DaemonSet's template has changed is kept in an annotation, which is not the client's.
Value prepareDaemonSetCreate(const Value& set);
Value prepareDaemonSetUpdate(const Value& set, const Value& stored);
Value prepareDaemonSetStatus(const Value& set, const Value& stored);
Value prepareStatefulSetCreate(const Value& set);
Value prepareStatefulSetUpdate(const Value& set, const Value& stored);

}  // namespace pilothouse::api
