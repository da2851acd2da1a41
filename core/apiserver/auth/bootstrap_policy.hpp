#pragma once

#include <vector>

#include "core/apiserver/bootstrap.hpp"

namespace pilothouse::apiserver {

/// The roles and bindings that kube-apiserver makes in a new cluster (plugin/pkg/auth/authorizer/rbac/
/// bootstrappolicy) and those that kubeadm adds, for the groups and versions that this API server serves.
/// Aggregated ClusterRoles have their rules already.
std::vector<BootstrapObject> bootstrapPolicy();

/// The rules of the ClusterRoles that an aggregationRule selects, in order of their names, each once
/// (clusterroleaggregation).
Value aggregatedRules(const Value& clusterRole, const std::vector<Value>& clusterRoles);

}  // namespace pilothouse::apiserver
