#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/kubelet/runtime/container_runtime.hpp"

namespace pilothouse::kubelet {

/// PodLogOptions, as far as they choose lines.
struct LogOptions {
  bool follow = false;
  bool timestamps = false;
  std::optional<std::int64_t> tailLines;
  std::optional<std::int64_t> limitBytes;
  std::optional<SimTime> since;

  static LogOptions read(const Value& options, SimTime now);
};

/// One reader of a container's log (pkg/kubelet/kuberuntime/logs ReadLogs). With `follow` it goes on until
/// the container has ended.
class LogStream : public ContainerStream, public std::enable_shared_from_this<LogStream> {
 public:
  struct Handler {
    Function<void(std::string text)> text;
    Function<void()> ended;
  };
  LogStream(std::shared_ptr<ContainerRuntime> runtime, RuntimeId container, LogOptions options,
            Handler handler);
  ~LogStream() override;
  LogStream(const LogStream&) = delete;
  LogStream& operator=(const LogStream&) = delete;

  /// Only what comes from now on (attach).
  void skipPast();
  void start();
  void stop();
  void containerEnded() override;
  void containerSpoke() override;

 private:
  void read(bool first);
  void goOn();
  void finish();
  [[nodiscard]] std::string format(const shell::LogLine& line) const;

  std::shared_ptr<ContainerRuntime> runtime_;
  RuntimeId container_;
  LogOptions options_;
  Handler handler_;
  ContainerRuntime::LogCursor cursor_;
  TimerId timer_{};
  bool over_ = false;
};

}  // namespace pilothouse::kubelet
