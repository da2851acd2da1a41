#include "core/api/coordination_v1/validation.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"

namespace pilothouse::api {
namespace {

const Key kHolderIdentity = Key::intern("holderIdentity");

constexpr Column kColumns[] = {
    printing::kNameColumn,
    {"Holder", "string", "", "holderIdentity contains the identity of the holder of a current lease."},
    printing::kAgeColumn};

void cells(std::vector<Value>& cells, const Value& lease, SimTime now) {
  cells.insert(cells.end(),
               {meta(lease)[keys::name], printing::orElse(lease[keys::spec][kHolderIdentity], ""),
                printing::age(lease, now)});
}

}  // namespace
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
    .columns = kColumns,
    .cells = &cells,
};

}  // namespace kinds

}  // namespace pilothouse::api
