#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/kubelet/shell/machine.hpp"

namespace pilothouse::kubelet::shell {

/// The tables behind findUtility, a file each.
std::span<const Utility> builtinUtilities();
std::span<const Utility> textUtilities();
std::span<const Utility> filterUtilities();
std::span<const Utility> fileUtilities();
std::span<const Utility> networkUtilities();

using Words = std::vector<std::string>;

/// test's expression, without "[" and "]".
bool testExpression(Machine& machine, Environment& environment, const Words& words, std::size_t begin,
                    std::size_t end);
/// "5", "0.5", "2m": seconds of sleep(1); negative when malformed.
SimDuration sleepDuration(std::string_view text);
/// The text that a filter reads: its file arguments, or its input. False (after a message) when one is
/// missing.
bool readInputs(Machine& machine, Environment& environment, const Words& words, std::size_t first,
                std::string& text);
/// "Thu Jan  1 00:00:05 UTC 2026", or as a strftime format says.
std::string dateText(SimTime now, std::string_view format);
std::int64_t numberOf(std::string_view text);

}  // namespace pilothouse::kubelet::shell
