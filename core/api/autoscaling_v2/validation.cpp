#include "core/api/autoscaling_v2/validation.hpp"

#include <string>
#include <vector>

#include "core/api/apps_v1/workload.hpp"
#include "core/api/autoscaling_v2/keys.hpp"
#include "core/api/core_v1/resource_names.hpp"
#include "core/api/keys.hpp"
#include "core/api/validation/object_meta.hpp"
#include "core/value/quantity.hpp"

namespace pilothouse::api {
namespace {

constexpr std::int64_t kPeriodSecondsMax = 1800;
constexpr std::int64_t kStabilizationWindowSecondsMax = 3600;

void validateSegment(Errors& errors, const FieldPath& path, const Value& name, std::string_view missing) {
  if (name.asString().empty()) return errors.required(path, missing);
  errors.invalid(path, name, isPathSegmentName(name.asString()));
}

// ValidateCrossVersionObjectReference.
void validateReference(Errors& errors, const FieldPath& path, const Value& reference) {
  validateSegment(errors, path.child("kind"), reference[keys::kind], "");
  validateSegment(errors, path.child("name"), reference[keys::name], "");
}

void validateTarget(Errors& errors, const FieldPath& path, const Value& target) {
  const Value& type = target[keys::type];
  const std::string_view text = type.asString();
  if (text.empty()) errors.required(path.child("type"), "must specify a metric target type");
  if (text != "Utilization" && text != "Value" && text != "AverageValue") {
    errors.invalid(path.child("type"), Value(text), "must be either Utilization, Value, or AverageValue");
  }
  for (const Key key : {keys::value, hpa::kAverageValue}) {
    const auto quantity = Quantity::from(target[key]);
    if (quantity && quantity->sign() <= 0) {
      errors.invalid(path.child(key.text()), Value(quantity->toString()), "must be positive");
    }
  }
  const Value& utilization = target[hpa::kAverageUtilization];
  if (utilization.isInt() && utilization.asInt() < 1) {
    errors.invalid(path.child("averageUtilization"), utilization, "must be greater than 0");
  }
}

void validateMetric(Errors& errors, const FieldPath& path, const Value& source) {
  validateSegment(errors, path.child("metric.name"), source[hpa::kMetric][keys::name],
                  "must specify a metric name");
}

void validateObjectSource(Errors& errors, const FieldPath& path, const Value& source) {
  const Value& target = source[hpa::kTarget];
  validateReference(errors, path.child("describedObject"), source[hpa::kDescribedObject]);
  validateMetric(errors, path, source);
  validateTarget(errors, path.child("target"), target);
  if (target[keys::value].isNull() && target[hpa::kAverageValue].isNull()) {
    errors.required(path.child("target.averageValue"), "must set either a target value or averageValue");
  }
}

void validateExternalSource(Errors& errors, const FieldPath& path, const Value& source) {
  const Value& target = source[hpa::kTarget];
  const bool value = !target[keys::value].isNull();
  const bool average = !target[hpa::kAverageValue].isNull();
  validateMetric(errors, path, source);
  validateTarget(errors, path.child("target"), target);
  if (!value && !average) {
    errors.required(path.child("target.averageValue"),
                    "must set either a target value for metric or a per-pod target");
  } else if (value && average) {
    errors.forbidden(path.child("target.value"),
                     "may not set both a target value for metric and a per-pod target");
  }
}

void validatePodsSource(Errors& errors, const FieldPath& path, const Value& source) {
  validateMetric(errors, path, source);
  validateTarget(errors, path.child("target"), source[hpa::kTarget]);
  if (source[hpa::kTarget][hpa::kAverageValue].isNull()) {
    errors.required(path.child("target.averageValue"), "must specify a positive target averageValue");
  }
}

void validateResourceTarget(Errors& errors, const FieldPath& path, const Value& source) {
  const Value& target = source[hpa::kTarget];
  const bool value = !target[hpa::kAverageValue].isNull();
  const bool utilization = !target[hpa::kAverageUtilization].isNull();
  validateTarget(errors, path.child("target"), target);
  if (!utilization && !value) {
    errors.required(path.child("target.averageUtilization"),
                    "must set either a target raw value or a target utilization");
  } else if (utilization && value) {
    errors.forbidden(path.child("target.averageValue"),
                     "may not set both a target raw value and a target utilization");
  }
}

void validateResourceSource(Errors& errors, const FieldPath& path, const Value& source) {
  if (source[keys::name].asString().empty()) {
    errors.required(path.child("name"), "must specify a resource name");
  }
  validateResourceTarget(errors, path, source);
}

void validateContainerResourceSource(Errors& errors, const FieldPath& path, const Value& source) {
  const Value& name = source[keys::name];
  const Value& container = source["container"];
  if (name.asString().empty()) {
    errors.required(path.child("name"), "must specify a resource name");
  } else {
    validateContainerResourceName(errors, path.child("name"), name.asString());
  }
  if (container.asString().empty()) {
    errors.required(path.child("container"), "must specify a container");
  } else {
    errors.invalid(path.child("container"), container, isDns1123Label(container.asString()));
  }
  validateResourceTarget(errors, path, source);
}

struct Source {
  std::string_view type;
  Key field;
  void (*validate)(Errors& errors, const FieldPath& path, const Value& source);
};
const Source kSources[] = {{"Object", hpa::kObject, &validateObjectSource},
                           {"External", hpa::kExternal, &validateExternalSource},
                           {"Pods", hpa::kPods, &validatePodsSource},
                           {"Resource", hpa::kResource, &validateResourceSource},
                           {"ContainerResource", hpa::kContainerResource, &validateContainerResourceSource}};

// A metric has one source: that of its type.
void validateMetricSpec(Errors& errors, const FieldPath& path, const Value& metric) {
  const Value type(metric[keys::type].asString());
  if (type.asString().empty()) errors.required(path.child("type"), "must specify a metric source type");
  const Source* expected = nullptr;
  std::vector<const Source*> present;
  for (const Source& source : kSources) {
    if (source.type == type.asString()) expected = &source;
    if (!metric[source.field].isObject()) continue;
    present.push_back(&source);
    // The first is looked at, whatever the type says.
    if (present.size() == 1) source.validate(errors, path.child(source.field.text()), metric[source.field]);
  }
  if (expected == nullptr) {
    errors.notSupported(path.child("type"), type,
                        {"ContainerResource", "External", "Object", "Pods", "Resource"});
  } else if (!metric[expected->field].isObject()) {
    errors.required(path.child(expected->field.text()),
                    "must populate information for the given metric source");
  }
  if (present.size() == 1) return;
  for (const Source* other : present) {
    if (other == expected) continue;
    errors.forbidden(path.child(other->field.text()), "must populate the given metric source only");
  }
}

void validateMetrics(Errors& errors, const FieldPath& path, const Value& spec) {
  const Value& metrics = spec[hpa::kMetrics];
  bool wakes = false;  // a metric that is there without pods
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    const std::string_view type = metrics.item(i)[keys::type].asString();
    validateMetricSpec(errors, path.item(i), metrics.item(i));
    wakes = wakes || type == "Object" || type == "External";
  }
  const Value& least = spec[hpa::kMinReplicas];
  if (least.isInt() && least.asInt() == 0 && !wakes) {
    errors.forbidden(path,
                     "must specify at least one Object or External metric to support scaling to zero "
                     "replicas");
  }
}

void validateScalingPolicy(Errors& errors, const FieldPath& path, const Value& policy) {
  const Value type(policy[keys::type].asString());
  if (type.asString() != "Pods" && type.asString() != "Percent") {
    errors.notSupported(path.child("type"), type, {"Percent", "Pods"});
  }
  for (const std::string_view field : {"value", "periodSeconds"}) {
    const std::int64_t number = policy[field].asInt();
    if (number <= 0) errors.invalid(path.child(field), Value(number), kNotPositive);
  }
  if (policy["periodSeconds"].asInt() > kPeriodSecondsMax) {
    errors.invalid(path.child("periodSeconds"), policy["periodSeconds"],
                   "must be less than or equal to " + std::to_string(kPeriodSecondsMax));
  }
}

void validateScalingRules(Errors& errors, const FieldPath& path, const Value& rules) {
  if (!rules.isObject()) return;
  const Value& window = rules["stabilizationWindowSeconds"];
  const FieldPath windowPath = path.child("stabilizationWindowSeconds");
  if (window.asInt() < 0) errors.invalid(windowPath, window, "must be greater than or equal to zero");
  if (window.asInt() > kStabilizationWindowSecondsMax) {
    errors.invalid(windowPath, window,
                   "must be less than or equal to " + std::to_string(kStabilizationWindowSecondsMax));
  }
  const Value& select = rules["selectPolicy"];
  if (!select.isNull() && select.asString() != "Max" && select.asString() != "Min" &&
      select.asString() != "Disabled") {
    errors.notSupported(path.child("selectPolicy"), select, {"Disabled", "Max", "Min"});
  }
  const Value& policies = rules["policies"];
  if (policies.empty()) errors.required(path.child("policies"), "must specify at least one Policy");
  for (std::size_t i = 0; i < policies.size(); ++i) {
    validateScalingPolicy(errors, path.item("policies", i), policies.item(i));
  }
}

void validateSpec(Errors& errors, const Value& spec, std::int64_t leastAllowed) {
  const FieldPath path("spec");
  const FieldPath behavior = path.child("behavior");
  const Value& least = spec[hpa::kMinReplicas];
  const Value most(spec[hpa::kMaxReplicas].asInt());
  if (least.isInt() && least.asInt() < leastAllowed) {
    errors.invalid(path.child("minReplicas"), least,
                   "must be greater than or equal to " + std::to_string(leastAllowed));
  }
  if (most.asInt() < 1) errors.invalid(path.child("maxReplicas"), most, "must be greater than 0");
  if (least.isInt() && most.asInt() < least.asInt()) {
    errors.invalid(path.child("maxReplicas"), most, "must be greater than or equal to `minReplicas`");
  }
  validateReference(errors, path.child("scaleTargetRef"), spec[hpa::kScaleTargetRef]);
  validateMetrics(errors, path.child("metrics"), spec);
  validateScalingRules(errors, behavior.child("scaleUp"), spec[hpa::kBehavior]["scaleUp"]);
  validateScalingRules(errors, behavior.child("scaleDown"), spec[hpa::kBehavior]["scaleDown"]);
}

}  // namespace

void validateAutoscaler(Errors& errors, const Value& autoscaler) {
  validateObjectMeta(errors, autoscaler, true, &nameIsDnsSubdomain);
  validateSpec(errors, autoscaler[keys::spec], 1);
}

void validateAutoscalerUpdate(Errors& errors, const Value& autoscaler, const Value& stored) {
  validateObjectMetaUpdate(errors, autoscaler, stored);
  const Value& least = stored[keys::spec][hpa::kMinReplicas];
  validateSpec(errors, autoscaler[keys::spec], least.isInt() && least.asInt() == 0 ? 0 : 1);
}

void validateAutoscalerStatusUpdate(Errors& errors, const Value& autoscaler, const Value& stored) {
  validateObjectMetaUpdate(errors, autoscaler, stored);
  validateCounts(errors, autoscaler[keys::status], {"currentReplicas", "desiredReplicas"});
}

}  // namespace pilothouse::api
