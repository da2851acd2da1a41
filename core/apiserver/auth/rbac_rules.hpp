#pragma once

#include <string>
#include <vector>

#include "core/apiserver/auth/attributes.hpp"
#include "core/value/value.hpp"

namespace pilothouse::apiserver {

/// PolicyRules of Roles and ClusterRoles, as they are stored (pkg/apis/rbac/v1/evaluation_helpers.go and
/// component-helpers/auth/rbac/validation).

bool ruleAllows(const Attributes& attributes, const Value& rule);

/// The parts of `wanted` that `held` does not cover, as one compact text a part, sorted
/// (`{APIGroups:[""], Resources:["pods"], Verbs:["get"]}`). Empty: everything is covered.
std::vector<std::string> missingRights(const std::vector<Value>& held, const std::vector<Value>& wanted);

/// Go's %q of a list of texts: `["a" "b"]`.
std::string quotedList(const std::vector<std::string>& texts);

}  // namespace pilothouse::apiserver
