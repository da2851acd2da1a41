#include "core/api/kind.hpp"
#include "core/api/rbac_v1/validation.hpp"

namespace pilothouse::api {
namespace {

const Resource kResource{"rbac.authorization.k8s.io",
                         "v1",
                         Key::intern("clusterroles"),
                         "clusterrole",
                         "ClusterRole",
                         false,
                         {},
                         {},
                         {}};

}  // namespace

namespace kinds {

extern const Kind cluster_role;
const Kind cluster_role{
    .resource = &kResource,
    .validate = &validateClusterRole,
    .validateUpdate = &validateClusterRoleUpdate,
    .allowCreateOnUpdate = true,
};

}  // namespace kinds

}  // namespace pilothouse::api
