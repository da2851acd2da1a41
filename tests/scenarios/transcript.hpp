#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/cluster.hpp"
#include "core/lesson/check.hpp"
#include "tests/scenarios/scenario.hpp"

namespace pilothouse::scenario {

/// Whether the text is like the pattern, in which each `*` stands for any characters.
bool isLike(std::string_view text, std::string_view pattern);

/// "" when what was said is what was expected; otherwise both, and where they part.
std::string difference(const std::vector<ExpectedMessage>& expected,
                       const std::vector<cluster::Message>& messages);
std::string difference(const ExpectedEvents& expected, const cluster::Cluster& cluster);

/// Why a check does not hold: what it looked at, and the first condition that each object fails.
std::string whyNot(const lesson::Check& check, lesson::World& world);

}  // namespace pilothouse::scenario
