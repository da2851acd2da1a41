#include "core/api/autoscaling_v2/defaults.hpp"

#include "core/api/autoscaling_v2/keys.hpp"
#include "core/api/defaulting.hpp"
#include "core/api/object.hpp"

namespace pilothouse::api {
namespace {

const Key kPeriodSeconds = Key::intern("periodSeconds");
const Key kPolicies = Key::intern("policies");
const Key kScaleDown = Key::intern("scaleDown");
const Key kScaleUp = Key::intern("scaleUp");
const Key kSelectPolicy = Key::intern("selectPolicy");
const Key kStabilization = Key::intern("stabilizationWindowSeconds");

constexpr std::int64_t kPeriod = 15;

Value scalingPolicy(std::string_view type, std::int64_t value) {
  return Value::object({{keys::type, type}, {keys::value, value}, {kPeriodSeconds, kPeriod}});
}

void fillRules(Value& behavior, Key direction, const Value& policies) {
  Value rules = behavior[direction].isObject() ? behavior[direction] : Value::emptyObject();
  setDefault(rules, kSelectPolicy, "Max");
  setDefault(rules, kPolicies, policies);
  // When scaling down, the controller's own window counts.
  if (direction == kScaleUp) setDefault(rules, kStabilization, 0);
  behavior = behavior.with(direction, rules);
}

Value behaviorDefaults(const Value& sent) {
  static const Value up = Value::array({scalingPolicy("Pods", 4), scalingPolicy("Percent", 100)});
  static const Value down = Value::array({scalingPolicy("Percent", 100)});
  Value behavior = sent;
  fillRules(behavior, kScaleUp, up);
  fillRules(behavior, kScaleDown, down);
  return behavior;
}

}  // namespace

const Value& defaultMetrics() {
  constexpr std::int64_t utilization = 80;
  static const Value metrics = Value::array({Value::object(
      {{keys::type, "Resource"},
       {hpa::kResource,
        Value::object({{keys::name, "cpu"},
                       {hpa::kTarget, Value::object({{keys::type, "Utilization"},
                                                     {hpa::kAverageUtilization, utilization}})}})}})});
  return metrics;
}

Value autoscalerDefaults(const Value& autoscaler) {
  Value spec = autoscaler[keys::spec];
  setDefault(spec, hpa::kMinReplicas, 1);
  if (spec[hpa::kMetrics].empty()) spec = spec.with(hpa::kMetrics, defaultMetrics());
  changeMember(spec, hpa::kBehavior, behaviorDefaults);
  return autoscaler.with(keys::spec, spec);
}

Value withoutRoundTripAnnotations(const Value& autoscaler) {
  Value kept = autoscaler;
  for (const Key key : {hpa::kMetricsAnnotation, hpa::kBehaviorAnnotation, hpa::kCurrentMetricsAnnotation,
                        hpa::kConditionsAnnotation}) {
    if (annotations(kept).has(key)) kept = kept.withoutPath({keys::metadata, keys::annotations, key});
  }
  return kept;
}

}  // namespace pilothouse::api
