#include "core/api/apps_v1/defaults.hpp"
#include "core/api/apps_v1/strategies.hpp"
#include "core/api/apps_v1/validation.hpp"
#include "core/api/core_v1/warnings_pod.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kShort[] = {"sts"};
constexpr std::string_view kAll[] = {"all"};
constexpr std::string_view kSubresources[] = {"scale", "status"};

constexpr Column kColumns[] = {printing::kNameColumn,
                               {"Ready", "string", "", "Number of the pod with ready state"},
                               printing::kAgeColumn,
                               printing::kContainersColumn,
                               printing::kImagesColumn};

void cells(std::vector<Value>& cells, const Value& set, SimTime now) {
  const Value& spec = set[keys::spec];
  const printing::ContainerCells containers =
      printing::containers(spec.get(keys::template_, keys::spec, keys::containers));
  const std::string ready = std::to_string(set[keys::status][keys::readyReplicas].asInt()) + "/" +
                            std::to_string(spec[keys::replicas].asInt());
  cells.insert(cells.end(),
               {meta(set)[keys::name], ready, printing::age(set, now), containers.names, containers.images});
}

const Resource kResource{"apps",        "v1",          Key::intern("statefulsets"),
                         "statefulset", "StatefulSet", true,
                         kShort,        kAll,          kSubresources};

}  // namespace

namespace kinds {

extern const Kind stateful_set;
const Kind stateful_set{
    .resource = &kResource,
    .setDefaults = &statefulSetDefaults,
    .validate = &validateStatefulSet,
    .validateUpdate = &validateStatefulSetUpdate,
    .validateStatusUpdate = &validateStatefulSetStatusUpdate,
    .prepareForCreate = &prepareStatefulSetCreate,
    .prepareForUpdate = &prepareStatefulSetUpdate,
    .warnings = &podTemplateWarnings,
    .columns = kColumns,
    .cells = &cells,
};

}  // namespace kinds

}  // namespace pilothouse::api
