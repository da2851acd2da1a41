#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/http/remote_command.hpp"
#include "tests/conformance/server/front.hpp"
#include "tests/conformance/server/net.hpp"

namespace pilothouse::server {

using UpgradeRequest = beast::http::request<beast::http::string_body>;

/// An exec or attach over WebSocket: the client's channels on one side, the engine's stream on the other.
/// It may hear from the engine before the client's connection is there.
template <typename Connection>
class ExecSession final : public Closable, public std::enable_shared_from_this<ExecSession<Connection>> {
 public:
  explicit ExecSession(Front& front) : front_(front), waits_(front.engine().waiting()) { front_.add(this); }
  ~ExecSession() override { front_.remove(this); }
  ExecSession(const ExecSession&) = delete;
  ExecSession& operator=(const ExecSession&) = delete;

  /// From the engine.
  void output(std::uint8_t channel, const std::string& data) {
    if (!data.empty()) queue(http::channelMessage(channel, data));
  }
  void ended(const Value& status) {
    queue(http::statusMessage(status.isNull() ? brokenStatus() : status));
    ended_ = true;
    write();
  }

  /// Takes the client's connection over and answers its handshake.
  void accept(Connection connection, const UpgradeRequest& request, std::string subprotocol,
              std::unique_ptr<client::Client::Stream> stream) {
    subprotocol_ = std::move(subprotocol);
    stream_ = std::move(stream);
    socket_.emplace(std::move(connection));
    socket_->binary(true);
    socket_->read_message_max(kMessageMax);
    socket_->set_option(beast::websocket::stream_base::decorator(
        [name = subprotocol_](beast::websocket::response_type& response) {
          if (!name.empty()) response.set(beast::http::field::sec_websocket_protocol, name);
        }));
    socket_->async_accept(request, [self = this->shared_from_this()](Error error) {
      if (error) return self->close();
      self->accepted_ = true;
      self->write();
      self->read();
    });
  }

  void close() override {
    const auto self = this->shared_from_this();  // the engine's stream may be all that holds it
    stream_.reset();
    waits_.reset();
    if (socket_) beast::get_lowest_layer(*socket_).close();
  }

 private:
  static constexpr std::size_t kMessageMax = 1 << 20;
  static constexpr std::size_t kQueuedMax = 64 << 20;

  static Value brokenStatus() {
    return api::Status::internalError("error dialing backend: the connection to the kubelet broke").toValue();
  }

  void queue(std::string message) {
    queued_ += message.size();
    if (queued_ > kQueuedMax && accepted_) {  // a client that does not read
      return asio::post(socket_->get_executor(), [self = this->shared_from_this()] { self->close(); });
    }
    messages_.push_back(std::move(message));
    write();
  }

  void write() {
    if (!accepted_ || writing_) return;
    if (messages_.empty()) {
      if (ended_) finish();
      return;
    }
    writing_ = true;
    socket_->async_write(asio::buffer(messages_.front()),
                         [self = this->shared_from_this()](Error error, std::size_t) {
                           self->writing_ = false;
                           if (error) return self->close();
                           self->queued_ -= self->messages_.front().size();
                           self->messages_.pop_front();
                           self->write();
                         });
  }

  void finish() {
    ended_ = false;
    stream_.reset();
    waits_.reset();
    socket_->async_close(beast::websocket::close_code::normal,
                         [self = this->shared_from_this()](Error) { self->close(); });
  }

  void read() {
    socket_->async_read(buffer_, [self = this->shared_from_this()](Error error, std::size_t) {
      if (error) return self->close();
      self->received();
      self->read();
    });
  }

  void received() {
    const auto bytes = buffer_.cdata();
    const std::string_view message(static_cast<const char*>(bytes.data()), bytes.size());
    const auto parsed = http::parseChannelMessage(message, subprotocol_);
    if (parsed && stream_ != nullptr) {
      if (!parsed->closes) {
        stream_->send(parsed->channel, std::string(parsed->data));
      } else if (parsed->channel == http::channels::kStdin) {
        stream_->endStdin();
      }
    }
    buffer_.consume(buffer_.size());
    front_.engine().settle();
  }

  Front& front_;
  Engine::Waiting waits_;
  std::string subprotocol_;
  std::unique_ptr<client::Client::Stream> stream_;
  std::optional<beast::websocket::stream<Connection>> socket_;
  beast::flat_buffer buffer_;
  std::deque<std::string> messages_;
  std::size_t queued_ = 0;
  bool accepted_ = false;
  bool writing_ = false;
  bool ended_ = false;
};

}  // namespace pilothouse::server
