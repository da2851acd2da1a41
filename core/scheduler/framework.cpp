#include "core/scheduler/framework.hpp"

#include <algorithm>

#include "core/scheduler/plugins/plugins.hpp"

namespace pilothouse::scheduler {

void normalizeScores(Scores scores, bool reverse) {
  std::int64_t highest = 0;
  for (const std::int64_t s : scores) highest = std::max(highest, s);
  if (highest == 0) {
    if (reverse) std::fill(scores.begin(), scores.end(), kMaxNodeScore);
    return;
  }
  for (std::int64_t& s : scores) {
    s = kMaxNodeScore * s / highest;
    if (reverse) s = kMaxNodeScore - s;
  }
}

// pkg/scheduler/apis/config/v1/default_plugins.go.
Framework::Framework(const Listers& listers) {
  add(plugins::schedulingGates());
  add(plugins::nodeUnschedulable());
  add(plugins::nodeName());
  add(plugins::taintToleration(), 3);
  add(plugins::nodeAffinity(), 2);
  add(plugins::nodePorts());
  add(plugins::nodeResourcesFit());
  add(plugins::podTopologySpread(listers), 2);
  add(plugins::interPodAffinity(listers), 2);
  add(plugins::nodeResourcesBalancedAllocation());
  add(plugins::imageLocality());
}

Framework::~Framework() = default;

void Framework::add(std::unique_ptr<Plugin> plugin, std::int64_t weight) {
  const auto number = static_cast<std::uint8_t>(entries_.size());
  if ((plugin->points() & Plugin::kFilter) != 0) filters_.push_back(number);
  entries_.push_back({std::move(plugin), weight});
}

bool Framework::mayEnqueue(const PodRequirements& needs) const {
  return std::all_of(entries_.begin(), entries_.end(),
                     [&needs](const Entry& e) { return e.plugin->preEnqueue(needs); });
}

Status Framework::runPreFilter(const Cycle& cycle, std::optional<std::vector<Value>>& onlyNodes,
                               std::uint32_t& restrictedBy) {
  active_.clear();
  restrictedBy = 0;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    Plugin& plugin = *entries_[i].plugin;
    const std::uint32_t points = plugin.points();
    Status status;
    if ((points & Plugin::kPreFilter) != 0) {
      const bool restricted = onlyNodes.has_value();
      status = plugin.preFilter(cycle, onlyNodes);
      if (!restricted && onlyNodes) restrictedBy |= 1u << i;
    }
    if (!status.ok() && status.code != Code::Skip) {
      status.plugin = static_cast<std::uint8_t>(i);
      return status;
    }
    if (status.ok() && (points & Plugin::kFilter) != 0) active_.push_back(static_cast<std::uint8_t>(i));
  }
  return {};
}

Status Framework::runFilter(const Cycle& cycle, const NodeInfo& node) {
  for (const std::uint8_t i : active_) {
    Status status = entries_[i].plugin->filter(cycle, node);
    if (status.ok()) continue;
    status.plugin = i;
    return status;
  }
  return {};
}

const std::vector<Framework::PluginScores>& Framework::runScore(const Cycle& cycle, Nodes nodes) {
  rows_ = 0;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const auto& [plugin, weight] = entries_[i];
    const std::uint32_t points = plugin->points();
    if ((points & Plugin::kScore) == 0) continue;
    if ((points & Plugin::kPreScore) != 0 && !plugin->preScore(cycle, nodes).ok()) continue;
    if (rows_ == scores_.size()) scores_.emplace_back();
    PluginScores& row = scores_[rows_++];
    row.plugin = static_cast<std::uint8_t>(i);
    row.scores.assign(nodes.size(), 0);
    plugin->score(cycle, nodes, row.scores);
    for (std::int64_t& s : row.scores) s *= weight;
  }
  return scores_;
}

bool Framework::mayHelp(const Value& pod, const PodRequirements& needs, std::uint32_t refusedBy,
                        const ClusterEvent& event) {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if ((refusedBy & (1u << i)) == 0 || (entries_[i].plugin->events() & event.types) == 0) continue;
    if (entries_[i].plugin->mayHelp(pod, needs, event)) return true;
  }
  return false;
}

}  // namespace pilothouse::scheduler
