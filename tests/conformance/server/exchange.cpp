#include "tests/conformance/server/exchange.hpp"

#include <utility>

#include "core/apiserver/api_server.hpp"
#include "core/http/url.hpp"

namespace pilothouse::server {
namespace {

using apiserver::Verb;
using http::Routed;

api::Status spdyNotCarried() {
  return api::Status::badRequest(
      "SPDY/3.1 is not carried by the simulated cluster, WebSocket is: use kubectl 1.31 or newer, or 1.29 "
      "and "
      "1.30 with KUBECTL_REMOTE_COMMAND_WEBSOCKETS=true");
}

bool upgradesTo(const http::HttpRequest& request, std::string_view protocol) {
  const std::string_view wanted = request.headers.find("Upgrade");
  return wanted.size() >= protocol.size() &&
         http::equalsIgnoringCase(wanted.substr(0, protocol.size()), protocol);
}

/// The parts of all exchanges: answers may come at once, later, or when the exchange is gone.
class Running : public Exchange, public std::enable_shared_from_this<Running> {
 public:
  Running(Front& front, http::HttpRequest request, Answerer& answerer)
      : front_(front), request_(std::move(request)), answerer_(answerer) {}

  void start() {
    Routed routed = http::route(request_);
    routed.request.userAgent = front_.engine().keep(request_.headers.find("User-Agent"));
    style_ = routed.style;
    switch (routed.kind) {
      case Routed::Kind::Answer:
        return answer(std::move(routed.answer));
      case Routed::Kind::Endpoint:
        return endpoint(routed);
      case Routed::Kind::Call:
        return call(std::move(routed.request));
      case Routed::Kind::Watch:
        return watch(std::move(routed.request));
      case Routed::Kind::Stream:
        return stream(std::move(routed));
    }
  }

  void giveUp() {
    gone_ = true;
    watch_.reset();
    stream_.reset();
    waits_.reset();
  }

 private:
  void answer(http::HttpResponse response) {
    if (gone_) return;
    response.headers.add("Audit-Id", front_.auditId(request_));
    answerer_.answer(std::move(response));
  }

  void endpoint(const Routed& routed) {
    const api::Status refused = front_.engine().cluster().apiServer().authorizeNonResource(
        routed.request.credentials, routed.verb, routed.path);
    if (refused.code != 0) return answer(http::encode(refused));
    const auto url = http::parseTarget(request_.target);
    answer(http::answerEndpoint(request_, *url, front_.state()));
  }

  void call(apiserver::Request request) {
    const bool polls = (request.verb == Verb::Get && request.subresource == Key()) ||
                       request.subresource.text() == "eviction";
    if (polls) front_.engine().polled(&answerer_, request_.method + " " + request_.target);
    front_.engine().send(std::move(request), [self = shared_from_this()](apiserver::Response response) {
      self->answer(http::encode(response, self->style_));
    });
  }

  void watch(apiserver::Request request) {
    waits_ = front_.engine().waiting();
    const std::weak_ptr<Running> weak = weak_from_this();
    watch_ = front_.engine().watch(
        std::move(request),
        [weak](apiserver::Response response) {
          if (const auto self = weak.lock()) self->watchStarted(response);
        },
        [weak](const apiserver::WatchEvent& event) {
          const auto self = weak.lock();
          if (self && !self->gone_) self->answerer_.piece(http::encodeEvent(event, self->style_));
        },
        [weak] {
          if (const auto self = weak.lock()) self->streamEnded();
        });
  }

  void watchStarted(const apiserver::Response& response) {
    if (gone_) return;
    if (!response.ok()) return answer(http::encode(response, style_));
    begin("application/json");
  }

  void begin(const char* contentType) {
    http::HttpResponse head{200, contentType, {}, {}};
    head.headers.add("Audit-Id", front_.auditId(request_));
    begun_ = true;
    answerer_.begin(std::move(head));
  }

  void streamEnded() {
    if (gone_) return;
    if (!begun_) return answer(http::encode(api::Status::timeout("the connection to the server broke")));
    answerer_.finish();
  }

  void stream(Routed routed) {
    const bool log = routed.request.subresource.text() == "log";
    if (log) return followLog(std::move(routed.request));
    if (upgradesTo(request_, "websocket")) return answerer_.upgrade(std::move(routed));
    if (!upgradesTo(request_, "SPDY/3.1")) return call(std::move(routed.request));
    if (const http::HttpResponse* before = front_.lastRefusal(request_.target)) return answer(*before);
    answer(http::encode(spdyNotCarried()));
  }

  void followLog(apiserver::Request request) {
    waits_ = front_.engine().waiting();
    const std::weak_ptr<Running> weak = weak_from_this();
    stream_ = front_.engine().connect(std::move(request), {[weak](apiserver::Response response) {
                                                             if (const auto self = weak.lock())
                                                               self->logStarted(response);
                                                           },
                                                           [weak](std::uint8_t, const std::string& data) {
                                                             const auto self = weak.lock();
                                                             if (self && !self->gone_)
                                                               self->answerer_.piece(data);
                                                           },
                                                           [weak](const Value&) {
                                                             if (const auto self = weak.lock())
                                                               self->streamEnded();
                                                           }});
  }

  void logStarted(const apiserver::Response& response) {
    if (gone_) return;
    if (!response.ok()) return answer(http::encode(response, {}));
    begin("text/plain");
  }

  Front& front_;
  http::HttpRequest request_;
  Answerer& answerer_;
  http::Style style_;
  std::unique_ptr<client::Client::Watch> watch_;
  std::unique_ptr<client::Client::Stream> stream_;
  Engine::Waiting waits_;
  bool begun_ = false;
  bool gone_ = false;
};

/// The connection's hold on an exchange.
class Held : public Exchange {
 public:
  explicit Held(std::shared_ptr<Running> running) : running_(std::move(running)) {}
  ~Held() override { running_->giveUp(); }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

 private:
  std::shared_ptr<Running> running_;
};

}  // namespace

std::unique_ptr<Exchange> perform(Front& front, const http::HttpRequest& request, Answerer& answerer) {
  auto running = std::make_shared<Running>(front, request, answerer);
  auto held = std::make_unique<Held>(running);
  running->start();
  return held;
}

}  // namespace pilothouse::server
