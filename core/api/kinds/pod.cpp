#include "core/api/core_v1/defaults.hpp"
#include "core/api/core_v1/print_pod.hpp"
#include "core/api/core_v1/strategies.hpp"
#include "core/api/core_v1/validation.hpp"
#include "core/api/core_v1/warnings_pod.hpp"
#include "core/api/kind.hpp"
#include "core/api/printing.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kShort[] = {"po"};
constexpr std::string_view kAll[] = {"all"};
constexpr std::string_view kSubresources[] = {"attach", "binding", "eviction", "exec", "log", "status"};
constexpr SelectableField kFields[] = {{"metadata.name", ""},
                                       {"metadata.namespace", ""},
                                       {"spec.nodeName", ""},
                                       {"spec.restartPolicy", ""},
                                       {"spec.schedulerName", ""},
                                       {"spec.serviceAccountName", ""},
                                       {"spec.hostNetwork", "false"},
                                       {"status.phase", ""},
                                       {"status.podIP", ""},
                                       {"status.podIPs", ""},
                                       {"status.nominatedNodeName", ""}};

constexpr Column kColumns[] = {
    printing::kNameColumn,
    {"Ready", "string", "", "The aggregate readiness state of this pod for accepting traffic."},
    {"Status", "string", "", "The aggregate status of the containers in this pod."},
    {"Restarts", "string", "",
     "The number of times the containers in this pod have been restarted and when the last container in this "
     "pod has restarted."},
    printing::kAgeColumn,
    {"IP", "string", "",
     "podIP address allocated to the pod. Routable at least within the cluster. Empty if not yet allocated.",
     1},
    {"Node", "string", "", "NodeName indicates in which node this pod is scheduled.", 1},
    {"Nominated Node", "string", "",
     "nominatedNodeName is set only when this pod preempts other pods on the node, but it cannot be "
     "scheduled "
     "right away as preemption victims receive their graceful termination periods.",
     1},
    {"Readiness Gates", "string", "",
     "If specified, all readiness gates will be evaluated for pod readiness.", 1}};

}  // namespace

const Resource resources::pods{"",     "v1", Key::intern("pods"), "pod", "Pod", true,
                               kShort, kAll, kSubresources};

namespace kinds {

extern const Kind pod;
const Kind pod{
    .resource = &resources::pods,
    .setDefaults = &podDefaults,
    .validate = &validatePod,
    .validateUpdate = &validatePodUpdate,
    .validateStatusUpdate = &validatePodStatusUpdate,
    .prepareForCreate = &preparePodCreate,
    .prepareForUpdate = &preparePodUpdate,
    .prepareForStatusUpdate = &preparePodStatus,
    .warnings = &podWarnings,
    .selectableFields = kFields,
    .columns = kColumns,
    .cells = &podCells,
};

}  // namespace kinds

}  // namespace pilothouse::api
