#include "core/apiserver/remote_stream.hpp"

#include <utility>

#include "core/api/keys.hpp"

namespace pilothouse::apiserver {
namespace {

// What a host takes to refuse a connection to a port where nothing listens.
constexpr SimDuration kRefusedAfter = std::chrono::milliseconds(1);
constexpr SimDuration kDialTimeout = std::chrono::seconds(30);
// How long the other end may be silent before a health check gives the connection up.
constexpr SimDuration kSilence = std::chrono::seconds(45);

const Key kClose = Key::intern("close");
const Key kResize = Key::intern("resize");
const Key kStderr = Key::intern("stderr");
const Key kStdin = Key::intern("stdin");
const Key kStdout = Key::intern("stdout");

Key frameVerb(std::uint8_t channel) {
  if (channel == kStdinChannel) return kStdin;
  if (channel == kStderrChannel) return kStderr;
  return channel == kResizeChannel ? kResize : kStdout;
}

/// Both ends of one stream.
struct Connection : std::enable_shared_from_this<Connection> {
  Network& network;
  ComponentId self;
  ComponentId at;
  StreamServer& server;
  RemoteStreamHandler handler;
  Key verb;
  Key resource;
  Value about;
  StreamId id = 0;
  std::uint32_t incarnation = 0;
  std::uint32_t serverIncarnation = 0;
  bool open = false;      ///< at the server
  bool answered = false;  ///< by the server
  bool finished = false;  ///< at the client: no more callbacks

  Connection(Network& n, ComponentId s, ComponentId a, StreamServer& v)
      : network(n),
        self(s),
        at(a),
        server(v),
        incarnation(n.incarnation(s)),
        serverIncarnation(n.incarnation(a)) {}

  [[nodiscard]] bool lives() const {
    return !finished && incarnation == network.incarnation(self) && network.isUp(self);
  }
  [[nodiscard]] bool serverLives() const {
    return open && serverIncarnation == network.incarnation(at) && network.isUp(at);
  }

  /// False when the message was lost.
  bool send(bool toServer, MessageKind kind, std::uint16_t code, Key word, Task task) {
    Envelope envelope{kind, code, word, resource, about};
    const CauseId sent =
        network.send(toServer ? self : at, toServer ? at : self, std::move(envelope), std::move(task));
    return network.trace().find(sent)->delivered != SimTime::max();
  }

  void hangUpAtServer() {
    if (!std::exchange(open, false)) return;
    server.closeStream(id);
  }

  void breakOff() {
    hangUpAtServer();
    network.simulator().after(kSilence, [stream = shared_from_this()] { stream->over(Value()); });
  }

  void over(Value status) {
    if (!lives()) return;
    finished = true;
    const RemoteStreamHandler last = std::exchange(handler, {});
    if (last.closed) last.closed(std::move(status));
  }

  void unreachable(SimDuration noticedAfter, bool refused) {
    network.simulator().after(noticedAfter, [stream = shared_from_this(), refused] {
      if (!stream->lives()) return;
      stream->finished = true;
      const RemoteStreamHandler last = std::exchange(stream->handler, {});
      if (last.unreachable) last.unreachable(refused);
    });
  }

  // The server's answer and what it sends then.
  void respond(Response response) {
    if (answered) return;
    answered = true;
    if (!response.ok()) open = false;
    const auto code = static_cast<std::uint16_t>(response.code);
    const bool arrives = send(false, MessageKind::Response, code, verb,
                              [stream = shared_from_this(), response = std::move(response)]() mutable {
                                if (!stream->lives()) return;
                                Responder told = std::move(stream->handler.started);
                                if (!response.ok()) {
                                  stream->finished = true;
                                  stream->handler = {};
                                }
                                if (told) told(std::move(response));
                              });
    if (!arrives) breakOff();
  }

  void push(std::uint8_t channel, std::string data) {
    if (!open) return;
    const bool arrives = send(false, MessageKind::Traffic, 0, frameVerb(channel),
                              [stream = shared_from_this(), channel, data = std::move(data)]() mutable {
                                if (stream->lives()) stream->handler.data(channel, std::move(data));
                              });
    if (!arrives) breakOff();
  }

  void close(Value status) {
    if (!std::exchange(open, false)) return;
    const bool arrives = send(false, MessageKind::Traffic, 0, kClose,
                              [stream = shared_from_this(), status = std::move(status)]() mutable {
                                stream->over(std::move(status));
                              });
    if (!arrives) breakOff();
  }

  void accept(Request request) {
    if (finished) return;
    open = true;
    id = server.connect(
        std::move(request),
        [stream = shared_from_this()](Response response) { stream->respond(std::move(response)); },
        {[stream = shared_from_this()](std::uint8_t channel, std::string data) {
           stream->push(channel, std::move(data));
         },
         [stream = shared_from_this()](Value status) { stream->close(std::move(status)); }});
    // It may have broken while the first frames were sent.
    if (!open) server.closeStream(id);
  }

  void sendFrame(std::uint8_t channel, std::string data) {
    if (finished) return;
    const bool arrives = send(true, MessageKind::Traffic, 0, frameVerb(channel),
                              [stream = shared_from_this(), channel, data = std::move(data)]() mutable {
                                if (!stream->serverLives()) return;
                                stream->server.sendToStream(stream->id, channel, std::move(data));
                              });
    if (!arrives) breakOff();
  }

  void endStdin() {
    if (finished) return;
    const bool arrives = send(true, MessageKind::Traffic, 0, kStdin, [stream = shared_from_this()] {
      if (stream->serverLives()) stream->server.endStdin(stream->id);
    });
    if (!arrives) breakOff();
  }

  // The connection's end reaches the other side as a message too, if it does.
  void cancel() {
    const bool wasOver = std::exchange(finished, true);
    handler = {};
    if (wasOver || !open) return;
    if (!network.isUp(self)) return hangUpAtServer();
    const bool arrives = send(true, MessageKind::Traffic, 0, kClose, [stream = shared_from_this()] {
      if (stream->serverLives()) stream->hangUpAtServer();
    });
    if (!arrives) hangUpAtServer();
  }
};

class Handle : public RemoteStream {
 public:
  explicit Handle(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
  ~Handle() override { connection_->cancel(); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  void send(std::uint8_t channel, std::string data) override {
    connection_->sendFrame(channel, std::move(data));
  }
  void endStdin() override { connection_->endStdin(); }

 private:
  std::shared_ptr<Connection> connection_;
};

}  // namespace

std::unique_ptr<RemoteStream> openRemoteStream(Network& network, ComponentId self, ComponentId at,
                                               StreamServer& server, Request request,
                                               RemoteStreamHandler handler) {
  auto connection = std::make_shared<Connection>(network, self, at, server);
  connection->handler = std::move(handler);
  connection->verb = request.subresource;
  connection->resource = request.resource->plural;
  ObjectBuilder metadata;
  metadata.setIfAny(keys::name, request.name);
  metadata.setIfAny(keys::namespace_, request.namespace_);
  connection->about = Value::object({{keys::metadata, metadata.build()}});
  auto handle = std::make_unique<Handle>(connection);
  if (!network.isUp(at)) {
    connection->unreachable(kRefusedAfter, true);
    return handle;
  }
  const bool arrives = connection->send(
      true, MessageKind::Request, 0, connection->verb,
      [connection, request = std::move(request)]() mutable { connection->accept(std::move(request)); });
  if (!arrives) connection->unreachable(kDialTimeout, false);
  return handle;
}

}  // namespace pilothouse::apiserver
