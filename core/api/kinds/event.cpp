#include "core/api/core_v1/print_event.hpp"
#include "core/api/core_v1/validation.hpp"
#include "core/api/kind.hpp"
#include "core/api/printing.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kShort[] = {"ev"};
constexpr SelectableField kFields[] = {{"involvedObject.kind", ""},
                                       {"involvedObject.namespace", ""},
                                       {"involvedObject.name", ""},
                                       {"involvedObject.uid", ""},
                                       {"involvedObject.apiVersion", ""},
                                       {"involvedObject.resourceVersion", ""},
                                       {"involvedObject.fieldPath", ""},
                                       {"reason", ""},
                                       {"reportingComponent", ""},
                                       {"source", ""},
                                       {"type", ""},
                                       {"metadata.name", ""},
                                       {"metadata.namespace", ""}};

constexpr Column kColumns[] = {
    {"Last Seen", "string", "", "The time at which the most recent occurrence of this event was recorded."},
    {"Type", "string", "", "Type of this event (Normal, Warning), new types could be added in the future"},
    {"Reason", "string", "",
     "This should be a short, machine understandable string that gives the reason for the transition into "
     "the "
     "object's current status."},
    {"Object", "string", "", "The object that this event is about."},
    {"Subobject", "string", "", "", 1},
    {"Source", "string", "",
     "The component reporting this event. Should be a short machine understandable string.", 1},
    {"Message", "string", "", "A human-readable description of the status of this operation."},
    {"First Seen", "string", "",
     "The time at which the event was first recorded. (Time of server receipt is in TypeMeta.)", 1},
    {"Count", "string", "", "The number of times this event has occurred.", 1},
    {"Name", "string", "name", printing::kNameDescription, 1}};

}  // namespace

const Resource resources::events{"", "v1", Key::intern("events"), "event", "Event", true, kShort, {}, {}};

namespace kinds {

extern const Kind event;
const Kind event{
    .resource = &resources::events,
    .validate = &validateEvent,
    .validateUpdate = &validateEventUpdate,
    .allowCreateOnUpdate = true,
    .selectableFields = kFields,
    .columns = kColumns,
    .cells = &eventCells,
};

}  // namespace kinds

}  // namespace pilothouse::api
