#pragma once

#include <cstdint>
#include <string>

#include "core/sim/function.hpp"
#include "core/sim/time.hpp"
#include "core/value/value.hpp"

namespace pilothouse::kubelet {

/// The runtime's number of a sandbox or container; its id as people see it is made from it.
using RuntimeId = std::uint64_t;

/// What the runtime answers to any call of the Container Runtime Interface; each call says which it uses.
struct CriAnswer {
  std::string error;        ///< "rpc error: code = …"; empty on success
  RuntimeId id = 0;         ///< the sandbox or container made
  Value text;               ///< container id, pod IP, image reference
  Value image;              ///< status.image: the image's full name
  std::int64_t number = 0;  ///< image size, exit code
  std::string output;       ///< of ExecSync
  SimTime when{};           ///< when a container started
  SimDuration took{};
  [[nodiscard]] bool ok() const { return error.empty(); }
};
using CriDone = Function<void(CriAnswer)>;

/// A container has ended (GetContainerEvents' CONTAINER_STOPPED_EVENT with its ContainerStatus).
struct ContainerExit {
  RuntimeId id = 0;
  Value podUid;
  Value container;  ///< its name
  int exitCode = 0;
  bool outOfMemory = false;
  SimTime finishedAt{};
  Value message{};  ///< what it left in its terminationMessagePath, or the end of its log; null for nothing
};

/// What kubelet puts into CreateContainer.
struct ContainerConfig {
  Value spec;     ///< the container of the pod's spec
  Value env;      ///< resolved: an array of {name, value}; null for none
  Value volumes;  ///< contents of configMap, secret, projected and downwardAPI volumes by name; null for none
  std::uint32_t attempt = 0;
};

/// How a container probe or a message to a server turned out.
struct ProbeAnswer {
  bool connected = false;
  bool timedOut = false;
  int status = 0;  ///< HTTP's; 0: the server does not speak it
  bool grpc = false;
  std::string body;
};

}  // namespace pilothouse::kubelet
