#pragma once

#include <vector>

#include "core/api/printing.hpp"
#include "core/sim/time.hpp"

namespace pilothouse::api {

/// Columns of Events in either group.
inline constexpr Column kEventColumns[] = {
    {"Last Seen", "string", "", "The time at which the most recent occurrence of this event was recorded."},
    {"Type", "string", "", "Type of this event (Normal, Warning), new types could be added in the future"},
    {"Reason", "string", "",
     "This should be a short, machine understandable string that gives the reason for the transition into "
     "the "
     "object's current status."},
    {"Object", "string", "", "The object that this event is about."},
    {"Subobject", "string", "", "", 1},
    {"Source", "string", "",
     "The component reporting this event. Should be a short machine understandable string.", 1},
    {"Message", "string", "", "A human-readable description of the status of this operation."},
    {"First Seen", "string", "",
     "The time at which the event was first recorded. (Time of server receipt is in TypeMeta.)", 1},
    {"Count", "string", "", "The number of times this event has occurred.", 1},
    {"Name", "string", "name", printing::kNameDescription, 1}};

/// The cells of an Event's row (printEvent): last seen, type, reason, object, subobject, source, message,
/// first seen, count, name.
void eventCells(std::vector<Value>& cells, const Value& event, SimTime now);

}  // namespace pilothouse::api
