#include "core/api/kind.hpp"
#include "core/api/rbac_v1/validation.hpp"

namespace pilothouse::api {
namespace {

const Resource kResource{
    "rbac.authorization.k8s.io", "v1", Key::intern("roles"), "role", "Role", true, {}, {}, {}};

}  // namespace

namespace kinds {

extern const Kind role;
const Kind role{
    .resource = &kResource,
    .validate = &validateRole,
    .validateUpdate = &validateRoleUpdate,
    .allowCreateOnUpdate = true,
};

}  // namespace kinds

}  // namespace pilothouse::api
