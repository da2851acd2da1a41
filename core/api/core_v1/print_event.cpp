#include "core/api/core_v1/print_event.hpp"

#include <string>

#include "core/api/object.hpp"
#include "core/api/printing.hpp"

namespace pilothouse::api {
namespace {

const Key kComponent = Key::intern("component");
const Key kCount = Key::intern("count");
const Key kEventTime = Key::intern("eventTime");
const Key kFieldPath = Key::intern("fieldPath");
const Key kFirstTimestamp = Key::intern("firstTimestamp");
const Key kHost = Key::intern("host");
const Key kInvolvedObject = Key::intern("involvedObject");
const Key kLastObservedTime = Key::intern("lastObservedTime");
const Key kLastTimestamp = Key::intern("lastTimestamp");
const Key kReportingComponent = Key::intern("reportingComponent");
const Key kReportingInstance = Key::intern("reportingInstance");
const Key kSeries = Key::intern("series");
const Key kSource = Key::intern("source");

// "pod/web-1": the kind in small letters.
std::string target(const Value& object) {
  std::string text = object[keys::kind].toString();
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (!object[keys::name].asString().empty()) text.append("/").append(object[keys::name].asString());
  return text;
}

// "kubelet, node-1"
std::string source(const Value& event) {
  const Value& of = event[kSource];
  std::string text = printing::orElse(of[kComponent], event[kReportingComponent].asString()).toString();
  const Value instance = printing::orElse(of[kHost], event[kReportingInstance].asString());
  if (!instance.asString().empty()) text.append(", ").append(instance.asString());
  return text;
}

std::string trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\n\v\f\r";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(kBlank) - first + 1));
}

}  // namespace

void eventCells(std::vector<Value>& cells, const Value& event, SimTime now) {
  const Value first =
      printing::since(event[kFirstTimestamp].isNull() ? event[kEventTime] : event[kFirstTimestamp], now);
  Value last = event[kLastTimestamp].isNull() ? first : printing::since(event[kLastTimestamp], now);
  Value count = printing::number(event[kCount]);
  if (const Value& series = event[kSeries]; series.isObject()) {
    last = printing::since(series[kLastObservedTime], now);
    count = printing::number(series[kCount]);
  } else if (count == Value(0)) {
    count = 1;  // single events of the newer API have no count
  }
  const Value& object = event[kInvolvedObject];
  cells.insert(cells.end(),
               {last, printing::orElse(event[keys::type], ""), printing::orElse(event[keys::reason], ""),
                target(object), printing::orElse(object[kFieldPath], ""), source(event),
                trimmed(event[keys::message].asString()), first, count, meta(event)[keys::name]});
}

}  // namespace pilothouse::api
