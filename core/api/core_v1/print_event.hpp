#pragma once

#include <vector>

#include "core/sim/time.hpp"
#include "core/value/value.hpp"

namespace pilothouse::api {

/// The cells of an Event's row (printEvent): last seen, type, reason, object, subobject, source, message,
/// first seen, count, name.
void eventCells(std::vector<Value>& cells, const Value& event, SimTime now);

}  // namespace pilothouse::api
