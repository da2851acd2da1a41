#include "core/api/resources/groups.hpp"

namespace pilothouse::api {

const Resource resources::leases{
    "coordination.k8s.io", "v1", Key::intern("leases"), "lease", "Lease", true, {}, {}, {}};

ResourceList coordinationV1Resources() {
  static constexpr const Resource* kList[] = {&resources::leases};
  return kList;
}

}  // namespace pilothouse::api
