#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "core/apiserver/kubelet_connector.hpp"
#include "core/apiserver/remote_stream.hpp"

namespace pilothouse::apiserver {

/// Where a pod's streams are served: its node's kubelet, with the request as it goes there.
struct StreamTarget {
  Request request;  ///< the container's name filled in
  std::string address;
  std::int64_t port = 10250;
  bool nowhere = false;  ///< the log of a pod without a node: empty
};

/// The streams that kube-apiserver passes on between its clients and the kubelets (LocationStreamer of logs,
/// the stream translator of exec and attach).
class PodStreams {
 public:
  PodStreams(Network& network, ComponentId self) : network_(network), self_(self) {}

  void setKubelets(KubeletConnector& kubelets) { kubelets_ = &kubelets; }
  /// A client asks; until `connect` or `refuse` the stream waits.
  void add(StreamId id, Responder respond, StreamSink sink);
  void refuse(StreamId id, Response response);
  void connect(StreamId id, StreamTarget target);

  void send(StreamId id, std::uint8_t channel, std::string data);
  void endStdin(StreamId id);
  void close(StreamId id);
  /// The server ends: every client's connection breaks.
  void closeAll();

 private:
  struct Stream {
    Responder respond;
    StreamSink sink;
    std::unique_ptr<RemoteStream> kubelet;
    bool isLog = false;
    std::vector<std::pair<std::uint8_t, std::string>> early;  ///< stdin that came before the kubelet's answer
    bool stdinEnded = false;
  };
  using StreamPtr = std::shared_ptr<Stream>;

  StreamPtr find(StreamId id) const;
  StreamPtr take(StreamId id);
  void unreachable(StreamId id, const StreamTarget& target, bool refused);
  void answered(StreamId id, Response response);
  void finish(StreamId id, Value status);

  Network& network_;
  ComponentId self_;
  KubeletConnector* kubelets_ = nullptr;
  std::map<StreamId, StreamPtr> streams_;
};

}  // namespace pilothouse::apiserver
