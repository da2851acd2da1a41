#include "core/api/resources/groups.hpp"

namespace pilothouse::api {

const Resource resources::endpointSlices{"discovery.k8s.io",
                                         "v1",
                                         Key::intern("endpointslices"),
                                         "endpointslice",
                                         "EndpointSlice",
                                         true,
                                         {},
                                         {},
                                         {}};

ResourceList discoveryV1Resources() {
  static constexpr const Resource* kList[] = {&resources::endpointSlices};
  return kList;
}

}  // namespace pilothouse::api
