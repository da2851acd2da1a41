#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/scheduler/node_selector.hpp"
#include "core/scheduler/resources.hpp"
#include "core/scheduler/taints.hpp"
#include "core/value/value.hpp"

namespace pilothouse::scheduler {

/// A port that a pod takes on its node's addresses.
struct HostPort {
  Value ip;  ///< "0.0.0.0" for all
  Value protocol;
  std::int64_t port = 0;

  [[nodiscard]] bool conflicts(const HostPort& other) const;
};

/// spec.topologySpreadConstraints[i].
struct SpreadConstraint {
  std::int64_t maxSkew = 1;
  std::int64_t minDomains = 1;
  Key topologyKey;
  Value labelSelector;
  std::vector<Key> matchLabelKeys;
  bool hard = true;  ///< DoNotSchedule
  bool honorAffinity = true;
  bool honorTaints = false;
};

/// A pod (anti-)affinity term.
struct PodAffinityTerm {
  Value labelSelector;
  Value namespaces;         ///< an array; with no namespaceSelector either: the pod's own
  Value namespaceSelector;  ///< null, or a label selector; {} selects all
  Key topologyKey;
  std::int64_t weight = 0;  ///< of a preferred term
};

struct PodAffinityTerms {
  std::vector<PodAffinityTerm> required;
  std::vector<PodAffinityTerm> preferred;
  [[nodiscard]] bool none() const { return required.empty() && preferred.empty(); }
};

/// What scheduling asks of a pod's spec, decoded once for all the pods that share it (framework.PodInfo).
struct PodRequirements {
  Value spec;  ///< without nodeName
  Resources requests;
  Resources nonZeroRequests;  ///< 100m cpu and 200Mi memory for a container that names none (scoring)
  std::int64_t priority = 0;
  bool neverPreempts = false;  ///< preemptionPolicy: Never
  bool gated = false;          ///< has schedulingGates
  std::vector<HostPort> hostPorts;
  std::vector<Toleration> tolerations;
  RequiredNodeAffinity nodeAffinity;
  std::vector<PreferredNodeTerm> preferredNodes;
  std::vector<SpreadConstraint> spread;
  PodAffinityTerms affinity;
  PodAffinityTerms antiAffinity;
  std::vector<Key> images;  ///< of containers and init containers, with a tag
};
using PodRequirementsPtr = std::shared_ptr<const PodRequirements>;

PodRequirements decodeRequirements(const Value& podSpec);
/// "nginx" is "nginx:latest", as node.status.images names it (docker.io/library/ is left to the runtime).
std::string normalizedImage(std::string_view image);

/// Requirements by the identity of a spec's members. Pods of one template share all of them but nodeName,
/// before and after binding, so a lookup costs some 20 comparisons of handles.
class RequirementsCache {
 public:
  PodRequirementsPtr get(const Value& podSpec);
  [[nodiscard]] std::size_t size() const { return byIdentity_.size(); }

 private:
  void sweep();
  std::unordered_multimap<std::uint64_t, PodRequirementsPtr> byIdentity_;  // never iterated for an output
  std::size_t sweepAt_ = 1024;
};

}  // namespace pilothouse::scheduler
