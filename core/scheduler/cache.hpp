#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/scheduler/affinity_carriers.hpp"
#include "core/scheduler/node_info.hpp"
#include "core/scheduler/pod_counts.hpp"
#include "core/scheduler/pod_table.hpp"
#include "core/scheduler/topology.hpp"

namespace pilothouse::scheduler {

/// The scheduler's cache (pkg/scheduler/backend/cache): nodes with what their pods take, and the pods that
/// are assumed to be on a node until the watch confirms it.
///
/// A pod is decided upon within one event of the simulation, so nothing changes meanwhile and the cache is
/// its own snapshot; only the order of nodes is made anew, and only when nodes came or went. An assumed pod
/// does not expire by itself, as in kube-scheduler (durationToExpireAssumedPod is 0).
class Cache final : private PodCounts::Pods {
 public:
  struct Pod {
    Value pod;
    PodRequirementsPtr needs;
    PodCounts::Link link;
    std::uint32_t slot = 0;
    std::uint32_t place = 0;  ///< in the node's list of pods
    bool assumed = false;
    bool terminating = false;
  };

  Cache();
  ~Cache() override;

  /// Adds or updates.
  NodeInfo& setNode(const Value& node);
  void removeNode(const Value& node);
  [[nodiscard]] NodeInfo* findNode(std::string_view name) const;
  /// Known nodes, a zone after the other (nodeTree.list).
  const std::vector<NodeInfo*>& nodes();
  [[nodiscard]] std::size_t slots() const { return slots_.size(); }
  /// The node of a slot that has one (every slot in a topology domain does).
  [[nodiscard]] const NodeInfo& node(std::uint32_t slot) const { return *slots_[slot]; }

  /// Takes the pod's requests on the node at once, before the binding is sent.
  void assume(const Value& pod, const PodRequirementsPtr& needs, const Value& nodeName);
  /// The binding failed: gives back what was assumed. Nothing when the pod is not assumed (any more).
  void forget(const Value& pod);
  [[nodiscard]] bool isAssumed(const Value& pod) const;
  [[nodiscard]] bool knows(const Value& pod) const;

  /// A pod with spec.nodeName, as the watch tells it: confirms, adds or updates.
  void setPod(const Value& pod);
  void removePod(const Value& pod);

  [[nodiscard]] const Pod& pod(std::uint32_t number) const { return pods_[number]; }
  [[nodiscard]] std::size_t podCount() const { return pods_.size(); }

  RequirementsCache& requirements() { return requirements_; }
  PodCounts& counts() { return counts_; }
  [[nodiscard]] const AffinityCarriers& carriers() const { return carriers_; }
  const Topology::Domains& domains(Key topologyKey) { return topology_.domains(topologyKey, nodes()); }
  /// How many nodes have an image.
  [[nodiscard]] std::int64_t nodesWithImage(Key image) const;

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  PodCounts::Link& link(std::uint32_t pod) override { return pods_[pod].link; }
  [[nodiscard]] std::uint32_t nodeSlot(std::uint32_t pod) const override { return pods_[pod].slot; }
  [[nodiscard]] bool terminating(std::uint32_t pod) const override { return pods_[pod].terminating; }

  NodeInfo& nodeOf(const Value& name);
  void freeSlot(NodeInfo& node);
  void place(const Value& pod, const PodRequirementsPtr& needs, NodeInfo& node, bool assumed);
  void take(std::uint32_t number);
  void countImages(const NodeInfo& node, std::int64_t by);

  PodTable<Pod> pods_;
  RequirementsCache requirements_;
  PodCounts counts_;
  AffinityCarriers carriers_;
  Topology topology_;
  std::vector<std::unique_ptr<NodeInfo>> slots_;
  std::vector<std::uint32_t> freeSlots_;
  std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>> slotByName_;  // never iterated
  std::vector<std::pair<std::string, std::vector<NodeInfo*>>> zones_;
  std::vector<NodeInfo*> order_;
  bool orderIsOld_ = false;
  std::unordered_map<std::uint32_t, std::int64_t> imageNodes_;  // by key id; never iterated
};

}  // namespace pilothouse::scheduler
