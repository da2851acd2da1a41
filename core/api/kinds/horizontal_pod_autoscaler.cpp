#include "core/api/autoscaling_v2/defaults.hpp"
#include "core/api/autoscaling_v2/keys.hpp"
#include "core/api/autoscaling_v2/print.hpp"
#include "core/api/autoscaling_v2/validation.hpp"
#include "core/api/keys.hpp"
#include "core/api/kind.hpp"
#include "core/api/strategy.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kShort[] = {"hpa"};
constexpr std::string_view kAll[] = {"all"};
constexpr std::string_view kSubresources[] = {"status"};

Value prepareCreate(const Value& autoscaler) {
  static const Value nothing = Value::object({{hpa::kCurrentMetrics, nullptr}, {hpa::kDesiredReplicas, 0}});
  return withoutRoundTripAnnotations(autoscaler)
      .withoutPath({keys::metadata, keys::generation})
      .with(keys::status, nothing);
}

Value prepareUpdate(const Value& autoscaler, const Value& stored) {
  return takenFrom(withoutRoundTripAnnotations(autoscaler), keys::status, stored);
}

}  // namespace

namespace kinds {

extern const Resource horizontal_pod_autoscaler_resource;
const Resource horizontal_pod_autoscaler_resource{"autoscaling",
                                                  "v2",
                                                  Key::intern("horizontalpodautoscalers"),
                                                  "horizontalpodautoscaler",
                                                  "HorizontalPodAutoscaler",
                                                  true,
                                                  kShort,
                                                  kAll,
                                                  kSubresources};

extern const Kind horizontal_pod_autoscaler;
const Kind horizontal_pod_autoscaler{
    .resource = &horizontal_pod_autoscaler_resource,
    .setDefaults = &autoscalerDefaults,
    .validate = &validateAutoscaler,
    .validateUpdate = &validateAutoscalerUpdate,
    .validateStatusUpdate = &validateAutoscalerStatusUpdate,
    .prepareForCreate = &prepareCreate,
    .prepareForUpdate = &prepareUpdate,
    .columns = kAutoscalerColumns,
    .cells = &autoscalerCells,
};

}  // namespace kinds

}  // namespace pilothouse::api
