#pragma once

#include <cstdint>

#include "core/kubectl/delete.hpp"

namespace pilothouse::kubectl {

/// `kubectl scale RESOURCE/NAME --replicas=N`: a merge patch of the scale subresource.
void scale(client::Client& client, const Named& object, std::int64_t replicas, Output output);

}  // namespace pilothouse::kubectl
