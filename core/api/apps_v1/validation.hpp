#pragma once

#include "core/api/validation/errors.hpp"

namespace pilothouse::api {

/// pkg/apis/apps/validation, with the immutable selectors that the strategies add.
void validateDeployment(Errors& errors, const Value& deployment);
void validateDeploymentUpdate(Errors& errors, const Value& deployment, const Value& stored);
void validateDeploymentStatusUpdate(Errors& errors, const Value& deployment, const Value& stored);
void validateReplicaSet(Errors& errors, const Value& replicaSet);
void validateReplicaSetUpdate(Errors& errors, const Value& replicaSet, const Value& stored);
void validateReplicaSetStatusUpdate(Errors& errors, const Value& replicaSet, const Value& stored);

void validateDaemonSet(Errors& errors, const Value& set);
void validateDaemonSetUpdate(Errors& errors, const Value& set, const Value& stored);
void validateDaemonSetStatusUpdate(Errors& errors, const Value& set, const Value& stored);
void validateStatefulSet(Errors& errors, const Value& set);
void validateStatefulSetUpdate(Errors& errors, const Value& set, const Value& stored);
void validateStatefulSetStatusUpdate(Errors& errors, const Value& set, const Value& stored);
void validateControllerRevision(Errors& errors, const Value& revision);
void validateControllerRevisionUpdate(Errors& errors, const Value& revision, const Value& stored);

}  // namespace pilothouse::api
