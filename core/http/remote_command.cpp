#include "core/http/remote_command.hpp"

#include <algorithm>

#include "core/value/document.hpp"

namespace pilothouse::http {
namespace {

constexpr std::string_view kV5 = "v5.channel.k8s.io";
constexpr std::string_view kV4 = "v4.channel.k8s.io";

bool offers(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const std::size_t comma = header.find(',');
    std::string_view part = header.substr(0, comma);
    header = comma == std::string_view::npos ? std::string_view() : header.substr(comma + 1);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    if (part == name) return true;
  }
  return false;
}

}  // namespace

std::string_view chooseSubprotocol(const std::vector<std::string_view>& offered) {
  for (const std::string_view known : {kV5, kV4}) {
    const bool found = std::any_of(offered.begin(), offered.end(),
                                   [known](std::string_view header) { return offers(header, known); });
    if (found) return known;
  }
  return {};
}

std::optional<ChannelMessage> parseChannelMessage(std::string_view message, std::string_view subprotocol) {
  if (message.empty()) return std::nullopt;
  const auto channel = static_cast<std::uint8_t>(message[0]);
  if (channel == channels::kClose) {
    if (subprotocol != kV5 || message.size() != 2) return std::nullopt;
    return ChannelMessage{static_cast<std::uint8_t>(message[1]), true, {}};
  }
  if (channel != channels::kStdin && channel != channels::kResize) return std::nullopt;
  return ChannelMessage{channel, false, message.substr(1)};
}

std::string channelMessage(std::uint8_t channel, std::string_view data) {
  std::string message(1, static_cast<char>(channel));
  return message.append(data);
}

std::string statusMessage(const Value& status) { return channelMessage(channels::kError, writeJson(status)); }

}  // namespace pilothouse::http
