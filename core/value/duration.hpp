#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/sim/time.hpp"

namespace pilothouse {

/// Go's time.Duration text: "1h2m3.5s", "300ms"; nothing when malformed.
std::optional<SimDuration> parseDuration(std::string_view text);
/// As time.Duration.String prints: "1m30s", "300ms", "0s".
std::string durationText(SimDuration duration);
/// k8s.io/apimachinery/pkg/util/duration.HumanDuration: "5s", "2m10s", "3d4h": ages in tables.
std::string humanDuration(SimDuration duration);

/// IntOrString against a total (intstr.GetScaledValueFromIntOrPercent): "25%" of 10 rounded up or down; an
/// int is itself; nothing for a malformed string.
std::optional<std::int64_t> scaledIntOrPercent(const Value& intOrString, std::int64_t total, bool roundUp);

}  // namespace pilothouse
