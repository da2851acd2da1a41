#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/value/value.hpp"

namespace pilothouse::kubelet {

class ContainerRuntime;

/// Where the CNI's portmap plugin sends packets for a port of the machine (containers' hostPort).
struct MappedPort {
  std::string address;
  std::int64_t port = 0;
};
std::optional<MappedPort> hostPort(const ContainerRuntime& runtime, std::int64_t port,
                                   std::string_view protocol);

}  // namespace pilothouse::kubelet
