#include "core/apiserver/pod_streams.hpp"

#include <utility>

#include "core/api/keys.hpp"
#include "core/apiserver/pod_stream_target.hpp"

namespace pilothouse::apiserver {
namespace {

const Key kCauses = Key::intern("causes");
const Key kDetails = Key::intern("details");
const Key kLog = Key::intern("log");
constexpr std::string_view kNonZeroExitCode = "NonZeroExitCode";
constexpr int kSwitchingProtocols = 101;
constexpr std::size_t kEarlyMax = 1024;  // frames

Response failure(const api::Status& status) { return {status.code, status.toValue(), {}}; }

Value internalError(std::string message) { return api::Status::internalError(std::move(message)).toValue(); }

// What the responder of a proxied request makes of an error that is no Status: no reason.
api::Status plainError(std::string message) { return {500, "", std::move(message), {}}; }

// The log's streamer reads kubelet's answer as text (GenericHttpResponseChecker).
api::Status logRefusal(const Response& response) {
  std::string message = response.body[keys::message].toString();
  if (response.code == 400) return api::Status::badRequest(std::move(message));
  if (response.code == 404) {
    return {404, "NotFound", "the server could not find the requested resource", response.body[kDetails]};
  }
  return api::Status::internalError(std::move(message));
}

// codeExitToStatusError, and what else the stream translator tells of the end.
Value translated(const Value& status) {
  if (status.isNull()) return status;
  const std::string_view reason = status[keys::reason].asString();
  if (status[keys::status].asString() == "Success") return status;
  if (reason != kNonZeroExitCode) return internalError(status[keys::message].toString());
  const std::string code = status.get(kDetails, kCauses).item(0)[keys::message].toString();
  return status.with(keys::message,
                     "command terminated with non-zero exit code: command terminated with exit code " + code);
}

}  // namespace

void PodStreams::add(StreamId id, Responder respond, StreamSink sink) {
  auto stream = std::make_shared<Stream>();
  stream->respond = std::move(respond);
  stream->sink = std::move(sink);
  streams_.emplace(id, std::move(stream));
}

PodStreams::StreamPtr PodStreams::find(StreamId id) const {
  const auto at = streams_.find(id);
  return at == streams_.end() ? nullptr : at->second;
}

PodStreams::StreamPtr PodStreams::take(StreamId id) {
  const StreamPtr stream = find(id);
  streams_.erase(id);
  return stream;
}

void PodStreams::refuse(StreamId id, Response response) {
  if (const StreamPtr stream = take(id)) stream->respond(std::move(response));
}

void PodStreams::finish(StreamId id, Value status) {
  if (const StreamPtr stream = take(id)) stream->sink.close(std::move(status));
}

void PodStreams::connect(StreamId id, StreamTarget target) {
  const StreamPtr stream = find(id);
  if (stream == nullptr) return;
  stream->isLog = target.request.subresource == kLog;
  if (target.nowhere) {
    stream->respond({200, Value(), {}});
    return finish(id, Value::object({{keys::metadata, Value::emptyObject()}, {keys::status, "Success"}}));
  }
  KubeletApi* kubelet = kubelets_ == nullptr ? nullptr : kubelets_->kubeletAt(target.address);
  if (kubelet == nullptr) return unreachable(id, target, false);
  Request request = target.request;
  stream->kubelet = openRemoteStream(
      network_, self_, kubelet->component(), *kubelet, std::move(request),
      {[this, id, target = std::move(target)](bool refused) { unreachable(id, target, refused); },
       [this, id](Response response) { answered(id, std::move(response)); },
       [this, id](std::uint8_t channel, std::string data) {
         if (const StreamPtr open = find(id)) open->sink.send(channel, std::move(data));
       },
       [this, id](Value status) {
         const StreamPtr open = find(id);
         finish(id, open != nullptr && !open->isLog ? translated(status) : std::move(status));
       }});
  for (auto& [channel, data] : stream->early) stream->kubelet->send(channel, std::move(data));
  stream->early.clear();
  if (stream->stdinEnded) stream->kubelet->endStdin();
}

void PodStreams::unreachable(StreamId id, const StreamTarget& target, bool refused) {
  const StreamPtr stream = find(id);
  if (stream == nullptr) return;
  const std::string why = dialError(target, refused);
  if (stream->isLog) return refuse(id, failure(plainError("Get " + kubeletUrl(target) + ": " + why)));
  // The client was upgraded before the kubelet was asked.
  stream->respond({kSwitchingProtocols, Value(), {}});
  finish(id, internalError("error sending request: Post " + kubeletUrl(target) + ": " + why));
}

void PodStreams::answered(StreamId id, Response response) {
  const StreamPtr stream = find(id);
  if (stream == nullptr) return;
  if (response.ok()) return stream->respond(std::move(response));
  if (stream->isLog) return refuse(id, failure(logRefusal(response)));
  stream->respond({kSwitchingProtocols, Value(), {}});
  finish(id, internalError("unable to upgrade connection: " + response.body[keys::message].toString()));
}

void PodStreams::send(StreamId id, std::uint8_t channel, std::string data) {
  const StreamPtr stream = find(id);
  if (stream == nullptr) return;
  if (stream->kubelet != nullptr) return stream->kubelet->send(channel, std::move(data));
  if (stream->early.size() < kEarlyMax) stream->early.emplace_back(channel, std::move(data));
}

void PodStreams::endStdin(StreamId id) {
  const StreamPtr stream = find(id);
  if (stream == nullptr) return;
  stream->stdinEnded = true;
  if (stream->kubelet != nullptr) stream->kubelet->endStdin();
}

void PodStreams::close(StreamId id) { static_cast<void>(take(id)); }

void PodStreams::closeAll() {
  const auto streams = std::exchange(streams_, {});
  for (const auto& [id, stream] : streams) stream->sink.close(Value());
}

}  // namespace pilothouse::apiserver
