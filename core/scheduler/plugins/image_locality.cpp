#include <algorithm>

#include "core/scheduler/plugins/plugins.hpp"

namespace pilothouse::scheduler::plugins {
namespace {

constexpr std::int64_t kMegabyte = 1024 * 1024;
constexpr std::int64_t kMinThreshold = 23 * kMegabyte;
constexpr std::int64_t kMaxContainerThreshold = 1000 * kMegabyte;

std::int64_t sizeOf(const NodeInfo& node, Key image) {
  const auto at = std::lower_bound(node.images.begin(), node.images.end(), image.id(),
                                   [](const auto& entry, std::uint32_t id) { return entry.first.id() < id; });
  return at != node.images.end() && at->first == image ? at->second : 0;
}

/// Prefers nodes that have the pod's large images already; an image that is everywhere counts full.
class ImageLocality final : public Plugin {
 public:
  [[nodiscard]] std::string_view name() const override { return "ImageLocality"; }
  [[nodiscard]] std::uint32_t points() const override { return kPreScore | kScore; }
  Status preScore(const Cycle& cycle, Nodes) override {
    // Nobody has any: every node scores 0, so there is nothing to say.
    const auto& images = cycle.needs.images;
    const bool any = std::any_of(images.begin(), images.end(),
                                 [&cycle](Key image) { return cycle.cache.nodesWithImage(image) > 0; });
    return any ? Status{} : Status::skip();
  }
  void score(const Cycle& cycle, Nodes nodes, Scores scores) override {
    const auto total = static_cast<double>(cycle.nodes.size());
    for (const Key image : cycle.needs.images) {
      const std::int64_t having = cycle.cache.nodesWithImage(image);
      if (having == 0) continue;
      const double spread = static_cast<double>(having) / total;
      for (std::size_t i = 0; i < nodes.size(); ++i) {
        scores[i] += static_cast<std::int64_t>(static_cast<double>(sizeOf(*nodes[i], image)) * spread);
      }
    }
    const std::int64_t highest = kMaxContainerThreshold * static_cast<std::int64_t>(std::max<std::size_t>(
                                                              1, cycle.needs.images.size()));
    for (std::int64_t& s : scores) {
      s = kMaxNodeScore * (std::clamp(s, kMinThreshold, highest) - kMinThreshold) / (highest - kMinThreshold);
    }
  }
};

}  // namespace

std::unique_ptr<Plugin> imageLocality() { return std::make_unique<ImageLocality>(); }

}  // namespace pilothouse::scheduler::plugins
