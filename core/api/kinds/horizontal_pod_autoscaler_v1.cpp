#include "core/api/autoscaling_v1/conversion.hpp"
#include "core/api/autoscaling_v2/print.hpp"
#include "core/api/kind.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kShort[] = {"hpa"};
constexpr std::string_view kAll[] = {"all"};
constexpr std::string_view kSubresources[] = {"status"};

void cells(std::vector<Value>& cells, const Value& autoscaler, SimTime now) {
  autoscalerCells(cells, autoscalerAsV2(autoscaler), now);
}

const Resource kResource{"autoscaling",
                         "v1",
                         Key::intern("horizontalpodautoscalers"),
                         "horizontalpodautoscaler",
                         "HorizontalPodAutoscaler",
                         true,
                         kShort,
                         kAll,
                         kSubresources};

}  // namespace

namespace kinds {

extern const Resource horizontal_pod_autoscaler_resource;

extern const Kind horizontal_pod_autoscaler_v1;
const Kind horizontal_pod_autoscaler_v1{
    .resource = &kResource,
    .setDefaults = &autoscalerV1Defaults,
    .columns = kAutoscalerColumns,
    .cells = &cells,
    .storedAs = &horizontal_pod_autoscaler_resource,
    .toStored = &autoscalerAsV2,
    .fromStored = &autoscalerFromV2,
};

}  // namespace kinds

}  // namespace pilothouse::api
