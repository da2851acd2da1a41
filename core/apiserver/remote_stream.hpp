#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/apiserver/stream_server.hpp"
#include "core/sim/network.hpp"

namespace pilothouse::apiserver {

/// The caller's end of a stream whose other end is reached over Network; destroying it hangs up.
class RemoteStream {
 public:
  virtual ~RemoteStream() = default;
  virtual void send(std::uint8_t channel, std::string data) = 0;
  virtual void endStdin() = 0;
};

struct RemoteStreamHandler {
  /// Nothing listens there (`refused`), or there is no answer at all, after the time that a dialler waits.
  std::function<void(bool refused)> unreachable;
  Responder started;
  std::function<void(std::uint8_t channel, std::string data)> data;
  /// A metav1.Status, or null when the connection broke.
  std::function<void(Value status)> closed;
};

/// Opens a stream from `self` to the server behind component `at`. Each frame is a message, and a lost one
/// breaks the connection, as with watches. After `unreachable`, a refusal or `closed` nothing more is called.
std::unique_ptr<RemoteStream> openRemoteStream(Network& network, ComponentId self, ComponentId at,
                                               StreamServer& server, Request request,
                                               RemoteStreamHandler handler);

}  // namespace pilothouse::apiserver
