#pragma once

#include <functional>
#include <memory>

#include "core/apiserver/request.hpp"
#include "core/sim/network.hpp"

namespace pilothouse::etcd {
class Client;
}

namespace pilothouse::apiserver {

struct ApiServerOptions {
  SimDuration eventTtl = std::chrono::hours(1);  ///< --event-ttl
  SimDuration etcdCompactionInterval = std::chrono::minutes(5);
  std::string serviceClusterIpRange = "10.96.0.0/16";  ///< --service-cluster-ip-range
  std::string serviceNodePortRange = "30000-32767";    ///< --service-node-port-range
  std::string advertiseAddress = "172.18.0.2";         ///< --advertise-address: Endpoints default/kubernetes
};

/// kube-apiserver: request in, response out, with no transport in it.
///
/// `handle` answers later, once etcd has answered. Reads with resourceVersion "0" and watches come from the
/// watch cache; others are consistent reads. Strict decoding, defaulting, admission and validation give
/// Kubernetes' own messages. Whoever calls it did so through Network (see client::Client).
class ApiServer {
 public:
  ApiServer(Network& network, ComponentId self, etcd::Client& etcd, ApiServerOptions options);
  ~ApiServer();
  ApiServer(const ApiServer&) = delete;
  ApiServer& operator=(const ApiServer&) = delete;

  /// Fills the watch cache from etcd and creates what a new cluster has (namespaces default, kube-system,
  /// kube-public, kube-node-lease; Service default/kubernetes). Requests before that wait.
  void start();
  /// The process dies: watches are closed, requests in the air are never answered, caches are forgotten.
  void stop();

  void handle(Request request, Responder respond);
  /// Starts a watch (request.verb Watch). Errors arrive as a response; events go to `sink`.
  WatchId watch(Request request, Responder respond, WatchSink sink);
  void stopWatch(WatchId watch);

  /// Opens a stream of a pod's subresource "log", "exec" or "attach" (request.body: PodLogOptions,
  /// PodExecOptions, PodAttachOptions), which the pod's kubelet serves. A refusal arrives as a response with
  /// an error; an accepted stream as code 101 (200 for a log), and then `sink` is called until its close.
  StreamId connect(Request request, Responder respond, StreamSink sink);
  /// Channel 0 is stdin, 4 a terminal's size as JSON.
  void sendToStream(StreamId stream, std::uint8_t channel, std::string data);
  /// stdin is at its end; the stream goes on.
  void endStdin(StreamId stream);
  /// The client has gone.
  void closeStream(StreamId stream);

  /// Has `handler` answer for a kind that is not stored (api::Kind::stored false), or for a subresource of
  /// one that is. Called after authentication, authorization and decoding.
  using Handler = std::function<void(Request, Responder)>;
  void serve(const api::Resource& resource, Key subresource, Handler handler);

  [[nodiscard]] ComponentId component() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pilothouse::apiserver
