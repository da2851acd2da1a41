#include "core/api/apps_v1/defaults.hpp"
#include "core/api/apps_v1/strategies.hpp"
#include "core/api/apps_v1/validation.hpp"
#include "core/api/core_v1/warnings_pod.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kShort[] = {"ds"};
constexpr std::string_view kAll[] = {"all"};
constexpr std::string_view kSubresources[] = {"status"};

const Key kCurrentNumberScheduled = Key::intern("currentNumberScheduled");
const Key kDesiredNumberScheduled = Key::intern("desiredNumberScheduled");
const Key kNodeSelector = Key::intern("nodeSelector");
const Key kNumberAvailable = Key::intern("numberAvailable");
const Key kNumberReady = Key::intern("numberReady");
const Key kUpdatedNumberScheduled = Key::intern("updatedNumberScheduled");

constexpr Column kColumns[] = {
    printing::kNameColumn,
    {"Desired", "integer", "", "The total number of nodes that should be running the daemon pod."},
    {"Current", "integer", "", "The number of nodes that are running at least 1 daemon pod."},
    {"Ready", "integer", "",
     "The number of nodes that have one or more of the daemon pod running and ready."},
    {"Up-to-date", "integer", "", "The total number of nodes that are running updated daemon pod"},
    {"Available", "integer", "",
     "The number of nodes that have one or more of the daemon pod running and available."},
    {"Node Selector", "string", "",
     "NodeSelector is a selector which must be true for the pod to fit on a node."},
    printing::kAgeColumn,
    printing::kContainersColumn,
    printing::kImagesColumn,
    {"Selector", "string", "", "A label query over pods that are managed by the daemon set.", 1}};

void cells(std::vector<Value>& cells, const Value& set, SimTime now) {
  const Value& spec = set[keys::spec];
  const Value& status = set[keys::status];
  const Value& pod = spec[keys::template_][keys::spec];
  const printing::ContainerCells containers = printing::containers(pod[keys::containers]);
  cells.insert(cells.end(),
               {meta(set)[keys::name], printing::number(status[kDesiredNumberScheduled]),
                printing::number(status[kCurrentNumberScheduled]), printing::number(status[kNumberReady]),
                printing::number(status[kUpdatedNumberScheduled]), printing::number(status[kNumberAvailable]),
                printing::labels(pod[kNodeSelector]), printing::age(set, now), containers.names,
                containers.images, printing::selector(spec[keys::selector])});
}

const Resource kResource{
    "apps", "v1", Key::intern("daemonsets"), "daemonset", "DaemonSet", true, kShort, kAll, kSubresources};

}  // namespace

namespace kinds {

extern const Kind daemon_set;
const Kind daemon_set{
    .resource = &kResource,
    .setDefaults = &daemonSetDefaults,
    .validate = &validateDaemonSet,
    .validateUpdate = &validateDaemonSetUpdate,
    .validateStatusUpdate = &validateDaemonSetStatusUpdate,
    .prepareForCreate = &prepareDaemonSetCreate,
    .prepareForUpdate = &prepareDaemonSetUpdate,
    .prepareForStatusUpdate = &prepareDaemonSetStatus,
    .warnings = &podTemplateWarnings,
    .columns = kColumns,
    .cells = &cells,
};

}  // namespace kinds

}  // namespace pilothouse::api
