#pragma once

#include <vector>

#include "core/sim/time.hpp"
#include "core/value/value.hpp"

namespace pilothouse::api {

/// The cells of a Service's row (printService): name, type, cluster IP, external IP, ports, age, selector.
void serviceCells(std::vector<Value>& cells, const Value& service, SimTime now);

}  // namespace pilothouse::api
