#pragma once

#include <vector>

#include "core/sim/time.hpp"
#include "core/value/value.hpp"

namespace pilothouse::api {

/// The cells of a pod's row (printPod): name, ready, status, restarts, age, IP, node, nominated node,
/// readiness gates.
void podCells(std::vector<Value>& cells, const Value& pod, SimTime now);

}  // namespace pilothouse::api
