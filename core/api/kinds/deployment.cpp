#include "core/api/apps_v1/defaults.hpp"
#include "core/api/apps_v1/strategies.hpp"
#include "core/api/apps_v1/validation.hpp"
#include "core/api/core_v1/warnings_pod.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kShort[] = {"deploy"};
constexpr std::string_view kAll[] = {"all"};
constexpr std::string_view kSubresources[] = {"scale", "status"};

constexpr Column kColumns[] = {
    printing::kNameColumn,
    {"Ready", "string", "", "Number of the pod with ready state"},
    {"Up-to-date", "string", "",
     "Total number of non-terminated pods targeted by this deployment that have the desired template spec."},
    {"Available", "string", "",
     "Total number of available pods (ready for at least minReadySeconds) targeted by this deployment."},
    printing::kAgeColumn,
    printing::kContainersColumn,
    printing::kImagesColumn,
    {"Selector", "string", "", "Label selector for pods.", 1}};

void cells(std::vector<Value>& cells, const Value& deployment, SimTime now) {
  const Value& spec = deployment[keys::spec];
  const Value& status = deployment[keys::status];
  const printing::ContainerCells containers =
      printing::containers(spec.get(keys::template_, keys::spec, keys::containers));
  const std::string ready = std::to_string(status[keys::readyReplicas].asInt()) + "/" +
                            std::to_string(spec[keys::replicas].asInt());
  cells.insert(cells.end(),
               {meta(deployment)[keys::name], ready, printing::number(status[keys::updatedReplicas]),
                printing::number(status[keys::availableReplicas]), printing::age(deployment, now),
                containers.names, containers.images, printing::selector(spec[keys::selector])});
}

}  // namespace

const Resource resources::deployments{
    "apps", "v1", Key::intern("deployments"), "deployment", "Deployment", true, kShort, kAll, kSubresources};

namespace kinds {

extern const Kind deployment;
const Kind deployment{
    .resource = &resources::deployments,
    .setDefaults = &deploymentDefaults,
    .validate = &validateDeployment,
    .validateUpdate = &validateDeploymentUpdate,
    .validateStatusUpdate = &validateDeploymentStatusUpdate,
    .prepareForCreate = &prepareDeploymentCreate,
    .prepareForUpdate = &prepareDeploymentUpdate,
    .prepareForStatusUpdate = &prepareDeploymentStatus,
    .warnings = &namedPodTemplateWarnings,
    .columns = kColumns,
    .cells = &cells,
};

}  // namespace kinds

}  // namespace pilothouse::api
