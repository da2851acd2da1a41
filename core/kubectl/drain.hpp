#pragma once

#include <string>

#include "core/client/client.hpp"
#include "core/kubectl/output.hpp"

namespace pilothouse::kubectl {

struct DrainFlags {
  bool force = false;             ///< also pods without a controller
  bool ignoreDaemonSets = false;  ///< leaves DaemonSets' pods where they are
  bool deleteEmptyDirData = false;
};

/// `kubectl cordon NODE`, `kubectl uncordon NODE`.
void cordon(client::Client& client, const std::string& node, bool unschedulable, Output output);

/// `kubectl drain NODE`: no new pods, then every pod there is evicted (k8s.io/kubectl/pkg/drain). What a
/// PodDisruptionBudget does not allow yet is asked for again every 5 s; it ends when the last pod has gone.
void drain(client::Client& client, const std::string& node, DrainFlags flags, Output output);

}  // namespace pilothouse::kubectl
