#include "core/api/events_v1/validation.hpp"

#include <string>

#include "core/api/core_v1/validation.hpp"
#include "core/api/keys.hpp"
#include "core/api/validation/object_meta.hpp"

namespace pilothouse::api {
namespace {

constexpr std::int64_t kSeriesCountMin = 2;

const Key kComponent = Key::intern("component");
const Key kCount = Key::intern("count");
const Key kHost = Key::intern("host");
const Key kLastObservedTime = Key::intern("lastObservedTime");
const Key kSeries = Key::intern("series");
const Key kSource = Key::intern("source");

void validateSeries(Errors& errors, const Value& series) {
  if (series.isNull()) return;
  if (series[kCount].asInt() < kSeriesCountMin) {
    errors.invalid(FieldPath("series.count"), "", "should be at least 2");
  }
  if (isNothing(series[kLastObservedTime])) errors.required(FieldPath("series.lastObservedTime"));
}

void requireUnset(Errors& errors, std::string_view field, bool set) {
  if (set) errors.invalid(FieldPath(field), "", "needs to be unset");
}

}  // namespace

void validateNewStyleEvent(Errors& errors, const Value& event) {
  validateEvent(errors, event);
  validateObjectMeta(errors, event, true, &nameIsDnsSubdomain);
  validateSeries(errors, event[kSeries]);
  if (isNothing(event["eventTime"])) errors.required(FieldPath("eventTime"));
  const Value& type = event[keys::type];
  if (type.asString() != "Normal" && type.asString() != "Warning") {
    errors.invalid(FieldPath("type"), "", "has invalid value: " + type.toString());
  }
  for (const std::string_view time : {"firstTimestamp", "lastTimestamp"}) {
    requireUnset(errors, time, !isNothing(event[time]));
  }
  requireUnset(errors, "count", event[kCount].asInt() != 0);
  const Value& source = event[kSource];
  requireUnset(errors, "source", !isNothing(source[kComponent]) || !isNothing(source[kHost]));
}

void validateNewStyleEventUpdate(Errors& errors, const Value& event, const Value& stored) {
  validateEventUpdate(errors, event, stored);
  if (!semanticallyEqual(event[kSeries], stored[kSeries])) validateSeries(errors, event[kSeries]);
  for (const std::string_view field : {"involvedObject", "reason", "message", "source", "firstTimestamp",
                                       "lastTimestamp", "count", "type", "eventTime", "action", "related"}) {
    errors.immutable(FieldPath(field), event[field], stored[field]);
  }
  errors.immutable(FieldPath("reportingController"), event["reportingComponent"],
                   stored["reportingComponent"]);
  errors.immutable(FieldPath("reportingInstance"), event["reportingInstance"], stored["reportingInstance"]);
}

}  // namespace pilothouse::api
