#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/scheduler/cache.hpp"
#include "core/scheduler/cluster_event.hpp"

namespace pilothouse::scheduler {

enum class Code : std::uint8_t { Success, Unschedulable, UnschedulableAndUnresolvable, Skip };

/// A plugin's answer (framework.Status), without memory of its own: reasons are interned texts.
struct Status {
  static constexpr std::size_t kReasonsMax = 8;  ///< "Insufficient …": one a resource; more are left out

  Code code = Code::Success;
  std::uint8_t plugin = 0;  ///< its number in the framework
  std::uint8_t count = 0;
  std::array<Key, kReasonsMax> reasons{};

  [[nodiscard]] bool ok() const { return code == Code::Success; }
  void add(Key reason) {
    if (count < kReasonsMax) reasons[count++] = reason;
  }
  [[nodiscard]] std::span<const Key> all() const { return {reasons.data(), count}; }
  static Status unschedulable(Key reason) { return with(Code::Unschedulable, reason); }
  static Status unresolvable(Key reason) { return with(Code::UnschedulableAndUnresolvable, reason); }
  static Status skip() { return with(Code::Skip); }

 private:
  static Status with(Code code, Key reason = {}) {
    Status status;
    status.code = code;
    if (code != Code::Skip) status.add(reason);
    return status;
  }
};

/// One pod's scheduling cycle: what every plugin is given.
struct Cycle {
  const Value& pod;
  const PodRequirements& needs;
  Cache& cache;
  const std::vector<NodeInfo*>& nodes;  ///< all of them

  [[nodiscard]] const Value& labels() const { return pod[keys::metadata][keys::labels]; }
  [[nodiscard]] const Value& ns() const { return pod[keys::metadata][keys::namespace_]; }
};

inline constexpr std::int64_t kMaxNodeScore = 100;
using Nodes = std::span<const NodeInfo* const>;
using Scores = std::span<std::int64_t>;

/// A plugin of the scheduling framework: a name and the extension points it implements. What it computes in
/// PreFilter or PreScore it keeps for the rest of the cycle; there is one cycle at a time.
class Plugin {
 public:
  virtual ~Plugin() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;

  enum Point : std::uint32_t { kPreEnqueue = 1, kPreFilter = 2, kFilter = 4, kPreScore = 8, kScore = 16 };
  /// Which of the functions below it implements.
  [[nodiscard]] virtual std::uint32_t points() const = 0;

  /// May the pod enter the queue at all?
  virtual bool preEnqueue(const PodRequirements&) const { return true; }
  /// Skip: its Filter has nothing to say. `onlyNodes` may be set to the only names worth a look.
  virtual Status preFilter(const Cycle&, std::optional<std::vector<Value>>& onlyNodes) {
    static_cast<void>(onlyNodes);
    return {};
  }
  virtual Status filter(const Cycle&, const NodeInfo&) { return {}; }
  /// Skip: its Score has nothing to say.
  virtual Status preScore(const Cycle&, Nodes) { return {}; }
  /// Scores of all feasible nodes at once, normalised to 0 … kMaxNodeScore.
  virtual void score(const Cycle&, Nodes, Scores) {}

  /// Events (bits of event_type) that may make a pod schedulable which this plugin refused.
  [[nodiscard]] virtual std::uint32_t events() const { return 0; }
  /// The queueing hint: may this event (one of events()) help that pod?
  virtual bool mayHelp(const Value& pod, const PodRequirements& needs, const ClusterEvent&) {
    static_cast<void>(pod), static_cast<void>(needs);
    return true;
  }
};

/// helper.DefaultNormalizeScore.
void normalizeScores(Scores scores, bool reverse);

/// What plugins ask of the cluster beside nodes and pods.
struct Listers {
  /// helper.DefaultSelector: what the Services and the controller of a pod select.
  std::function<LabelSelector(const Value& pod)> defaultSelector;
  /// Changes when an answer of defaultSelector may have.
  std::function<std::uint64_t()> selectorGeneration;
  std::function<Value(std::string_view ns)> namespaceLabels;
  std::function<std::vector<Value>(const LabelSelector&)> namespacesMatching;  ///< names, in order
};

/// The plugins of one profile, in the order in which they run (framework/runtime).
class Framework {
 public:
  /// The default profile.
  explicit Framework(const Listers& listers);
  ~Framework();
  Framework(const Framework&) = delete;
  Framework& operator=(const Framework&) = delete;

  struct Entry {
    std::unique_ptr<Plugin> plugin;
    std::int64_t weight = 1;
  };
  [[nodiscard]] const std::vector<Entry>& plugins() const { return entries_; }

  [[nodiscard]] bool mayEnqueue(const PodRequirements& needs) const;

  /// Not ok: the whole pod was refused, with the reasons of Status. `restrictedBy` gets a bit for each plugin
  /// that named the only nodes.
  Status runPreFilter(const Cycle& cycle, std::optional<std::vector<Value>>& onlyNodes,
                      std::uint32_t& restrictedBy);
  Status runFilter(const Cycle& cycle, const NodeInfo& node);

  /// Weighted scores: a row of nodes.size() for each plugin that has something to say.
  struct PluginScores {
    std::uint8_t plugin = 0;
    std::vector<std::int64_t> scores;
  };
  const std::vector<PluginScores>& runScore(const Cycle& cycle, Nodes nodes);
  [[nodiscard]] const std::vector<PluginScores>& lastScores() const { return scores_; }
  [[nodiscard]] std::size_t scoreRows() const { return rows_; }  ///< of runScore's answer that count

  /// May `event` help a pod that the plugins of `refusedBy` (bits) refused?
  bool mayHelp(const Value& pod, const PodRequirements& needs, std::uint32_t refusedBy,
               const ClusterEvent& event);

 private:
  void add(std::unique_ptr<Plugin> plugin, std::int64_t weight = 1);
  std::vector<Entry> entries_;
  std::vector<std::uint8_t> filters_;
  std::vector<std::uint8_t> active_;  ///< filters that were not skipped in this cycle
  std::vector<PluginScores> scores_;
  std::size_t rows_ = 0;
};

}  // namespace pilothouse::scheduler
