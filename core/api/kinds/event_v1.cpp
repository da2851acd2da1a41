#include "core/api/core_v1/print_event.hpp"
#include "core/api/events_v1/conversion.hpp"
#include "core/api/events_v1/validation.hpp"
#include "core/api/kind.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kShort[] = {"ev"};
constexpr SelectableField kFields[] = {{"reason", ""},
                                       {"regarding.kind", "", "involvedObject.kind"},
                                       {"regarding.namespace", "", "involvedObject.namespace"},
                                       {"regarding.name", "", "involvedObject.name"},
                                       {"regarding.uid", "", "involvedObject.uid"},
                                       {"regarding.apiVersion", "", "involvedObject.apiVersion"},
                                       {"regarding.resourceVersion", "", "involvedObject.resourceVersion"},
                                       {"regarding.fieldPath", "", "involvedObject.fieldPath"},
                                       {"reportingController", "", "reportingComponent"},
                                       {"type", ""},
                                       {"metadata.name", ""},
                                       {"metadata.namespace", ""}};

const Resource kResource{
    "events.k8s.io", "v1", Key::intern("events"), "event", "Event", true, kShort, {}, {}};

void cells(std::vector<Value>& cells, const Value& event, SimTime now) {
  eventCells(cells, eventAsCore(event), now);
}

}  // namespace

namespace kinds {

extern const Kind event_v1;
const Kind event_v1{
    .resource = &kResource,
    .validate = &validateNewStyleEvent,
    .validateUpdate = &validateNewStyleEventUpdate,
    .selectableFields = kFields,
    .columns = kEventColumns,
    .cells = &cells,
    .storedAs = &resources::events,
    .toStored = &eventAsCore,
    .fromStored = &eventFromCore,
};

}  // namespace kinds

}  // namespace pilothouse::api
