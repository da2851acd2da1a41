#pragma once

#include <span>

#include "core/api/resource.hpp"

namespace pilothouse::api {

/// The resources of each group and version, in order of plural, as discovery lists them. A new kind is a
/// definition in its group's file; a new group is a file here and a line in resource.cpp.
using ResourceList = std::span<const Resource* const>;

ResourceList coreV1Resources();
ResourceList appsV1Resources();
ResourceList coordinationV1Resources();
ResourceList discoveryV1Resources();

}  // namespace pilothouse::api
