#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/value/value.hpp"

namespace pilothouse::kubelet {

class ContainerRuntime;

/// What a packet finds at an address and port of a machine.
enum class PortState : std::uint8_t {
  NoHost,  ///< no pod has that address: nobody answers
  Closed,  ///< the pod is there and nothing listens: the connection is refused
  Open
};
PortState portState(ContainerRuntime& runtime, std::string_view address, std::int64_t port);

/// Where the CNI's portmap plugin sends packets for a port of the machine (containers' hostPort).
struct MappedPort {
  std::string address;
  std::int64_t port = 0;
};
std::optional<MappedPort> hostPort(const ContainerRuntime& runtime, std::int64_t port,
                                 std::string_view protocol);

/// Which pod has that address: {metadata: {name, namespace, uid}}, or null.
Value podAt(const ContainerRuntime& runtime, std::string_view address);

}  // namespace pilothouse::kubelet
