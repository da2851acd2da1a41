#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/kubelet/images/image_catalogue.hpp"
#include "core/kubelet/runtime/files.hpp"
#include "core/kubelet/shell/machine.hpp"
#include "core/value/value.hpp"

namespace pilothouse::kubelet {

/// The command line of a container: the image's own program, or command and args of the spec with $(VAR)
/// expanded from its environment.
std::vector<std::string> commandLine(const Value& spec, const Value& env);
/// $(NAME) from the environment, "$$" for "$" (k8s.io/kubernetes/third_party/forked/golang/expansion).
std::string expandVariables(std::string_view text, const Value& env);
/// The value of a variable in a resolved environment; null when it is not set.
const Value& environmentVariable(const Value& env, std::string_view name);

/// What a container's main process is: what its image and command say.
struct ProcessPlan {
  enum class Kind : std::uint8_t {
    Server,   ///< listens until it is told to stop
    Ends,     ///< ends by itself after `runs`
    Script,   ///< is interpreted
    Sleeps,   ///< does nothing until it is killed
    NotFound  ///< the runtime cannot start it
  } kind{};
  shell::ScriptPtr script;
  SimDuration runs{};
  int exitCode = 0;
  std::string_view log;
  std::string error;
};
ProcessPlan planProcess(const Image& image, const Value& spec, const Value& env, const ContainerFiles& files);

/// The ports on which the image's server listens in this container. `any` when nothing says which: a server
/// of an unknown image without declared ports.
struct ListeningPorts {
  std::vector<std::int64_t> ports;
  bool any = false;
  [[nodiscard]] bool has(std::int64_t port) const;
};
ListeningPorts listeningPorts(const Image& image, const Value& spec, const Value& env);

}  // namespace pilothouse::kubelet
