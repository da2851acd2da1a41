#include "core/api/autoscaling_v2/print.hpp"

#include <string>

#include "core/api/autoscaling_v2/keys.hpp"
#include "core/api/object.hpp"
#include "core/value/quantity.hpp"

namespace pilothouse::api {
namespace {

constexpr std::size_t kShown = 2;

std::string quantity(const Value& value) {
  const auto read = Quantity::from(value);
  return read ? read->toString() : "<nil>";
}

std::string percent(const Value& value, std::string_view absent) {
  return value.isInt() ? std::to_string(value.asInt()) + "%" : std::string(absent);
}

// "cpu: 12%/80%".
std::string resourceMetric(const Value& source, const Value& status) {
  const Value& target = source[hpa::kTarget];
  const Value& current = status[hpa::kCurrent];
  const std::string name = source[keys::name].toString() + ": ";
  if (const Value& average = target[hpa::kAverageValue]; !average.isNull()) {
    const std::string now =
        status.isObject() ? quantity(current[hpa::kAverageValue]) : std::string(printing::kUnknown);
    return name + now + "/" + quantity(average);
  }
  return name + percent(current[hpa::kAverageUtilization], printing::kUnknown) + "/" +
         percent(target[hpa::kAverageUtilization], "<auto>");
}

// "12/100", or an average over the pods: "12/100 (avg)".
std::string valueMetric(const Value& source, const Value& status, bool pods) {
  const Value& target = source[hpa::kTarget];
  const bool average = pods || !target[hpa::kAverageValue].isNull();
  const Key key = average ? hpa::kAverageValue : keys::value;
  const Value& now = status[hpa::kCurrent][key];
  const bool known = status.isObject() && (pods || !average || !now.isNull());
  return (known ? quantity(now) : std::string(printing::kUnknown)) + "/" + quantity(target[key]) +
         (average && !pods ? " (avg)" : "");
}

std::string metricText(const Value& metric, const Value& status) {
  const std::string_view type = metric[keys::type].asString();
  if (type == "Resource") return resourceMetric(metric[hpa::kResource], status[hpa::kResource]);
  if (type == "ContainerResource") {
    return resourceMetric(metric[hpa::kContainerResource], status[hpa::kContainerResource]);
  }
  if (type == "Pods") return valueMetric(metric[hpa::kPods], status[hpa::kPods], true);
  if (type == "Object") return valueMetric(metric[hpa::kObject], status[hpa::kObject], false);
  if (type == "External") return valueMetric(metric[hpa::kExternal], status[hpa::kExternal], false);
  return "<unknown type>";
}

// formatHPAMetrics.
Value metricsText(const Value& metrics, const Value& statuses) {
  if (metrics.empty()) return printing::kNone;
  std::string text;
  for (std::size_t i = 0; i < metrics.size() && i < kShown; ++i) {
    if (i > 0) text += ", ";
    text += metricText(metrics.item(i), statuses.item(i));
  }
  if (metrics.size() > kShown) text += " + " + std::to_string(metrics.size() - kShown) + " more...";
  return text;
}

}  // namespace

void autoscalerCells(std::vector<Value>& cells, const Value& autoscaler, SimTime now) {
  const Value& spec = autoscaler[keys::spec];
  const Value& status = autoscaler[keys::status];
  const Value& reference = spec[hpa::kScaleTargetRef];
  const Value& least = spec[hpa::kMinReplicas];
  cells.insert(cells.end(),
               {meta(autoscaler)[keys::name],
                reference[keys::kind].toString() + "/" + reference[keys::name].toString(),
                metricsText(spec[hpa::kMetrics], status[hpa::kCurrentMetrics]),
                least.isInt() ? Value(std::to_string(least.asInt())) : Value(printing::kUnset),
                printing::number(spec[hpa::kMaxReplicas]), printing::number(status[hpa::kCurrentReplicas]),
                printing::age(autoscaler, now)});
}

}  // namespace pilothouse::api
