#include "core/metrics_server/metrics_storage.hpp"

#include <utility>

#include "core/metrics_server/metrics_server.hpp"

namespace pilothouse::metrics_server {
namespace {

// A container younger than one resolution is measured from its start, once it is this old.
constexpr SimDuration kFreshContainerMinimum = std::chrono::seconds(10);

std::string seriesKey(std::string_view ns, std::string_view pod, std::string_view name) {
  return std::string(ns).append("/").append(pod).append("/").append(name);
}

}  // namespace

void MetricsStorage::Series::add(const Point& point) {
  const bool restarted = last && last->usage.start != point.usage.start;
  before = restarted ? std::nullopt : last;
  last = point;
  const SimDuration age = point.when - point.usage.start;
  const bool fresh = age >= kFreshContainerMinimum && age < MetricsServer::kResolution;
  if (!before && fresh) before = Point{point.usage.start, {0, 0, point.usage.start}};
}

std::optional<MetricsStorage::Rate> MetricsStorage::Series::rate() const {
  if (!last || !before || last->when <= before->when) return std::nullopt;
  if (last->usage.cpuNanoseconds < before->usage.cpuNanoseconds) return std::nullopt;
  Rate rate;
  rate.when = last->when;
  rate.window = last->when - before->when;
  const std::uint64_t used = last->usage.cpuNanoseconds - before->usage.cpuNanoseconds;
  const auto microseconds =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(rate.window).count());
  rate.nanocores = microseconds == 0 ? 0 : used * 1000 / microseconds * 1000;
  rate.memoryBytes = last->usage.workingSetBytes;
  return rate;
}

void MetricsStorage::store(const std::string& node, const apiserver::ResourceMetrics& metrics) {
  Node& known = nodes_[node];
  known.own.add({metrics.when, metrics.node});
  // Containers that the node no longer names are forgotten with the old table.
  auto former = std::exchange(known.containers, {});
  for (const apiserver::ResourceMetrics::Container& container : metrics.containers) {
    const std::string key =
        seriesKey(container.ns.asString(), container.pod.asString(), container.name.asString());
    Series series;
    if (const auto at = former.find(key); at != former.end()) series = at->second;
    series.add({metrics.when, container.usage});
    known.containers.emplace(key, series);
  }
}

void MetricsStorage::forget(const std::string& node) { nodes_.erase(node); }

std::optional<MetricsStorage::Rate> MetricsStorage::node(std::string_view name) const {
  const auto at = nodes_.find(name);
  return at == nodes_.end() ? std::nullopt : at->second.own.rate();
}

std::optional<MetricsStorage::Rate> MetricsStorage::container(std::string_view node, std::string_view ns,
                                                              std::string_view pod,
                                                              std::string_view name) const {
  const auto at = nodes_.find(node);
  if (at == nodes_.end()) return std::nullopt;
  const auto series = at->second.containers.find(seriesKey(ns, pod, name));
  return series == at->second.containers.end() ? std::nullopt : series->second.rate();
}

}  // namespace pilothouse::metrics_server
