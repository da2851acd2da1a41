#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/kubelet/container_network.hpp"
#include "core/kubelet/images/image_catalogue.hpp"
#include "core/kubelet/runtime/files.hpp"
#include "core/kubelet/traffic.hpp"

namespace pilothouse::kubelet {

/// What a server keeps while its container runs: texts by name, bounded.
class ProgramMemory {
 public:
  static constexpr std::size_t kBytesMax = 256 * 1024;

  /// "" when there is none.
  [[nodiscard]] const std::string& get(std::string_view name) const;
  /// False when it has no room.
  bool set(std::string_view name, std::string text);
  void remove(std::string_view name);
  [[nodiscard]] const std::map<std::string, std::string, std::less<>>& all() const { return texts_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  std::map<std::string, std::string, std::less<>> texts_;
  std::size_t bytes_ = 0;
};

/// A server's program at work: on one request, or by itself. It may ask others, wait, and answer later; what
/// it was to do next is dropped when its container ends meanwhile. Programs hold it by its pointer.
class Work : public std::enable_shared_from_this<Work> {
 public:
  using Reply = ContainerNetwork::Reply;
  virtual ~Work() = default;

  /// Of the request; empty of work by itself.
  [[nodiscard]] const ServedRequest& asked() const { return asked_; }
  [[nodiscard]] const Payload& payload() const { return asked_.payload; }
  /// The container as its image's `answer` sees it. Its texts last as long as the call that gets it.
  [[nodiscard]] virtual ServerRequest server() = 0;
  [[nodiscard]] virtual std::string env(std::string_view name) = 0;
  [[nodiscard]] virtual SimTime now() const = 0;
  /// Evenly in [0, 1).
  [[nodiscard]] virtual double chance() = 0;
  [[nodiscard]] virtual ContainerFiles files() = 0;
  [[nodiscard]] virtual ProgramMemory& memory() = 0;

  /// Asks "host:port" (or "http://host:port/…", whose path comes from the payload all the same).
  virtual void call(std::string_view address, Payload payload, SimDuration timeout,
                    std::function<void(Reply)> then) = 0;
  virtual void wait(SimDuration duration, std::function<void()> then) = 0;
  /// A line of its log.
  virtual void say(std::string_view line) = 0;
  /// The program ends by itself.
  virtual void end(int exitCode) = 0;
  /// The answer to the request; only the first counts.
  virtual void answer(ServerAnswer answer) = 0;

 protected:
  ServedRequest asked_;
};

/// "host:port" taken apart; `fallback` where it has no port.
struct HostPort {
  std::string host;
  std::int64_t port = 0;
};
HostPort hostPort(std::string_view address, std::int64_t fallback);

/// The value of a parameter in a path's query ("?cmd=get&key=x"), decoded; "" when it is not there.
std::string queryParameter(std::string_view path, std::string_view name);
std::string_view pathWithoutQuery(std::string_view path);

// Programs with a file of their own.
void serveRedis(const WorkPtr& work);
SimDuration replicateRedis(const WorkPtr& work);
void serveGuestbook(const WorkPtr& work);

}  // namespace pilothouse::kubelet
