#include "core/scheduler/decisions.hpp"

#include <algorithm>
#include <numeric>

#include "core/api/object.hpp"

namespace pilothouse::scheduler {
namespace {

const Key kEvaluated = Key::intern("evaluated");
const Key kFeasible = Key::intern("feasible");
const Key kNode = Key::intern("node");
const Key kNodeCount = Key::intern("nodeCount");
const Key kNodes = Key::intern("nodes");
const Key kPod = Key::intern("pod");
const Key kReasons = Key::intern("reasons");
const Key kScores = Key::intern("scores");
const Key kTotal = Key::intern("total");

}  // namespace

void Decisions::addFeasible(const Attempt& attempt, std::size_t most, Decision& decision) {
  for (std::size_t j = 0; j < attempt.scoreRows; ++j) decision.plugins.push_back(attempt.scores[j].plugin);
  std::vector<std::uint32_t> best(attempt.feasible.size());
  std::iota(best.begin(), best.end(), 0u);
  const auto better = [&attempt](std::uint32_t a, std::uint32_t b) {
    const bool chosenA = attempt.feasible[a] == attempt.chosen;
    const bool chosenB = attempt.feasible[b] == attempt.chosen;
    if (chosenA != chosenB) return chosenA;
    const std::int64_t totalA = attempt.totals[a];
    const std::int64_t totalB = attempt.totals[b];
    return totalA != totalB ? totalA > totalB : a < b;
  };
  const std::size_t kept = std::min(most, best.size());
  std::partial_sort(best.begin(), best.begin() + static_cast<std::ptrdiff_t>(kept), best.end(), better);
  decision.rows.reserve(kept);
  decision.scores.reserve(kept * attempt.scoreRows);
  for (std::size_t i = 0; i < kept; ++i) {
    decision.rows.push_back({attempt.feasible[best[i]]->name, attempt.totals[best[i]], 0, 0});
    for (std::size_t j = 0; j < attempt.scoreRows; ++j) {
      decision.scores.push_back(static_cast<std::int32_t>(attempt.scores[j].scores[best[i]]));
    }
  }
}

void Decisions::addRefused(const Attempt& attempt, Decision& decision) {
  for (const auto& [node, status] : attempt.diagnosis.failed) {
    decision.rows.push_back(
        {node->name, 0, static_cast<std::uint32_t>(decision.reasons.size()), status.count});
    decision.reasons.insert(decision.reasons.end(), status.all().begin(), status.all().end());
  }
}

void Decisions::add(const Attempt& attempt) {
  if (ring_.size() < kPodsMax) ring_.emplace_back();
  Decision& decision = ring_[next_];
  next_ = (next_ + 1) % kPodsMax;
  const Value& metadata = api::meta(attempt.pod);
  decision = {};
  decision.ns = metadata[keys::namespace_];
  decision.name = metadata[keys::name];
  if (attempt.chosen != nullptr) decision.node = attempt.chosen->name;
  decision.evaluated = static_cast<std::uint32_t>(attempt.evaluated);
  decision.feasible = static_cast<std::uint32_t>(attempt.feasible.size());
  decision.nodeCount = static_cast<std::uint32_t>(attempt.diagnosis.nodeCount);
  const bool all = attempt.feasible.size() + attempt.diagnosis.failed.size() <= kNodesMax;
  addFeasible(attempt, all ? kNodesMax : kNodesBest, decision);
  if (all) addRefused(attempt, decision);
  for (const auto& [reason, count] : attempt.diagnosis.histogram()) {
    decision.counts.emplace_back(reason, static_cast<std::uint32_t>(count));
  }
}

void Decisions::clear() {
  ring_.clear();
  next_ = 0;
}

Value Decisions::find(std::string_view ns, std::string_view name, const Framework& framework) const {
  for (std::size_t back = 1; back <= ring_.size(); ++back) {
    const Decision& d = ring_[(next_ + kPodsMax - back) % kPodsMax];
    if (d.name.asString() != name || d.ns.asString() != ns) continue;
    std::vector<Value> nodes;
    for (std::size_t i = 0; i < d.rows.size(); ++i) {
      const Row& row = d.rows[i];
      ObjectBuilder node;
      node.set(keys::name, row.node);
      if (row.reasons > 0) {
        std::string text;
        for (std::size_t r = 0; r < row.reasons; ++r) {
          text.append(text.empty() ? "" : ", ").append(d.reasons[row.firstReason + r].text());
        }
        nodes.push_back(node.set(keys::reason, Value(text)).build());
        continue;
      }
      ObjectBuilder scores;
      for (std::size_t j = 0; j < d.plugins.size(); ++j) {
        scores.set(Key::intern(framework.plugins()[d.plugins[j]].plugin->name()),
                   d.scores[i * d.plugins.size() + j]);
      }
      nodes.push_back(node.set(kScores, scores.build()).set(kTotal, row.total).build());
    }
    std::vector<Value> reasons;
    for (const auto& [reason, count] : d.counts) {
      reasons.push_back(Value::object({{keys::reason, Value(reason.text())}, {kNodes, count}}));
    }
    return Value::object({{kPod, Value(std::string(ns) + "/" + std::string(name))},
                          {kNode, d.node},
                          {kEvaluated, d.evaluated},
                          {kFeasible, d.feasible},
                          {kNodeCount, d.nodeCount},
                          {kNodes, Value::array(nodes)},
                          {kReasons, Value::array(reasons)}});
  }
  return {};
}

}  // namespace pilothouse::scheduler
