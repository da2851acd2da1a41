#pragma once

#include "core/value/value.hpp"

namespace pilothouse::api {

/// pkg/apis/apps/v1. Selectors and labels have no defaults in this version.
Value deploymentDefaults(const Value& deployment);
Value replicaSetDefaults(const Value& replicaSet);
Value daemonSetDefaults(const Value& set);
Value statefulSetDefaults(const Value& set);

}  // namespace pilothouse::api
