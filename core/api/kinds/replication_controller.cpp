#include "core/api/apps_v1/strategies.hpp"
#include "core/api/core_v1/defaults.hpp"
#include "core/api/core_v1/validation.hpp"
#include "core/api/core_v1/warnings_pod.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kShort[] = {"rc"};
constexpr std::string_view kAll[] = {"all"};
constexpr std::string_view kSubresources[] = {"scale", "status"};
constexpr SelectableField kFields[] = {
    {"metadata.name", ""}, {"metadata.namespace", ""}, {"status.replicas", "0"}};

constexpr Column kColumns[] = {
    printing::kNameColumn,
    {"Desired", "integer", "", "Replicas is the number of desired replicas."},
    {"Current", "integer", "", "Replicas is the most recently observed number of replicas."},
    {"Ready", "integer", "", "The number of ready replicas for this replication controller."},
    printing::kAgeColumn,
    printing::kContainersColumn,
    printing::kImagesColumn,
    {"Selector", "string", "", "Selector is a label query over pods that should match the Replicas count.",
     1}};

void cells(std::vector<Value>& cells, const Value& controller, SimTime now) {
  const Value& spec = controller[keys::spec];
  const Value& status = controller[keys::status];
  const printing::ContainerCells containers =
      printing::containers(spec.get(keys::template_, keys::spec, keys::containers));
  cells.insert(cells.end(), {meta(controller)[keys::name], printing::number(spec[keys::replicas]),
                             printing::number(status[keys::replicas]),
                             printing::number(status[keys::readyReplicas]), printing::age(controller, now),
                             containers.names, containers.images, printing::labels(spec[keys::selector])});
}

const Resource kResource{"",
                         "v1",
                         Key::intern("replicationcontrollers"),
                         "replicationcontroller",
                         "ReplicationController",
                         true,
                         kShort,
                         kAll,
                         kSubresources};

}  // namespace

namespace kinds {

extern const Kind replication_controller;
const Kind replication_controller{
    .resource = &kResource,
    .setDefaults = &replicationControllerDefaults,
    .validate = &validateReplicationController,
    .validateUpdate = &validateReplicationControllerUpdate,
    .validateStatusUpdate = &validateReplicationControllerStatusUpdate,
    .prepareForCreate = &prepareReplicaSetCreate,
    .prepareForUpdate = &prepareReplicaSetUpdate,
    .orphansDependents = true,
    .warnings = &namedPodTemplateWarnings,
    .selectableFields = kFields,
    .columns = kColumns,
    .cells = &cells,
    .storageFolder = "controllers",
};

}  // namespace kinds

}  // namespace pilothouse::api
