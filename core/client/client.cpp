#include "core/client/client.hpp"

#include <deque>
#include <utility>

#include "core/api/keys.hpp"
#include "core/apiserver/remote_stream.hpp"
#include "core/client/credentials.hpp"

namespace pilothouse::client {
namespace {

using apiserver::PatchType;
using apiserver::Verb;

// How long the other end may be silent before HTTP/2's health check gives a connection up: ReadIdleTimeout
// and PingTimeout of k8s.io/apimachinery/pkg/util/net.
constexpr SimDuration kRequestTimeout = std::chrono::seconds(45);
// What a host takes to refuse a connection to a port where nothing listens.
constexpr SimDuration kRefusedAfter = std::chrono::milliseconds(1);

const Key kBinding = Key::intern("binding");
const Key kPatch = Key::intern("patch");
const Key kStatus = Key::intern("status");
const Key kTarget = Key::intern("target");
const Key kWatchClosed = Key::intern("close");

// What the trace shows of a request: the body, or the name of what it is about.
Value tracedObject(const Request& request) {
  if (request.verb == Verb::Create || request.verb == Verb::Update) return request.body;
  ObjectBuilder metadata;
  metadata.setIfAny(keys::name, request.name);
  metadata.setIfAny(keys::namespace_, request.namespace_);
  if (request.verb == Verb::Patch) {
    return Value::object({{keys::metadata, metadata.build()}, {kPatch, request.body}});
  }
  return Value::object({{keys::metadata, metadata.build()}});
}

api::Status refused() { return api::Status::timeout("dial tcp: connect: connection refused"); }

struct Call {
  Request request;
  Response response;
  Client::Done done;
  SimTime deadline{};
  std::uint32_t incarnation = 0;
};
using CallPtr = std::shared_ptr<Call>;

}  // namespace

struct Client::State : std::enable_shared_from_this<State> {
  Network& network;
  ComponentId self;
  apiserver::ApiServer& server;
  std::string_view userAgent;
  std::shared_ptr<const apiserver::Credentials> credentials;
  std::deque<CallPtr> pending;  ///< in order of deadline
  TimerId timeout{};

  State(Network& n, ComponentId s, apiserver::ApiServer& a, std::string_view agent,
        std::shared_ptr<const apiserver::Credentials> c)
      : network(n),
        self(s),
        server(a),
        userAgent(agent),
        credentials(c != nullptr ? std::move(c) : credentialsOf(agent, n.host(s))) {}

  [[nodiscard]] Simulator& simulator() const { return network.simulator(); }
  [[nodiscard]] bool lives(const Call& call) const {
    return call.incarnation == network.incarnation(self) && network.isUp(self);
  }

  void wait(const CallPtr& call) {
    call->deadline = simulator().now() + kRequestTimeout;
    call->incarnation = network.incarnation(self);
    pending.push_back(call);
    arm();
  }

  // One timer for all: the deadlines are in order, and nearly every answer comes long before.
  void arm() {
    if (timeout != TimerId::None || pending.empty()) return;
    const CauseScope own(simulator(), CauseId::None);
    timeout = simulator().at(pending.front()->deadline, [weak = weak_from_this()] {
      if (const auto state = weak.lock()) state->expire();
    });
  }

  void expire() {
    timeout = TimerId::None;
    std::vector<CallPtr> late;
    const SimTime now = simulator().now();
    while (!pending.empty() && (!pending.front()->done || pending.front()->deadline <= now)) {
      if (pending.front()->done) late.push_back(std::move(pending.front()));
      pending.pop_front();
    }
    arm();
    const auto alive = shared_from_this();  // a callback may destroy the client
    for (const CallPtr& call : late) {
      const api::Status status = api::Status::timeout("http2: client connection lost");
      call->response = {status.code, status.toValue(), {}};
      finish(call);
    }
  }

  void finish(const CallPtr& call) {
    Client::Done done = std::move(call->done);
    call->done = nullptr;
    while (!pending.empty() && !pending.front()->done) pending.pop_front();
    if (done && lives(*call)) done(std::move(call->response));
  }

  void answer(const CallPtr& call, Response response) {
    if (!call->done) return;
    const Request& request = call->request;
    Envelope envelope{MessageKind::Response, static_cast<std::uint16_t>(response.code),
                      apiserver::verbKey(request.verb), request.resource->plural, response.body};
    call->response = std::move(response);
    network.send(server.component(), self, std::move(envelope), [weak = weak_from_this(), call] {
      if (const auto state = weak.lock()) state->finish(call);
    });
  }

  void send(const CallPtr& call) {
    wait(call);
    if (!network.isUp(server.component())) {
      simulator().after(kRefusedAfter, [weak = weak_from_this(), call] {
        const auto state = weak.lock();
        if (!state || !call->done) return;
        const api::Status status = refused();
        call->response = {status.code, status.toValue(), {}};
        state->finish(call);
      });
      return;
    }
    const Request& request = call->request;
    Envelope envelope{MessageKind::Request, 0, apiserver::verbKey(request.verb), request.resource->plural,
                      tracedObject(request)};
    network.send(self, server.component(), std::move(envelope), [weak = weak_from_this(), call] {
      const auto state = weak.lock();
      if (!state) return;
      state->server.handle(std::move(call->request), [weak, call, resource = call->request.resource,
                                                      verb = call->request.verb](Response response) {
        call->request.resource = resource;
        call->request.verb = verb;
        if (const auto client = weak.lock()) client->answer(call, std::move(response));
      });
    });
  }
};

namespace {

/// Both ends of one watch: the stream is a connection, and a message lost on it breaks it.
struct WatchStream : std::enable_shared_from_this<WatchStream> {
  Network& network;
  ComponentId self;
  apiserver::ApiServer& server;
  const api::Resource* resource = nullptr;
  std::uint32_t incarnation = 0;
  apiserver::WatchId id = 0;
  bool open = false;      ///< at the server
  bool finished = false;  ///< at the client: no more callbacks
  Client::Done started;
  std::function<void(const apiserver::WatchEvent&)> event;
  std::function<void()> closed;

  WatchStream(Network& n, ComponentId s, apiserver::ApiServer& a) : network(n), self(s), server(a) {}

  [[nodiscard]] bool lives() const {
    return !finished && incarnation == network.incarnation(self) && network.isUp(self);
  }

  /// At the server: false when the message was lost.
  bool tell(Envelope envelope, Task task) {
    const CauseId sent = network.send(server.component(), self, std::move(envelope), std::move(task));
    return network.trace().find(sent)->delivered != SimTime::max();
  }

  void push(apiserver::WatchEvent next) {
    if (!open) return;
    Envelope envelope{MessageKind::WatchEvent, 0, apiserver::watchEventKey(next.type), resource->plural,
                      next.object};
    const bool sent = tell(std::move(envelope), [stream = shared_from_this(), next = std::move(next)] {
      if (stream->lives()) stream->event(next);
    });
    if (!sent) breakOff(kRequestTimeout);
  }

  void end() {
    if (!open) return;
    open = false;
    Envelope envelope{MessageKind::Response, 200, kWatchClosed, resource->plural, Value()};
    const bool sent = tell(std::move(envelope), [stream = shared_from_this()] { stream->over(); });
    if (!sent) breakOff(kRequestTimeout);
  }

  void breakOff(SimDuration noticedAfter) {
    if (open) server.stopWatch(id);
    open = false;
    network.simulator().after(noticedAfter, [stream = shared_from_this()] { stream->over(); });
  }

  void over() {
    if (!lives()) return;
    finished = true;
    if (const auto told = std::move(closed)) told();
  }

  void cancel() {
    finished = true;
    event = nullptr;
    closed = nullptr;
    started = nullptr;
    if (!open) return;
    open = false;
    server.stopWatch(id);
  }
};

class Handle : public Client::Watch {
 public:
  explicit Handle(std::shared_ptr<WatchStream> stream) : stream_(std::move(stream)) {}
  ~Handle() override { stream_->cancel(); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

 private:
  std::shared_ptr<WatchStream> stream_;
};

}  // namespace

Client::Client(Network& network, ComponentId self, apiserver::ApiServer& server, std::string_view userAgent,
               std::shared_ptr<const apiserver::Credentials> credentials)
    : state_(std::make_shared<State>(network, self, server, userAgent, std::move(credentials))) {}

Client::~Client() { state_->simulator().cancel(state_->timeout); }

void Client::send(Request request, Done done) {
  if (request.userAgent.empty()) request.userAgent = state_->userAgent;
  if (request.credentials == nullptr) request.credentials = state_->credentials;
  auto call = std::make_shared<Call>();
  call->request = std::move(request);
  call->done = std::move(done);
  state_->send(call);
}

void Client::get(const api::Resource& resource, Value ns, Value name, Done done) {
  Request request;
  request.verb = Verb::Get;
  request.resource = &resource;
  request.namespace_ = std::move(ns);
  request.name = std::move(name);
  send(std::move(request), std::move(done));
}

void Client::create(const api::Resource& resource, Value object, Done done) {
  Request request;
  request.verb = Verb::Create;
  request.fieldValidation = apiserver::FieldValidation::Ignore;
  request.resource = &resource;
  request.namespace_ = api::meta(object)[keys::namespace_];
  request.body = std::move(object);
  send(std::move(request), std::move(done));
}

void Client::update(const api::Resource& resource, Value object, Done done, Key subresource) {
  Request request;
  request.verb = Verb::Update;
  request.fieldValidation = apiserver::FieldValidation::Ignore;
  request.resource = &resource;
  request.subresource = subresource;
  request.namespace_ = api::meta(object)[keys::namespace_];
  request.name = api::meta(object)[keys::name];
  request.body = std::move(object);
  send(std::move(request), std::move(done));
}

void Client::updateStatus(const api::Resource& resource, Value object, Done done) {
  update(resource, std::move(object), std::move(done), kStatus);
}

void Client::patch(const api::Resource& resource, Value ns, Value name, PatchType type, Value patch,
                   Done done, Key subresource) {
  Request request;
  request.verb = Verb::Patch;
  request.patchType = type;
  request.fieldValidation = apiserver::FieldValidation::Ignore;
  request.resource = &resource;
  request.subresource = subresource;
  request.namespace_ = std::move(ns);
  request.name = std::move(name);
  request.body = std::move(patch);
  send(std::move(request), std::move(done));
}

void Client::remove(const api::Resource& resource, Value ns, Value name, Value options, Done done) {
  Request request;
  request.verb = Verb::Delete;
  request.resource = &resource;
  request.namespace_ = std::move(ns);
  request.name = std::move(name);
  request.body = std::move(options);
  send(std::move(request), std::move(done));
}

void Client::bind(const Value& pod, const Value& nodeName, Done done) {
  const Value& metadata = api::meta(pod);
  Request request;
  request.verb = Verb::Create;
  request.fieldValidation = apiserver::FieldValidation::Ignore;
  request.resource = &api::resources::pods;
  request.subresource = kBinding;
  request.namespace_ = metadata[keys::namespace_];
  request.name = metadata[keys::name];
  request.body = Value::object(
      {{keys::apiVersion, "v1"},
       {keys::kind, "Binding"},
       {keys::metadata, Value::object({{keys::name, metadata[keys::name]},
                                       {keys::namespace_, metadata[keys::namespace_]},
                                       {keys::uid, metadata[keys::uid]}})},
       {kTarget, Value::object({{keys::apiVersion, "v1"}, {keys::kind, "Node"}, {keys::name, nodeName}})}});
  send(std::move(request), std::move(done));
}

std::unique_ptr<Client::Watch> Client::watch(Request request, Done started,
                                             std::function<void(const apiserver::WatchEvent&)> event,
                                             std::function<void()> closed) {
  State& s = *state_;
  request.verb = Verb::Watch;
  if (request.userAgent.empty()) request.userAgent = s.userAgent;
  if (request.credentials == nullptr) request.credentials = s.credentials;
  auto stream = std::make_shared<WatchStream>(s.network, s.self, s.server);
  stream->resource = request.resource;
  stream->incarnation = s.network.incarnation(s.self);
  stream->started = std::move(started);
  stream->event = std::move(event);
  stream->closed = std::move(closed);
  auto handle = std::make_unique<Handle>(stream);

  if (!s.network.isUp(s.server.component())) {
    stream->breakOff(kRefusedAfter);
    return handle;
  }
  const Envelope envelope{MessageKind::Request, 0, apiserver::verbKey(Verb::Watch), request.resource->plural,
                          tracedObject(request)};
  const CauseId sent = s.network.send(
      s.self, s.server.component(), envelope, [stream, request = std::move(request)]() mutable {
        if (stream->finished) return;
        stream->open = true;
        stream->id = stream->server.watch(
            std::move(request),
            [stream](Response response) {
              if (!response.ok()) stream->open = false;
              Envelope answer{MessageKind::Response, static_cast<std::uint16_t>(response.code),
                              apiserver::verbKey(Verb::Watch), stream->resource->plural, response.body};
              const bool arrives =
                  stream->tell(std::move(answer), [stream, response = std::move(response)]() mutable {
                    if (!stream->lives()) return;
                    if (!response.ok()) stream->finished = true;
                    if (Done told = std::move(stream->started)) told(std::move(response));
                  });
              if (!arrives) stream->breakOff(kRequestTimeout);
            },
            {[stream](apiserver::WatchEvent next) { stream->push(std::move(next)); },
             [stream] { stream->end(); }});
        // It may have broken while the first events were sent.
        if (!stream->open) stream->server.stopWatch(stream->id);
      });
  if (s.network.trace().find(sent)->delivered == SimTime::max()) stream->breakOff(kRequestTimeout);
  return handle;
}

namespace {

class ClientStream : public Client::Stream {
 public:
  std::unique_ptr<apiserver::RemoteStream> remote;

  void send(std::uint8_t channel, std::string data) override { remote->send(channel, std::move(data)); }
  void endStdin() override { remote->endStdin(); }
};

}  // namespace

std::unique_ptr<Client::Stream> Client::connect(Request request, StreamHandler handler) {
  State& s = *state_;
  if (request.userAgent.empty()) request.userAgent = s.userAgent;
  if (request.credentials == nullptr) request.credentials = s.credentials;
  auto shared = std::make_shared<StreamHandler>(std::move(handler));
  auto stream = std::make_unique<ClientStream>();
  stream->remote = apiserver::openRemoteStream(
      s.network, s.self, s.server.component(), s.server, std::move(request),
      {[shared](bool isRefused) {
         const api::Status status = isRefused ? refused() : api::Status::timeout("dial tcp: i/o timeout");
         if (shared->started) shared->started({status.code, status.toValue(), {}});
       },
       [shared](Response response) {
         if (shared->started) shared->started(std::move(response));
       },
       [shared](std::uint8_t channel, const std::string& data) {
         if (shared->data) shared->data(channel, data);
       },
       [shared](const Value& status) {
         if (shared->closed) shared->closed(status);
       }});
  return stream;
}

Simulator& Client::simulator() { return state_->simulator(); }
Network& Client::network() { return state_->network; }
ComponentId Client::self() const { return state_->self; }
std::string_view Client::userAgent() const { return state_->userAgent; }

}  // namespace pilothouse::client
