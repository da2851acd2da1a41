#pragma once

#include <functional>
#include <memory>

#include "core/apiserver/request.hpp"
#include "core/apiserver/stream_server.hpp"
#include "core/sim/network.hpp"

namespace pilothouse::etcd {
class Client;
}

namespace pilothouse::apiserver {

class KubeletConnector;

struct ApiServerOptions {
  SimDuration eventTtl = std::chrono::hours(1);  ///< --event-ttl
  SimDuration etcdCompactionInterval = std::chrono::minutes(5);
  std::string serviceClusterIpRange = "10.96.0.0/16";  ///< --service-cluster-ip-range
  std::string serviceNodePortRange = "30000-32767";    ///< --service-node-port-range
  bool traceComponentStages = false;  ///< the way in of components' requests is in the trace too (see Stages)
  std::string advertiseAddress = "172.18.0.2";  ///< --advertise-address: Endpoints default/kubernetes
};

/// kube-apiserver: request in, response out, with no transport in it.
///
/// `handle` answers later, once etcd has answered. Reads with resourceVersion "0" and watches come from the
/// watch cache; others are consistent reads. Strict decoding, defaulting, admission and validation give
/// Kubernetes' own messages. Whoever calls it did so through Network (see client::Client).
class ApiServer : public StreamServer {
 public:
  ApiServer(Network& network, ComponentId self, etcd::Client& etcd, ApiServerOptions options);
  ~ApiServer() override;
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

  /// Streams of a pod's subresources log, exec and attach, which the pod's kubelet serves (StreamServer).
  StreamId connect(Request request, Responder respond, StreamSink sink) override;
  void sendToStream(StreamId stream, std::uint8_t channel, std::string data) override;
  void endStdin(StreamId stream) override;
  void closeStream(StreamId stream) override;
  /// Where kubelets are; without it no node can be reached. It outlives the server.
  void setKubelets(KubeletConnector& kubelets);

  /// May a client use a path that is no resource ("/version", "/apis")? Code 0, or the 401 or 403 to answer.
  /// A server that does not run yet answers 503.
  [[nodiscard]] api::Status authorizeNonResource(const std::shared_ptr<const Credentials>& credentials,
                                                 std::string_view verb, std::string_view path);

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
