#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/cluster/cluster.hpp"
#include "web/theme.hpp"

namespace pilothouse::web {

struct NodeView;

/// What the scene draws of a pod. About 80 bytes; the texts are the object's own.
struct PodView {
  Value ns;
  Value name;
  NodeView* node = nullptr;  ///< null while no node is assigned
  std::uint32_t slot = 0;    ///< its place in node->pods, or in the unscheduled list
  std::uint32_t app = 0;     ///< index of its owner's colour
  PodState state{};
};

struct NodeView {
  std::string name;
  bool exists = false;  ///< the Node object is there (a pod may name a node that is not)
  bool ready = false;
  bool unschedulable = false;
  bool controlPlane = false;
  std::vector<PodView*> pods;  ///< in no special order, stable while nothing changes
  std::uint32_t counts[kPodStates] = {};
};

struct ServiceView {
  Value object;
  std::size_t ready = 0;  ///< addresses in its EndpointSlices
  std::size_t notReady = 0;
};

/// The addresses of one EndpointSlice, counted once a revision.
struct SliceView {
  std::string service;  ///< "namespace/name"
  std::size_t ready = 0;
  std::size_t notReady = 0;
};

/// The state of a pod as one word.
PodState podState(const Value& pod);

/// The view's own picture of the cluster, kept up to date by etcd's changes: nothing is looked at twice.
///
/// Memory: about 200 bytes a pod (view, key and map node).
class ClusterView {
 public:
  explicit ClusterView(cluster::Cluster& cluster);
  ~ClusterView();
  ClusterView(const ClusterView&) = delete;
  ClusterView& operator=(const ClusterView&) = delete;

  /// Nodes in the order in which they came; never removed from the vector's front, so indexes are stable
  /// until structure() changes.
  [[nodiscard]] const std::vector<std::unique_ptr<NodeView>>& nodes() const { return nodes_; }
  [[nodiscard]] const std::vector<PodView*>& unscheduled() const { return unscheduled_; }
  [[nodiscard]] const std::map<std::string, ServiceView>& services() const { return services_; }
  /// Newest last, at most kEventsMax.
  [[nodiscard]] const std::deque<Value>& events() const { return events_; }
  static constexpr std::size_t kEventsMax = 1000;
  [[nodiscard]] std::size_t pods() const { return pods_.size(); }
  [[nodiscard]] std::size_t readyPods() const;
  [[nodiscard]] const PodView* pod(std::string_view ns, std::string_view name) const;
  [[nodiscard]] const NodeView* node(std::string_view name) const;
  /// The names that pod colours stand for, by PodView::app.
  [[nodiscard]] const std::vector<std::string>& apps() const { return apps_; }

  /// Changes when anything did; structure only when nodes or services came or went.
  [[nodiscard]] std::uint64_t version() const { return version_; }
  [[nodiscard]] std::uint64_t structure() const { return structure_; }

 private:
  void changed(const api::Resource& resource, const Value& before, const Value& after);
  void podChanged(const Value& before, const Value& after);
  void nodeChanged(const Value& before, const Value& after);
  void serviceChanged(const Value& before, const Value& after);
  void sliceChanged(const Value& before, const Value& after);
  void eventChanged(const Value& before, const Value& after);
  NodeView& nodeNamed(std::string_view name);
  void place(PodView& pod, NodeView* node);
  void unplace(PodView& pod);
  std::uint32_t appOf(const Value& pod);

  cluster::Cluster& cluster_;
  std::function<void()> stop_;
  std::vector<std::unique_ptr<NodeView>> nodes_;
  std::unordered_map<std::string, NodeView*> nodeByName_;  // never iterated
  std::unordered_map<std::string, PodView> pods_;          // never iterated; addresses are stable
  std::vector<PodView*> unscheduled_;
  std::map<std::string, ServiceView> services_;
  std::map<std::string, SliceView> slices_;
  std::deque<Value> events_;
  std::vector<std::string> apps_;
  std::unordered_map<std::string, std::uint32_t> appIndex_;  // never iterated
  std::size_t ready_ = 0;
  std::uint64_t version_ = 1;
  std::uint64_t structure_ = 1;
};

}  // namespace pilothouse::web
