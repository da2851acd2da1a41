#include "core/api/coordination_v1/validation.hpp"
#include "core/api/kind.hpp"

namespace pilothouse::api {
const Resource resources::leases{
    "coordination.k8s.io", "v1", Key::intern("leases"), "lease", "Lease", true, {}, {}, {}};

namespace kinds {

extern const Kind lease;
const Kind lease{
    .resource = &resources::leases,
    .validate = &validateLease,
    .validateUpdate = &validateLeaseUpdate,
    .allowCreateOnUpdate = true,
    .allowUnconditionalUpdate = false,
};

}  // namespace kinds

}  // namespace pilothouse::api
