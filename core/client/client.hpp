#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/api/object.hpp"
#include "core/apiserver/api_server.hpp"
#include "core/apiserver/request.hpp"
#include "core/sim/network.hpp"

namespace pilothouse::client {

using apiserver::Request;
using apiserver::Response;

/// One component's connection to kube-apiserver, over the simulated network.
///
/// Every call is answered exactly once, later: by the server, or after kRequestTimeout (a dropped message)
/// with Status.timeout. When the component is stopped (Network::setUp false) or the Client destroyed, pending
/// answers are dropped.
class Client {
 public:
  using Done = apiserver::Responder;

  /// `userAgent` must outlive the client ("kube-scheduler"). Without credentials it has those of its user
  /// agent (credentialsOf).
  Client(Network& network, ComponentId self, apiserver::ApiServer& server, std::string_view userAgent,
         std::shared_ptr<const apiserver::Credentials> credentials = nullptr);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void send(Request request, Done done);

  /// The usual requests. Writes of components skip field validation. Texts are Values so that names are
  /// shared with the object they come from; pass null for "no namespace".
  void get(const api::Resource& resource, Value ns, Value name, Done done);
  void create(const api::Resource& resource, Value object, Done done);
  void update(const api::Resource& resource, Value object, Done done, Key subresource = {});
  void updateStatus(const api::Resource& resource, Value object, Done done);
  void patch(const api::Resource& resource, Value ns, Value name, apiserver::PatchType type, Value patch,
             Done done, Key subresource = {});
  /// `options` is a metav1.DeleteOptions or null.
  void remove(const api::Resource& resource, Value ns, Value name, Value options, Done done);
  /// POST pods/{name}/binding.
  void bind(const Value& pod, const Value& nodeName, Done done);

  /// A raw watch: `started` gets the response (an error, or 200 when the stream is open). Cancelled when the
  /// returned handle is destroyed. `closed` runs when the server ends the stream or it breaks.
  class Watch {
   public:
    virtual ~Watch() = default;
  };
  std::unique_ptr<Watch> watch(Request request, Done started,
                               std::function<void(const apiserver::WatchEvent&)> event,
                               std::function<void()> closed);

  /// The client's end of a stream to a container; destroying it hangs up.
  class Stream {
   public:
    virtual ~Stream() = default;
    /// Channel 0 is stdin, 4 a terminal's size as JSON: {"Width":80,"Height":24}.
    virtual void send(std::uint8_t channel, std::string data) = 0;
    /// stdin is at its end; output may still come.
    virtual void endStdin() = 0;
  };
  struct StreamHandler {
    Done started;  ///< an error, or 101 (200 for a log) when the stream is open
    /// Channel 1 is stdout and the log, 2 stderr.
    std::function<void(std::uint8_t channel, const std::string& data)> data;
    /// The end: a metav1.Status (Success; Failure with NonZeroExitCode and its ExitCode cause…), or null when
    /// the connection broke.
    std::function<void(const Value& status)> closed;
  };
  /// Opens a pod's log, exec or attach: `request` has the pod, subresource and PodLogOptions,
  /// PodExecOptions or PodAttachOptions as body. No time limit: a stream lasts until one end closes it.
  std::unique_ptr<Stream> connect(Request request, StreamHandler handler);

  [[nodiscard]] Simulator& simulator();
  [[nodiscard]] Network& network();
  [[nodiscard]] ComponentId self() const;
  [[nodiscard]] std::string_view userAgent() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace pilothouse::client
