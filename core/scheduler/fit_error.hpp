#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "core/scheduler/framework.hpp"

namespace pilothouse::scheduler {

/// Why no node was found (framework.Diagnosis): each node's status, or one for the whole pod.
struct Diagnosis {
  std::size_t nodeCount = 0;
  std::vector<std::pair<const NodeInfo*, Status>> failed;
  Status absent;  ///< of the nodes that no filter was asked about
  std::string preFilterMessage;
  std::uint32_t refusedBy = 0;  ///< plugins, as bits

  /// How many nodes for each reason, in order of reason.
  [[nodiscard]] std::vector<std::pair<Key, std::size_t>> histogram() const;
};

/// framework.FitError's text: "0/4 nodes are available: 1 Too many pods, 3 Insufficient cpu."
std::string fitErrorText(const Diagnosis& diagnosis);

/// What DefaultPreemption adds when it finds no victims: "preemption: 0/4 nodes are available: …".
std::string preemptionText(const PodRequirements& needs, const Diagnosis& diagnosis);

}  // namespace pilothouse::scheduler
