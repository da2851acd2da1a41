#include "core/scheduler/pod_scheduler.hpp"

#include <algorithm>

#include "core/api/object.hpp"

namespace pilothouse::scheduler {
namespace {

constexpr std::size_t kMinFeasibleNodes = 100;
constexpr std::size_t kMinPercentage = 5;

// Nodes are looked at in turns, so the next ones are seldom in the processor's cache: they are asked for
// while the ones before are looked at.
constexpr std::size_t kAhead = 4;
void prefetch(const NodeInfo& node) {
  const auto* bytes = reinterpret_cast<const char*>(&node);
  for (std::size_t line = 0; line < 192; line += 64) __builtin_prefetch(bytes + line);
}

// The plugins that named the only nodes, as the diagnosis lists them.
std::string pluginList(const Framework& framework, std::uint32_t bits) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < framework.plugins().size(); ++i) {
    if ((bits & (1u << i)) != 0) names.emplace_back(framework.plugins()[i].plugin->name());
  }
  std::sort(names.begin(), names.end());
  std::string text = "[";
  for (const std::string& name : names) text += (text.size() > 1 ? " " : "") + name;
  return text + "]";
}

}  // namespace

std::size_t feasibleNodesToFind(std::size_t nodeCount) {
  if (nodeCount < kMinFeasibleNodes) return nodeCount;
  const std::size_t falling = nodeCount / 125;
  const std::size_t percentage = falling >= 50 - kMinPercentage ? kMinPercentage : 50 - falling;
  return std::max(kMinFeasibleNodes, nodeCount * percentage / 100);
}

PodScheduler::PodScheduler(Framework& framework, Cache& cache, Random& random)
    : framework_(framework), cache_(cache), random_(random) {}

PodScheduler::Result PodScheduler::schedule(const Value& pod, const PodRequirements& needs) {
  feasible_.clear();
  totals_.clear();
  diagnosis_.failed.clear();
  diagnosis_.absent = {};
  diagnosis_.preFilterMessage.clear();
  diagnosis_.refusedBy = 0;
  const Cycle cycle{pod, needs, cache_, cache_.nodes()};
  diagnosis_.nodeCount = cycle.nodes.size();
  Result result;
  if (cycle.nodes.empty()) {
    result.message = "no nodes available to schedule pods";
    return result;
  }
  findNodesThatFit(cycle);
  result.evaluated = feasible_.size() + diagnosis_.failed.size();
  std::size_t rows = 0;
  if (feasible_.size() > 1) {
    result.node = prioritize(cycle);
    rows = framework_.scoreRows();
  } else if (feasible_.size() == 1) {
    totals_.assign(1, 0);
    result.node = feasible_.front();
  } else {
    result.message = fitErrorText(diagnosis_) + " " + preemptionText(needs, diagnosis_);
    result.refusedBy = diagnosis_.refusedBy;
  }
  static const std::vector<Framework::PluginScores> none;
  decisions_.add({pod, result.node, result.evaluated, feasible_, diagnosis_,
                  rows == 0 ? none : framework_.lastScores(), rows, totals_});
  return result;
}

void PodScheduler::findNodesThatFit(const Cycle& cycle) {
  std::optional<std::vector<Value>> onlyNodes;
  std::uint32_t restrictedBy = 0;
  const Status refused = framework_.runPreFilter(cycle, onlyNodes, restrictedBy);
  if (!refused.ok()) {
    diagnosis_.absent = refused;
    diagnosis_.refusedBy |= 1u << refused.plugin;
    for (const Key reason : refused.all()) {
      diagnosis_.preFilterMessage.append(diagnosis_.preFilterMessage.empty() ? "" : ", ")
          .append(reason.text());
    }
    return;
  }
  if (!onlyNodes) {
    const std::size_t count = cycle.nodes.size();
    filter(cycle, cycle.nodes, nextStart_ % count, feasibleNodesToFind(count));
    nextStart_ = (nextStart_ + feasible_.size() + diagnosis_.failed.size()) % count;
    return;
  }
  std::vector<NodeInfo*> nodes;
  for (const Value& name : *onlyNodes) {
    if (NodeInfo* node = cache_.findNode(name.asString()); node != nullptr) nodes.push_back(node);
  }
  diagnosis_.refusedBy |= restrictedBy;
  diagnosis_.absent = Status::unresolvable(
      Key::intern("node(s) didn't satisfy plugin(s) " + pluginList(framework_, restrictedBy)));
  if (!nodes.empty()) filter(cycle, nodes, 0, feasibleNodesToFind(nodes.size()));
}

void PodScheduler::filter(const Cycle& cycle, const std::vector<NodeInfo*>& nodes, std::size_t start,
                          std::size_t wanted) {
  std::size_t at = start;
  for (std::size_t i = 0; i < nodes.size() && feasible_.size() < wanted; ++i) {
    const NodeInfo& node = *nodes[at];
    if (++at == nodes.size()) at = 0;
    prefetch(*nodes[at + kAhead < nodes.size() ? at + kAhead : at]);
    const Status status = framework_.runFilter(cycle, node);
    if (status.ok()) {
      feasible_.push_back(&node);
    } else {
      diagnosis_.failed.emplace_back(&node, status);
      diagnosis_.refusedBy |= 1u << status.plugin;
    }
  }
}

const NodeInfo* PodScheduler::prioritize(const Cycle& cycle) {
  const auto& rows = framework_.runScore(cycle, feasible_);
  totals_.assign(feasible_.size(), 0);
  for (std::size_t r = 0; r < framework_.scoreRows(); ++r) {
    for (std::size_t i = 0; i < totals_.size(); ++i) totals_[i] += rows[r].scores[i];
  }
  return selectHost();
}

// Any of the best, with equal chances.
const NodeInfo* PodScheduler::selectHost() {
  const std::int64_t best = *std::max_element(totals_.begin(), totals_.end());
  const auto ties = static_cast<std::uint64_t>(std::count(totals_.begin(), totals_.end(), best));
  std::uint64_t skip = ties > 1 ? random_.below(ties) : 0;
  for (std::size_t i = 0; i < totals_.size(); ++i) {
    if (totals_[i] == best && skip-- == 0) return feasible_[i];
  }
  return feasible_.front();
}

}  // namespace pilothouse::scheduler
