#pragma once

#include <functional>
#include <map>
#include <memory>

#include "core/apiserver/kubelet_connector.hpp"
#include "core/kubelet/log_stream.hpp"
#include "core/kubelet/runtime_service.hpp"

namespace pilothouse::kubelet {

/// kubelet's own API on port 10250 (pkg/kubelet/server): logs, exec, attach, and what containers use.
class KubeletServer : public apiserver::KubeletApi {
 public:
  /// The pod of that name with the status kubelet has last made of it; null when it is not here.
  using FindPod = std::function<Value(std::string_view ns, std::string_view name)>;
  /// Runs `done` once the pod's files are all there.
  using Prepare = std::function<void(const Value& pod, Function<void()> done)>;
  struct SystemUsage {
    std::int64_t cpuMilli = 0;  ///< of kubelet, the runtime and the kernel
    std::int64_t memoryMi = 0;
  };
  KubeletServer(Simulator& simulator, ComponentId self, RuntimeService& runtime, SystemUsage system,
                FindPod findPod, Prepare prepare);

  apiserver::StreamId connect(apiserver::Request request, apiserver::Responder respond,
                              apiserver::StreamSink sink) override;
  void sendToStream(apiserver::StreamId stream, std::uint8_t channel, std::string data) override;
  void endStdin(apiserver::StreamId stream) override;
  void closeStream(apiserver::StreamId stream) override;
  [[nodiscard]] ComponentId component() const override { return self_; }
  [[nodiscard]] apiserver::ResourceMetrics resourceMetrics() override;

  void start() { started_ = simulator_.now(); }
  /// The process dies: connections break.
  void stop();

 private:
  struct Stream {
    apiserver::Responder respond;
    apiserver::StreamSink sink;
    std::shared_ptr<ExecSession> session;
    std::shared_ptr<LogStream> log;
    bool main = false;  ///< the session is the container's main process
    bool stdinOnce = false;
    bool withStdin = false;
    std::string early;  ///< stdin before the command has started
    bool started = false;
    bool stdinEnded = false;
  };
  using StreamPtr = std::shared_ptr<Stream>;

  void openLog(apiserver::StreamId id, const apiserver::Request& request, const Value& pod);
  void openExec(apiserver::StreamId id, const apiserver::Request& request, const Value& pod);
  void openAttach(apiserver::StreamId id, const apiserver::Request& request, const Value& pod);
  void attached(apiserver::StreamId id, RuntimeId container);
  void accept(apiserver::StreamId id, int code);
  void refuse(apiserver::StreamId id, int code, std::string text);
  void finish(apiserver::StreamId id, Value status);
  ExecSession::Handler handlerOf(apiserver::StreamId id);
  [[nodiscard]] StreamPtr find(apiserver::StreamId id) const;

  Simulator& simulator_;
  ComponentId self_;
  RuntimeService& runtime_;
  SystemUsage system_;
  FindPod findPod_;
  Prepare prepare_;
  SimTime started_{};
  apiserver::StreamId lastStream_ = 0;
  std::map<apiserver::StreamId, StreamPtr> streams_;
};

}  // namespace pilothouse::kubelet
