#include "core/api/apps_v1/defaults.hpp"
#include "core/api/apps_v1/strategies.hpp"
#include "core/api/apps_v1/validation.hpp"
#include "core/api/core_v1/warnings_pod.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kShort[] = {"rs"};
constexpr std::string_view kAll[] = {"all"};
constexpr std::string_view kSubresources[] = {"scale", "status"};
constexpr SelectableField kFields[] = {
    {"metadata.name", ""}, {"metadata.namespace", ""}, {"status.replicas", "0"}};

constexpr Column kColumns[] = {
    printing::kNameColumn,
    {"Desired", "integer", "", "Replicas is the number of desired replicas."},
    {"Current", "integer", "", "Replicas is the most recently observed number of replicas."},
    {"Ready", "integer", "", "The number of ready replicas for this replica set."},
    printing::kAgeColumn,
    printing::kContainersColumn,
    printing::kImagesColumn,
    {"Selector", "string", "", "Selector is a label query over pods that should match the replica count.",
     1}};

void cells(std::vector<Value>& cells, const Value& set, SimTime now) {
  const Value& spec = set[keys::spec];
  const Value& status = set[keys::status];
  const printing::ContainerCells containers =
      printing::containers(spec.get(keys::template_, keys::spec, keys::containers));
  cells.insert(cells.end(), {meta(set)[keys::name], printing::number(spec[keys::replicas]),
                             printing::number(status[keys::replicas]),
                             printing::number(status[keys::readyReplicas]), printing::age(set, now),
                             containers.names, containers.images, printing::selector(spec[keys::selector])});
}

}  // namespace

const Resource resources::replicaSets{
    "apps", "v1", Key::intern("replicasets"), "replicaset", "ReplicaSet", true, kShort, kAll, kSubresources};

namespace kinds {

extern const Kind replica_set;
const Kind replica_set{
    .resource = &resources::replicaSets,
    .setDefaults = &replicaSetDefaults,
    .validate = &validateReplicaSet,
    .validateUpdate = &validateReplicaSetUpdate,
    .validateStatusUpdate = &validateReplicaSetStatusUpdate,
    .prepareForCreate = &prepareReplicaSetCreate,
    .prepareForUpdate = &prepareReplicaSetUpdate,
    .warnings = &namedPodTemplateWarnings,
    .selectableFields = kFields,
    .columns = kColumns,
    .cells = &cells,
};

}  // namespace kinds

}  // namespace pilothouse::api
