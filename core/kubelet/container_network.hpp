#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/kubelet/traffic.hpp"
#include "core/sim/time.hpp"

namespace pilothouse::kubelet {

/// How programs in containers reach others: DNS, kube-proxy's rules and other pods. The cluster's wiring
/// implements it; without one, nothing outside the pod answers.
class ContainerNetwork {
 public:
  virtual ~ContainerNetwork() = default;

  struct Caller {
    std::string_view node;
    std::string_view podIp;
    std::string_view ns;
    std::string_view pod;
  };
  struct Reply {
    enum class Outcome : std::uint8_t { Answered, UnknownHost, Refused, TimedOut } outcome{};
    int status = 0;       ///< HTTP's, or 0 of a server that does not speak it
    std::string body;     ///< what it answered
    std::string address;  ///< the address that was tried
    SimDuration took{};   ///< what the caller waited, without time-outs of its own
  };
  /// One request from a pod to a name or address: its packets are messages. `done` comes once, with TimedOut
  /// after `timeout` at the latest.
  virtual void request(const Caller& from, std::string_view host, std::int64_t port, Payload payload,
                       SimDuration timeout, std::function<void(Reply)> done) = 0;
  /// One connection from a pod to a name or address, now.
  virtual Reply connect(const Caller& from, std::string_view host, std::int64_t port,
                        std::string_view path) = 0;
  /// The addresses of a name as the pod's resolver finds them; empty when there is no such name.
  virtual std::vector<std::string> resolve(const Caller& from, std::string_view name) = 0;
};

}  // namespace pilothouse::kubelet
