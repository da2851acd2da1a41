#include "core/api/autoscaling_v1/conversion.hpp"

#include <span>
#include <string>
#include <vector>

#include "core/api/autoscaling_v2/defaults.hpp"
#include "core/api/autoscaling_v2/keys.hpp"
#include "core/api/defaulting.hpp"
#include "core/api/object.hpp"
#include "core/value/document.hpp"

namespace pilothouse::api {
namespace {

const Key kContainer = Key::intern("container");
const Key kCurrentCpu = Key::intern("currentCPUUtilizationPercentage");
const Key kTargetCpu = Key::intern("targetCPUUtilizationPercentage");
const Key kLastScaleTime = Key::intern("lastScaleTime");

/// A member of a metric in v1 and where it is in v2: in the source itself, or in a part of it.
struct Place {
  Key v1;
  Key part;  ///< "metric", "target", "current"; empty for the source itself
  Key v2;
};

const Key kMetricName = Key::intern("metricName");
const Key kMetricSelector = Key::intern("metricSelector");
const Key kTargetAverageUtilization = Key::intern("targetAverageUtilization");
const Key kTargetAverageValue = Key::intern("targetAverageValue");
const Key kTargetValue = Key::intern("targetValue");
const Key kCurrentAverageUtilization = Key::intern("currentAverageUtilization");
const Key kCurrentAverageValue = Key::intern("currentAverageValue");
const Key kCurrentValue = Key::intern("currentValue");

const Place kResourceSpec[] = {{keys::name, Key(), keys::name},
                               {kContainer, Key(), kContainer},
                               {kTargetAverageUtilization, hpa::kTarget, hpa::kAverageUtilization},
                               {kTargetAverageValue, hpa::kTarget, hpa::kAverageValue}};
const Place kResourceStatus[] = {{keys::name, Key(), keys::name},
                                 {kContainer, Key(), kContainer},
                                 {kCurrentAverageUtilization, hpa::kCurrent, hpa::kAverageUtilization},
                                 {kCurrentAverageValue, hpa::kCurrent, hpa::kAverageValue}};
const Place kPodsSpec[] = {{kMetricName, hpa::kMetric, keys::name},
                           {keys::selector, hpa::kMetric, keys::selector},
                           {kTargetAverageValue, hpa::kTarget, hpa::kAverageValue}};
const Place kPodsStatus[] = {{kMetricName, hpa::kMetric, keys::name},
                             {keys::selector, hpa::kMetric, keys::selector},
                             {kCurrentAverageValue, hpa::kCurrent, hpa::kAverageValue}};
const Place kObjectSpec[] = {{hpa::kTarget, Key(), hpa::kDescribedObject},
                             {kMetricName, hpa::kMetric, keys::name},
                             {keys::selector, hpa::kMetric, keys::selector},
                             {kTargetValue, hpa::kTarget, keys::value},
                             {hpa::kAverageValue, hpa::kTarget, hpa::kAverageValue}};
const Place kObjectStatus[] = {{hpa::kTarget, Key(), hpa::kDescribedObject},
                               {kMetricName, hpa::kMetric, keys::name},
                               {keys::selector, hpa::kMetric, keys::selector},
                               {kCurrentValue, hpa::kCurrent, keys::value},
                               {hpa::kAverageValue, hpa::kCurrent, hpa::kAverageValue}};
const Place kExternalSpec[] = {{kMetricName, hpa::kMetric, keys::name},
                               {kMetricSelector, hpa::kMetric, keys::selector},
                               {kTargetValue, hpa::kTarget, keys::value},
                               {kTargetAverageValue, hpa::kTarget, hpa::kAverageValue}};
const Place kExternalStatus[] = {{kMetricName, hpa::kMetric, keys::name},
                                 {kMetricSelector, hpa::kMetric, keys::selector},
                                 {kCurrentValue, hpa::kCurrent, keys::value},
                                 {kCurrentAverageValue, hpa::kCurrent, hpa::kAverageValue}};

struct Form {
  Key source;
  std::span<const Place> spec;
  std::span<const Place> status;
};
const Form kForms[] = {{hpa::kResource, kResourceSpec, kResourceStatus},
                       {hpa::kContainerResource, kResourceSpec, kResourceStatus},
                       {hpa::kPods, kPodsSpec, kPodsStatus},
                       {hpa::kObject, kObjectSpec, kObjectStatus},
                       {hpa::kExternal, kExternalSpec, kExternalStatus}};

// What a target of v1 is, where the type is not told.
std::string_view targetType(Key source, const Value& target) {
  if (!target[hpa::kAverageUtilization].isNull()) return "Utilization";
  const bool external = source == hpa::kExternal;
  const bool valued = !target[keys::value].isNull();
  if (external) return valued ? "Value" : "AverageValue";
  return source == hpa::kObject && target[hpa::kAverageValue].isNull() ? "Value" : "AverageValue";
}

Value sourceAsV2(const Form& form, const Value& source, bool status) {
  Value made = Value::emptyObject();
  for (const Place& place : status ? form.status : form.spec) {
    const Value& value = source[place.v1];
    if (value.isNull()) continue;
    made = place.part == Key() ? made.with(place.v2, value) : made.withPath({place.part, place.v2}, value);
  }
  if (status) return made;
  return made.withPath({hpa::kTarget, keys::type}, targetType(form.source, made[hpa::kTarget]));
}

Value sourceAsV1(const Form& form, const Value& source, bool status) {
  Value made = Value::emptyObject();
  for (const Place& place : status ? form.status : form.spec) {
    const Value& value = place.part == Key() ? source[place.v2] : source[place.part][place.v2];
    if (!value.isNull()) made = made.with(place.v1, value);
  }
  return made;
}

using Convert = Value (*)(const Form& form, const Value& source, bool status);

void appendMetrics(std::vector<Value>& made, const Value& metrics, bool status, Convert convert) {
  for (Value metric : metrics.items()) {
    if (!metric.isObject()) continue;
    for (const Form& form : kForms) {
      if (!metric[form.source].isObject()) continue;
      metric = metric.with(form.source, convert(form, metric[form.source], status));
    }
    made.push_back(std::move(metric));
  }
}

// Field names as the type that kube-apiserver has inside spells them ("ScaleUp"), and back.
Value recapitalized(const Value& value, bool upper, int depth = 4) {
  if (depth == 0) return value;
  if (value.isArray()) {
    std::vector<Value> items;
    for (const Value& item : value.items()) items.push_back(recapitalized(item, upper, depth - 1));
    return Value::array(items);
  }
  if (!value.isObject()) return value;
  ObjectBuilder made;
  for (std::size_t i = 0; i < value.size(); ++i) {
    std::string name(value.memberKeys()[i].text());
    if (!name.empty()) {
      const char from = upper ? 'a' : 'A';
      const char to = upper ? 'A' : 'a';
      if (name[0] >= from && name[0] < from + 26) name[0] = static_cast<char>(name[0] - from + to);
    }
    const Value& member = value.memberValues()[i];
    if (!member.isNull()) made.set(Key::intern(name), recapitalized(member, upper, depth - 1));
  }
  return made.build();
}

// Null for an annotation that is absent or no JSON: then it counts for nothing.
Value annotationValue(const Value& autoscaler, Key key) {
  const Value& text = annotations(autoscaler)[key];
  if (text.asString().empty()) return {};
  const Documents read = readJson(text.asString());
  return read.error || read.documents.size() != 1 ? Value() : read.documents.front().value;
}

void annotate(Value& autoscaler, Key key, const Value& value) {
  if (value.empty()) return;
  autoscaler = autoscaler.withPath({keys::metadata, keys::annotations, key}, writeJson(value));
}

// The metric that v1 has fields for.
Value cpuMetric(Key part, Value members) {
  return Value::object({{keys::type, "Resource"},
                        {hpa::kResource, Value::object({{keys::name, "cpu"}, {part, std::move(members)}})}});
}

bool isCpuUtilization(const Value& metric, Key part) {
  return metric[keys::type].asString() == "Resource" &&
         metric[hpa::kResource][keys::name].asString() == "cpu" &&
         !metric[hpa::kResource][part][hpa::kAverageUtilization].isNull();
}

Value specAsV2(const Value& autoscaler) {
  const Value& spec = autoscaler[keys::spec];
  std::vector<Value> metrics;
  appendMetrics(metrics, annotationValue(autoscaler, hpa::kMetricsAnnotation), false, &sourceAsV2);
  if (const Value& cpu = spec[kTargetCpu]; !cpu.isNull()) {
    metrics.push_back(cpuMetric(
        hpa::kTarget, Value::object({{keys::type, "Utilization"}, {hpa::kAverageUtilization, cpu}})));
  }
  Value made = spec.without(kTargetCpu);
  made = made.with(hpa::kMetrics, metrics.empty() ? defaultMetrics() : Value::array(metrics));
  const Value behavior = recapitalized(annotationValue(autoscaler, hpa::kBehaviorAnnotation), false);
  return behavior.empty() ? made : made.with(hpa::kBehavior, behavior);
}

Value statusAsV2(const Value& autoscaler) {
  const Value& status = autoscaler[keys::status];
  std::vector<Value> metrics;
  const Value annotated = annotationValue(autoscaler, hpa::kCurrentMetricsAnnotation);
  const Value& cpu = status[kCurrentCpu];
  if (annotated.isArray()) {
    appendMetrics(metrics, annotated, true, &sourceAsV2);
  } else if (!cpu.isNull()) {
    metrics.push_back(cpuMetric(hpa::kCurrent, Value::object({{hpa::kAverageUtilization, cpu}})));
  }
  Value made = status.without(kCurrentCpu);
  made = made.with(hpa::kCurrentMetrics, metrics.empty() ? Value() : Value::array(metrics));
  const Value conditions = annotationValue(autoscaler, hpa::kConditionsAnnotation);
  return conditions.isArray() ? made.with(keys::conditions, conditions) : made;
}

}  // namespace

Value autoscalerAsV2(const Value& autoscaler) {
  Value made = autoscaler.with(keys::apiVersion, "autoscaling/v2")
                   .with(keys::kind, "HorizontalPodAutoscaler")
                   .with(keys::spec, specAsV2(autoscaler));
  if (autoscaler[keys::status].isObject()) made = made.with(keys::status, statusAsV2(autoscaler));
  return autoscalerDefaults(withoutRoundTripAnnotations(made));
}

Value autoscalerFromV2(const Value& stored) {
  const Value& spec = stored[keys::spec];
  const Value& status = stored[keys::status];
  Value made = withoutRoundTripAnnotations(stored).with(keys::apiVersion, "autoscaling/v1");
  Value target;
  std::vector<Value> others;
  for (const Value& metric : spec[hpa::kMetrics].items()) {
    if (!isCpuUtilization(metric, hpa::kTarget)) {
      others.push_back(metric);
    } else if (target.isNull()) {
      target = metric[hpa::kResource][hpa::kTarget][hpa::kAverageUtilization];
    }
  }
  std::vector<Value> converted;
  appendMetrics(converted, Value::array(others), false, &sourceAsV1);
  annotate(made, hpa::kMetricsAnnotation, Value::array(converted));
  annotate(made, hpa::kBehaviorAnnotation, recapitalized(spec[hpa::kBehavior], true));
  converted.clear();
  appendMetrics(converted, status[hpa::kCurrentMetrics], true, &sourceAsV1);
  annotate(made, hpa::kCurrentMetricsAnnotation, Value::array(converted));
  annotate(made, hpa::kConditionsAnnotation, status[keys::conditions]);
  ObjectBuilder specMade(spec.without(hpa::kMetrics).without(hpa::kBehavior));
  specMade.setIfAny(kTargetCpu, target);
  ObjectBuilder statusMade;
  statusMade.set(hpa::kCurrentReplicas, status[hpa::kCurrentReplicas].asInt());
  statusMade.set(hpa::kDesiredReplicas, status[hpa::kDesiredReplicas].asInt());
  statusMade.setIfAny(kLastScaleTime, status[kLastScaleTime]);
  statusMade.setIfAny(keys::observedGeneration, status[keys::observedGeneration]);
  for (const Value& metric : status[hpa::kCurrentMetrics].items()) {
    if (!isCpuUtilization(metric, hpa::kCurrent)) continue;
    statusMade.set(kCurrentCpu, metric[hpa::kResource][hpa::kCurrent][hpa::kAverageUtilization]);
  }
  return made.with(keys::spec, specMade.build()).with(keys::status, statusMade.build());
}

Value autoscalerV1Defaults(const Value& autoscaler) {
  Value spec = autoscaler[keys::spec];
  setDefault(spec, hpa::kMinReplicas, 1);
  return autoscaler.with(keys::spec, spec);
}

}  // namespace pilothouse::api
