#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/value/value.hpp"

namespace pilothouse::http {

/// The WebSocket subprotocols of exec and attach (k8s.io/apimachinery/pkg/util/remotecommand): each binary
/// message begins with its channel.
namespace channels {
inline constexpr std::uint8_t kStdin = 0, kStdout = 1, kStderr = 2, kError = 3, kResize = 4, kClose = 255;
}

/// The subprotocol to use of those that Sec-WebSocket-Protocol offers: "v5.channel.k8s.io", then v4; "" for
/// none.
std::string_view chooseSubprotocol(const std::vector<std::string_view>& offered);

/// A message of the client.
struct ChannelMessage {
  std::uint8_t channel = 0;  ///< kStdin, kResize
  bool closes = false;       ///< v5: no more will come on `channel`
  std::string_view data;
};
std::optional<ChannelMessage> parseChannelMessage(std::string_view message, std::string_view subprotocol);

std::string channelMessage(std::uint8_t channel, std::string_view data);
/// The last message before the connection is closed: a metav1.Status on the error channel.
std::string statusMessage(const Value& status);

}  // namespace pilothouse::http
