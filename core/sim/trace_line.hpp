#pragma once

#include <string>

#include "core/sim/network.hpp"

namespace pilothouse {

/// One record as a line of text: id, cause, virtual nanoseconds of sending and delivery, sender, receiver,
/// kind, code, verb, resource, and namespace/name@resourceVersion of its object. Equal runs give equal lines.
std::string traceLine(const TraceRecord& record, const Network& network);

}  // namespace pilothouse
