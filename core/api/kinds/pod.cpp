#include "core/api/core_v1/defaults.hpp"
#include "core/api/core_v1/strategies.hpp"
#include "core/api/core_v1/validation.hpp"
#include "core/api/kind.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kShort[] = {"po"};
constexpr std::string_view kAll[] = {"all"};
constexpr std::string_view kSubresources[] = {"attach", "binding", "exec", "log", "status"};
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
    .selectableFields = kFields,
};

}  // namespace kinds

}  // namespace pilothouse::api
