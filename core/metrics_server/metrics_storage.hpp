#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/apiserver/kubelet_connector.hpp"

namespace pilothouse::metrics_server {

/// The last two points of nodes and containers (pkg/storage): a rate needs both.
class MetricsStorage {
 public:
  using Usage = apiserver::ResourceMetrics::Usage;
  /// What was used between two points.
  struct Rate {
    SimTime when{};
    SimDuration window{};
    std::uint64_t nanocores = 0;
    std::uint64_t memoryBytes = 0;
  };

  void store(const std::string& node, const apiserver::ResourceMetrics& metrics);
  /// A node did not answer: nothing is known of it and its pods any more.
  void forget(const std::string& node);
  void clear() { nodes_.clear(); }

  [[nodiscard]] std::optional<Rate> node(std::string_view name) const;
  [[nodiscard]] std::optional<Rate> container(std::string_view node, std::string_view ns,
                                              std::string_view pod, std::string_view name) const;

 private:
  struct Point {
    SimTime when{};
    Usage usage;
  };
  struct Series {
    std::optional<Point> last;
    std::optional<Point> before;
    void add(const Point& point);
    [[nodiscard]] std::optional<Rate> rate() const;
  };
  struct Node {
    Series own;
    std::map<std::string, Series, std::less<>> containers;  ///< by "namespace/pod/container"
  };
  std::map<std::string, Node, std::less<>> nodes_;
};

}  // namespace pilothouse::metrics_server
