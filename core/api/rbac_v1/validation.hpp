#pragma once

#include "core/api/validation/errors.hpp"

namespace pilothouse::api {

/// pkg/apis/rbac/validation and defaults.

void validateRole(Errors& errors, const Value& role);
void validateRoleUpdate(Errors& errors, const Value& role, const Value& stored);
void validateClusterRole(Errors& errors, const Value& role);
void validateClusterRoleUpdate(Errors& errors, const Value& role, const Value& stored);

void validateRoleBinding(Errors& errors, const Value& binding);
void validateRoleBindingUpdate(Errors& errors, const Value& binding, const Value& stored);
void validateClusterRoleBinding(Errors& errors, const Value& binding);
void validateClusterRoleBindingUpdate(Errors& errors, const Value& binding, const Value& stored);

/// The API groups of the role and of the subjects, for RoleBindings and ClusterRoleBindings.
Value roleBindingDefaults(const Value& binding);

}  // namespace pilothouse::api
