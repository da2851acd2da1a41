#include "core/api/kind.hpp"
#include "core/api/printing.hpp"
#include "core/api/rbac_v1/print_binding.hpp"
#include "core/api/rbac_v1/validation.hpp"

namespace pilothouse::api {
namespace {

const Resource kResource{"rbac.authorization.k8s.io",
                         "v1",
                         Key::intern("clusterrolebindings"),
                         "clusterrolebinding",
                         "ClusterRoleBinding",
                         false,
                         {},
                         {},
                         {}};

constexpr Column kColumns[] = {
    printing::kNameColumn,
    {"Role", "string", "",
     "RoleRef can only reference a ClusterRole in the global namespace. If the "
     "RoleRef cannot be resolved, the Authorizer must return an error."},
    printing::kAgeColumn,
    {"Users", "string", "", "Users in the clusterRoleBinding", 1},
    {"Groups", "string", "", "Groups in the clusterRoleBinding", 1},
    {"ServiceAccounts", "string", "", "ServiceAccounts in the clusterRoleBinding", 1}};

}  // namespace

namespace kinds {

extern const Kind cluster_role_binding;
const Kind cluster_role_binding{
    .resource = &kResource,
    .setDefaults = &roleBindingDefaults,
    .validate = &validateClusterRoleBinding,
    .validateUpdate = &validateClusterRoleBindingUpdate,
    .allowCreateOnUpdate = true,
    .columns = kColumns,
    .cells = &roleBindingCells,
};

}  // namespace kinds

}  // namespace pilothouse::api
