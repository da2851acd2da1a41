#pragma once

#include <cstdint>
#include <string>

#include "core/apiserver/request.hpp"

namespace pilothouse::apiserver {

/// Whoever serves streams to containers: kube-apiserver, and behind it a kubelet.
class StreamServer {
 public:
  virtual ~StreamServer() = default;

  /// Opens a stream of a pod's subresource "log", "exec" or "attach" (request.body: PodLogOptions,
  /// PodExecOptions, PodAttachOptions). A refusal arrives as a response with an error; an accepted stream as
  /// code 101 (200 for a log), and then `sink` is called until its close.
  virtual StreamId connect(Request request, Responder respond, StreamSink sink) = 0;
  /// Channel 0 is stdin, 4 a terminal's size as JSON: {"Width":80,"Height":24}.
  virtual void sendToStream(StreamId stream, std::uint8_t channel, std::string data) = 0;
  /// stdin is at its end; the stream goes on.
  virtual void endStdin(StreamId stream) = 0;
  /// The client has gone.
  virtual void closeStream(StreamId stream) = 0;
};

inline constexpr std::uint8_t kStdinChannel = 0;
inline constexpr std::uint8_t kStdoutChannel = 1;
inline constexpr std::uint8_t kStderrChannel = 2;
inline constexpr std::uint8_t kResizeChannel = 4;

}  // namespace pilothouse::apiserver
