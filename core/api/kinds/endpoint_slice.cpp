#include "core/api/discovery_v1/defaults.hpp"
#include "core/api/discovery_v1/validation.hpp"
#include "core/api/keys.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/strategy.hpp"

namespace pilothouse::api {
namespace {

Value prepareCreate(const Value& slice) { return withFirstGeneration(slice); }

// Labels count too: they tell whose slice it is.
Value prepareUpdate(const Value& slice, const Value& stored) {
  const bool changed = !(labels(slice) == labels(stored)) ||
                       !(slice.without(keys::metadata) == stored.without(keys::metadata));
  return changed ? withNextGeneration(slice, stored) : slice;
}

}  // namespace

const Resource resources::endpointSlices{"discovery.k8s.io",
                                         "v1",
                                         Key::intern("endpointslices"),
                                         "endpointslice",
                                         "EndpointSlice",
                                         true,
                                         {},
                                         {},
                                         {}};

namespace kinds {

extern const Kind endpoint_slice;
const Kind endpoint_slice{
    .resource = &resources::endpointSlices,
    .setDefaults = &endpointSliceDefaults,
    .validate = &validateEndpointSlice,
    .validateUpdate = &validateEndpointSliceUpdate,
    .prepareForCreate = &prepareCreate,
    .prepareForUpdate = &prepareUpdate,
};

}  // namespace kinds

}  // namespace pilothouse::api
