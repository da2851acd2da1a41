#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/client/client.hpp"
#include "core/kubectl/output.hpp"

namespace pilothouse::kubectl {

/// A pod's container as a command line names it: namespace "" for default, container "" for the default one.
struct PodContainer {
  std::string ns;
  std::string pod;
  std::string container;
};

struct LogsFlags {
  bool previous = false;
  std::optional<std::int64_t> tail;
};

/// `kubectl logs POD [-c CONTAINER] [--previous] [--tail=N]`: a message a line.
void logs(client::Client& client, const PodContainer& at, const LogsFlags& flags, Output output);

/// `kubectl exec POD [-c CONTAINER] -- COMMAND`: a message a line, those of stderr as errors; then, when the
/// command failed, "command terminated with exit code N".
void exec(client::Client& client, const PodContainer& at, std::vector<std::string> command, Output output);

}  // namespace pilothouse::kubectl
