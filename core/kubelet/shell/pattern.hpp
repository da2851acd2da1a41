#pragma once

#include <string_view>

namespace pilothouse::kubelet::shell {

/// A shell pattern (*, ?, [a-z], [!a-z], \x) against a whole text.
bool matchesPattern(std::string_view pattern, std::string_view text);

}  // namespace pilothouse::kubelet::shell
