#pragma once

#include <string>

#include "core/sim/network.hpp"
#include "core/sim/trace.hpp"
#include "web/text.hpp"

namespace pilothouse::web {

/// "kubelet/node-1" is a "kubelet" on "node-1"; a name without a slash has no host part.
std::string_view componentKind(std::string_view component);

/// A message, input or decision in words.
std::string describe(const TraceRecord& record, const Network& network, Language language);
/// "create pods" or "ADDED pods ×3": the label of what travels.
std::string describeShort(MessageKind kind, Key verb, Key resource, std::uint16_t code, std::uint32_t count);

/// "1:02:03.4": virtual time since the start.
std::string clockText(SimDuration elapsed, bool tenths = true);
/// "12s", "3m20s", "2h3m", "5d": as kubectl prints an age (duration.HumanDuration).
std::string ageText(SimDuration age);
/// Age of a timestamp of the API; "" when it is malformed.
std::string ageSince(const Value& timestamp, SimTime now);

}  // namespace pilothouse::web
