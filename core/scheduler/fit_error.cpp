#include "core/scheduler/fit_error.hpp"

#include <algorithm>

namespace pilothouse::scheduler {
namespace {

std::string noneAvailable(std::size_t nodes) {
  return "0/" + std::to_string(nodes) + " nodes are available:";
}

// "1 a, 2 b", ordered as texts, so that "10 x" comes before "2 y".
std::string joined(std::vector<std::pair<Key, std::size_t>> counts) {
  std::vector<std::string> texts;
  for (const auto& [reason, count] : counts) {
    texts.push_back(std::to_string(count) + " " + std::string(reason.text()));
  }
  std::sort(texts.begin(), texts.end());
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

}  // namespace

std::vector<std::pair<Key, std::size_t>> Diagnosis::histogram() const {
  std::vector<std::pair<Key, std::size_t>> counts;
  const auto add = [&counts](Key reason, std::size_t by) {
    const auto at =
        std::find_if(counts.begin(), counts.end(), [reason](const auto& c) { return c.first == reason; });
    if (at == counts.end()) {
      counts.emplace_back(reason, by);
    } else {
      at->second += by;
    }
  };
  for (const auto& [node, status] : failed) {
    for (const Key reason : status.all()) add(reason, 1);
  }
  if (failed.size() < nodeCount) {
    for (const Key reason : absent.all()) add(reason, nodeCount - failed.size());
  }
  std::sort(counts.begin(), counts.end(),
            [](const auto& a, const auto& b) { return textLess(a.first, b.first); });
  return counts;
}

std::string fitErrorText(const Diagnosis& diagnosis) {
  std::string text = noneAvailable(diagnosis.nodeCount);
  if (!diagnosis.preFilterMessage.empty()) return text + " " + diagnosis.preFilterMessage + ".";
  const std::string reasons = joined(diagnosis.histogram());
  return reasons.empty() ? text : text + " " + reasons + ".";
}

std::string preemptionText(const PodRequirements& needs, const Diagnosis& diagnosis) {
  static const Key notHelpful = Key::intern("Preemption is not helpful for scheduling");
  static const Key noVictims = Key::intern("No preemption victims found for incoming pod");
  if (needs.neverPreempts) return "preemption: not eligible due to preemptionPolicy=Never.";
  std::size_t resolvable = 0;
  for (const auto& [node, status] : diagnosis.failed) {
    if (status.code == Code::Unschedulable) ++resolvable;
  }
  std::vector<std::pair<Key, std::size_t>> counts;
  if (resolvable < diagnosis.nodeCount) counts.emplace_back(notHelpful, diagnosis.nodeCount - resolvable);
  if (resolvable > 0) counts.emplace_back(noVictims, resolvable);
  return "preemption: " + noneAvailable(diagnosis.nodeCount) + " " + joined(std::move(counts)) + ".";
}

}  // namespace pilothouse::scheduler
