#include "core/api/core_v1/print_event.hpp"
#include "core/api/core_v1/validation.hpp"
#include "core/api/kind.hpp"

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
    .columns = kEventColumns,
    .cells = &eventCells,
};

}  // namespace kinds

}  // namespace pilothouse::api
