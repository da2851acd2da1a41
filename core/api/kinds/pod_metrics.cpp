#include "core/api/kind.hpp"
#include "core/api/metrics_v1beta1/print_metrics.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kVerbs[] = {"get", "list"};

const Resource kResource{
    "metrics.k8s.io", "v1beta1", Key::intern("pods"), "", "PodMetrics", true, {}, {}, {}};

}  // namespace

namespace kinds {

extern const Kind pod_metrics;
const Kind pod_metrics{
    .resource = &kResource,
    .columns = kMetricsColumns,
    .cells = &metricsCells,
    .stored = false,
    .verbs = kVerbs,
};

}  // namespace kinds

}  // namespace pilothouse::api
