#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/scheduler/pod_table.hpp"
#include "core/value/selector.hpp"
#include "core/value/value.hpp"

namespace pilothouse::scheduler {

/// Which pods are counted: those of these namespaces whose labels match.
struct PodSelector {
  bool allNamespaces = false;
  std::vector<Value> namespaces;
  LabelSelector labels = LabelSelector::nothing();
  bool terminatingToo = false;

  [[nodiscard]] bool matches(std::string_view ns, const Value& podLabels) const;
  /// Equal for equal selectors.
  [[nodiscard]] std::string identity() const;
};

/// How many pods a selector finds on each node, kept up to date instead of counted anew for every pod.
///
/// Pods with equal namespace and labels (siblings of a template) share one label set, so that a pod coming or
/// going costs one addition for each selector in use that matches it. The kGroupsMax selectors used last
/// keep their counts (4 bytes a node each); a forgotten one is counted again from the pods of its label sets.
class PodCounts {
 public:
  static constexpr std::size_t kGroupsMax = 256;
  static constexpr std::uint32_t kNone = 0xffffffff;

  /// The part of a pod's entry in the scheduler's cache that is kept here.
  struct Link {
    std::uint32_t labelSet = kNone;
    std::uint32_t previous = kNone;
    std::uint32_t next = kNone;
  };
  /// How a pod's entry is reached by its number.
  class Pods {
   public:
    virtual ~Pods() = default;
    virtual Link& link(std::uint32_t pod) = 0;
    [[nodiscard]] virtual std::uint32_t nodeSlot(std::uint32_t pod) const = 0;
    [[nodiscard]] virtual bool terminating(std::uint32_t pod) const = 0;
  };

  explicit PodCounts(Pods& pods) : pods_(pods) {}

  void add(std::uint32_t pod, const Value& ns, const Value& labels);
  void remove(std::uint32_t pod);
  /// The pod began to terminate: call after the entry says so.
  void terminating(std::uint32_t pod);

  using Group = std::uint32_t;
  /// The counts of a selector by node slot (shorter than the slots when the rest is 0). Valid until the next
  /// call of group(), add() or remove().
  const std::vector<std::uint32_t>& counts(Group group) { return groups_[group].counts; }
  Group group(const PodSelector& selector);
  /// A group by number if it still is of `stamp`; saves the selector's identity in hot paths.
  [[nodiscard]] std::uint64_t stamp(Group group) const { return groups_[group].stamp; }
  bool touch(Group group, std::uint64_t stamp);

 private:
  struct LabelSet {
    Value ns;
    Value labels;
    std::uint64_t hash = 0;
    std::uint32_t pods = 0;
    std::uint32_t first = kNone;
    std::vector<Group> groups;  ///< that match it
  };
  struct Counted {
    std::string identity;
    PodSelector selector;
    std::vector<std::uint32_t> counts;
    std::uint64_t lastUsed = 0;
    std::uint64_t stamp = 0;  ///< 0: free
  };

  std::uint32_t labelSetOf(const Value& ns, const Value& labels);
  void count(std::uint32_t pod, int by, bool onlyWithoutTerminating);
  Group freeGroup();
  static void change(Counted& group, std::uint32_t slot, int by);

  Pods& pods_;
  std::vector<LabelSet> labelSets_;
  std::vector<std::uint32_t> freeLabelSets_;
  std::unordered_multimap<std::uint64_t, std::uint32_t> labelSetByHash_;  // never iterated
  std::vector<Counted> groups_;
  std::unordered_map<std::string, Group> groupByIdentity_;  // never iterated
  std::uint64_t clock_ = 0;
};

}  // namespace pilothouse::scheduler
