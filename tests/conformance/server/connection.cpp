#include "tests/conformance/server/connection.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "tests/conformance/server/exchange.hpp"
#include "tests/conformance/server/exec_session.hpp"
#include "tests/conformance/server/tls.hpp"
#include "tests/conformance/server/wire.hpp"

namespace pilothouse::server {
namespace {

namespace bhttp = beast::http;
using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

constexpr auto kHandshakeTimeout = std::chrono::seconds(10);
constexpr auto kFarewell = std::chrono::seconds(2);
constexpr auto kIdleTimeout = std::chrono::minutes(5);
constexpr std::size_t kReadMax = 16u << 20;     // beyond that a body is not even read
constexpr std::uint32_t kHeaderMax = 1u << 18;  // exec's command comes in the target
constexpr std::size_t kQueuedMax = 256u << 20;

std::string text(beast::string_view view) { return {view.data(), view.size()}; }

http::HttpRequest toRequest(const UpgradeRequest& message, http::Peer peer) {
  http::HttpRequest request;
  request.method = text(message.method_string());
  request.target = text(message.target());
  for (const auto& field : message) request.headers.add(text(field.name_string()), text(field.value()));
  request.body = message.body();
  request.peer = std::move(peer);
  return request;
}

/// One client's connection: its requests one after another.
template <typename Stream>
class HttpConnection final : public Closable,
                             public Answerer,
                             public std::enable_shared_from_this<HttpConnection<Stream>> {
 public:
  HttpConnection(Front& front, Stream stream, beast::flat_buffer buffer, std::optional<http::Peer> peer)
      : front_(front), stream_(std::move(stream)), buffer_(std::move(buffer)), peer_(std::move(peer)) {
    front_.add(this);
  }
  ~HttpConnection() override { front_.remove(this); }
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  void read() {
    exchange_.reset();
    parser_.emplace();
    parser_->body_limit(kReadMax);
    parser_->header_limit(kHeaderMax);
    lowest().expires_after(kIdleTimeout);
    bhttp::async_read_header(stream_, buffer_, *parser_,
                             [self = this->shared_from_this()](Error error, std::size_t) {
                               if (error) return self->unreadable(error);
                               self->readBody();
                             });
  }

  void close() override {
    if (moved_) return;
    const auto self = this->shared_from_this();
    exchange_.reset();
    lowest().close();
  }

  // Answerer
  void answer(http::HttpResponse response) override {
    const bool withBody = request_.method != "HEAD";
    last_ = !keepAlive_;
    queue(wholeResponse(response, keepAlive_, withBody));
    complete_ = true;
  }
  void begin(http::HttpResponse head) override {
    queue(chunkedHead(head));
    watchForEnd();
  }
  void piece(std::string data) override { queue(chunk(data)); }
  void finish() override {
    queue(std::string(kLastChunk));
    last_ = true;  // bytes of a next request may have been taken for the end of this one
    complete_ = true;
  }
  void upgrade(http::Routed routed) override;

 private:
  beast::tcp_stream& lowest() { return beast::get_lowest_layer(stream_); }

  void readBody() {
    if (beast::iequals(parser_->get()[bhttp::field::expect], "100-continue")) {
      static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      asio::async_write(stream_, asio::buffer(kContinue),
                        [self = this->shared_from_this()](Error error, std::size_t) {
                          if (error) return self->close();
                          self->readRest();
                        });
      return;
    }
    readRest();
  }

  void readRest() {
    bhttp::async_read(stream_, buffer_, *parser_,
                      [self = this->shared_from_this()](Error error, std::size_t) {
                        if (error) return self->unreadable(error);
                        self->dispatch();
                      });
  }

  void unreadable(Error error) {
    const Error ended = bhttp::make_error_code(bhttp::error::end_of_stream);
    if (error == ended || error.category() != ended.category()) return end();  // or not HTTP's fault at all
    keepAlive_ = false;
    if (error == bhttp::error::body_limit) return answer(http::encode(http::entityTooLarge()));
    if (error == bhttp::error::header_limit) {
      return answer(http::plainText(431, "431 Request Header Fields Too Large"));
    }
    answer(http::plainText(400, "400 Bad Request: " + error.message()));
  }

  void dispatch() {
    lowest().expires_never();
    message_ = parser_->release();
    keepAlive_ = message_.keep_alive();
    complete_ = false;
    request_ = toRequest(message_, peer_.value_or(http::Peer{}));
    if (!peer_) {
      if (!isLocal(request_)) return answer(http::plainText(403, "Forbidden\n"));
      actAsAdministrator(request_);
    }
    // The answer may come while perform() runs; write() waits for the exchange to be held.
    performing_ = true;
    auto exchange = perform(front_, request_, *this);
    performing_ = false;
    if (!moved_) exchange_ = std::move(exchange);
    write();
  }

  void queue(std::string bytes) {
    if (bytes.empty()) return;
    queued_ += bytes.size();
    if (queued_ > kQueuedMax) {  // a client that does not read
      return asio::post(stream_.get_executor(), [self = this->shared_from_this()] { self->close(); });
    }
    out_.push_back(std::move(bytes));
    write();
  }

  void write() {
    if (writing_ || performing_ || moved_ || out_.empty()) return;
    writing_ = true;
    // What has piled up goes in one write: TLS records and system calls cost more than the copy.
    sending_.clear();
    while (!out_.empty() && (sending_.empty() || sending_.size() + out_.front().size() <= kBatch)) {
      sending_ = sending_.empty() ? std::move(out_.front()) : sending_ + out_.front();
      out_.pop_front();
    }
    asio::async_write(stream_, asio::buffer(sending_),
                      [self = this->shared_from_this()](Error error, std::size_t size) {
                        self->writing_ = false;
                        if (error) return self->close();
                        self->queued_ -= size;
                        self->written();
                      });
  }

  void written() {
    if (!out_.empty()) return write();
    if (!complete_) return;
    complete_ = false;
    if (last_) return end();
    read();
  }

  // While an answer goes on, only its end can come from the client (or a next request, which is not taken).
  void watchForEnd() {
    watching_ = true;
    stream_.async_read_some(asio::buffer(&ignored_, 1),
                            [self = this->shared_from_this()](Error error, std::size_t) {
                              if (error) self->close();
                            });
  }

  void end() {
    exchange_.reset();
    lowest().expires_after(kFarewell);
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      if (!watching_) {
        return stream_.async_shutdown([self = this->shared_from_this()](Error) { self->close(); });
      }
    }
    Error ignored;
    lowest().socket().shutdown(Tcp::socket::shutdown_send, ignored);
    if (!watching_) drain();
  }

  // Closing with bytes unread would take the answer away from a client that still sends.
  void drain() {
    lowest().async_read_some(buffer_.prepare(kDrained),
                             [self = this->shared_from_this()](Error error, std::size_t) {
                               error ? self->close() : self->drain();
                             });
  }

  static constexpr std::size_t kBatch = 64 * 1024;
  static constexpr std::size_t kDrained = 16 * 1024;

  Front& front_;
  Stream stream_;
  beast::flat_buffer buffer_;
  std::optional<http::Peer> peer_;  ///< of TLS
  std::optional<bhttp::request_parser<bhttp::string_body>> parser_;
  UpgradeRequest message_;
  http::HttpRequest request_;
  std::unique_ptr<Exchange> exchange_;
  std::deque<std::string> out_;
  std::string sending_;
  std::size_t queued_ = 0;
  char ignored_ = 0;
  bool keepAlive_ = true;
  bool performing_ = false;
  bool writing_ = false;
  bool complete_ = false;  ///< the answer is queued to its end
  bool last_ = false;      ///< nothing follows it
  bool watching_ = false;  ///< a read waits for the client's end
  bool moved_ = false;     ///< the connection is a WebSocket's now
};

template <typename Stream>
void HttpConnection<Stream>::upgrade(http::Routed routed) {
  auto session = std::make_shared<ExecSession<Stream>>(front_);
  struct Opening {
    std::unique_ptr<client::Client::Stream> stream;
    std::optional<client::Response> response;
  };
  auto opening = std::make_shared<Opening>();
  const auto decide = [self = this->shared_from_this(), session, opening] {
    if (!opening->response || opening->stream == nullptr) return;
    if (!opening->response->ok()) {
      http::HttpResponse refusal = http::encode(*opening->response, {});
      self->front_.refused(self->request_.target, refusal);
      // Its handlers hold what holds it, and one of them may be running.
      asio::post(self->stream_.get_executor(), [opening] { opening->stream.reset(); });
      return self->answer(std::move(refusal));
    }
    self->moved_ = true;
    const auto offered = self->request_.headers.all("Sec-WebSocket-Protocol");
    session->accept(std::move(self->stream_), self->message_, std::string(http::chooseSubprotocol(offered)),
                    std::move(opening->stream));
  };
  opening->stream = front_.engine().connect(
      std::move(routed.request),
      {[opening, decide](client::Response response) {
         opening->response = std::move(response);
         decide();
       },
       [session](std::uint8_t channel, const std::string& data) { session->output(channel, data); },
       [session](const Value& status) { session->ended(status); }});
  decide();
}

template <typename Stream>
void serveOn(Front& front, Stream stream, beast::flat_buffer buffer, std::optional<http::Peer> peer) {
  front.engine().arrived();
  std::make_shared<HttpConnection<Stream>>(front, std::move(stream), std::move(buffer), std::move(peer))
      ->read();
}

/// The first bytes of a connection: TLS or plain.
class Detection final : public Closable, public std::enable_shared_from_this<Detection> {
 public:
  Detection(Front& front, asio::ssl::context& tls, Tcp::socket socket)
      : front_(front), context_(tls), stream_(std::move(socket)) {
    front_.add(this);
  }
  ~Detection() override { front_.remove(this); }
  Detection(const Detection&) = delete;
  Detection& operator=(const Detection&) = delete;

  void start() {
    Error ignored;
    stream_.socket().set_option(Tcp::no_delay(true), ignored);
    stream_.expires_after(kHandshakeTimeout);
    beast::async_detect_ssl(stream_, buffer_, [self = shared_from_this()](Error error, bool secure) {
      if (error) return;
      if (secure) return self->handshake();
      serveOn(self->front_, std::move(self->stream_), std::move(self->buffer_), std::nullopt);
    });
  }

  void close() override {
    if (secure_) {
      beast::get_lowest_layer(*secure_).close();
    } else {
      stream_.close();
    }
  }

 private:
  void handshake() {
    secure_.emplace(std::move(stream_), context_);
    secure_->async_handshake(asio::ssl::stream_base::server, buffer_.data(),
                             [self = shared_from_this()](Error error, std::size_t used) {
                               if (error) return;
                               self->buffer_.consume(used);
                               http::Peer peer = peerOf(self->secure_->native_handle());
                               serveOn(self->front_, std::move(*self->secure_), std::move(self->buffer_),
                                       std::move(peer));
                             });
  }

  Front& front_;
  asio::ssl::context& context_;
  PlainStream stream_;
  std::optional<TlsStream> secure_;
  beast::flat_buffer buffer_;
};

}  // namespace

void serve(Front& front, asio::ssl::context& tls, Tcp::socket socket) {
  std::make_shared<Detection>(front, tls, std::move(socket))->start();
}

}  // namespace pilothouse::server
