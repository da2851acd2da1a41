#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/kubelet/traffic.hpp"

namespace pilothouse::kubelet {

/// A command as a client sends it: the body has its arguments exactly, the path as people read them.
Payload redisCommand(std::span<const std::string> words);
/// "$text", "+OK", ":3" of an answer without the sign; "" for none or an error.
std::string redisText(std::string_view reply);
/// What separates the arguments of a command and the items of an answer "*…".
constexpr char kRedisSeparator = '\x1f';
std::vector<std::string> redisItems(std::string_view text);

}  // namespace pilothouse::kubelet
