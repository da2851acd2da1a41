#pragma once

#include "core/apiserver/auth/authorizer.hpp"

namespace pilothouse::apiserver {

/// Nobody grants what they do not have (pkg/registry/rbac/*/policybased): a Role or ClusterRole may hold only
/// rights that its writer holds or may `escalate`; a binding may name only a role whose rights its writer
/// holds or which it may `bind`. `stored` is null for a creation. Code 0, 403, or 404 for a role that is not
/// there.
api::Status checkGrant(const Authorizer& authorizer, const UserInfo& user, const api::Resource& resource,
                       const Value& object, const Value& stored);

}  // namespace pilothouse::apiserver
