#include "core/api/kind.hpp"
#include "core/api/printing.hpp"
#include "core/api/rbac_v1/print_binding.hpp"
#include "core/api/rbac_v1/validation.hpp"

namespace pilothouse::api {
namespace {

const Resource kResource{"rbac.authorization.k8s.io",
                         "v1",
                         Key::intern("rolebindings"),
                         "rolebinding",
                         "RoleBinding",
                         true,
                         {},
                         {},
                         {}};

constexpr Column kColumns[] = {
    printing::kNameColumn,
    {"Role", "string", "",
     "RoleRef can reference a Role in the current namespace or a ClusterRole in the global namespace. If the "
     "RoleRef cannot be resolved, the Authorizer must return an error."},
    printing::kAgeColumn,
    {"Users", "string", "", "Users in the roleBinding", 1},
    {"Groups", "string", "", "Groups in the roleBinding", 1},
    {"ServiceAccounts", "string", "", "ServiceAccounts in the roleBinding", 1}};

}  // namespace

namespace kinds {

extern const Kind role_binding;
const Kind role_binding{
    .resource = &kResource,
    .setDefaults = &roleBindingDefaults,
    .validate = &validateRoleBinding,
    .validateUpdate = &validateRoleBindingUpdate,
    .allowCreateOnUpdate = true,
    .columns = kColumns,
    .cells = &roleBindingCells,
};

}  // namespace kinds

}  // namespace pilothouse::api
