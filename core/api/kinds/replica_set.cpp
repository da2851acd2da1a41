#include "core/api/apps_v1/defaults.hpp"
#include "core/api/apps_v1/strategies.hpp"
#include "core/api/apps_v1/validation.hpp"
#include "core/api/kind.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kShort[] = {"rs"};
constexpr std::string_view kAll[] = {"all"};
constexpr std::string_view kSubresources[] = {"scale", "status"};
constexpr SelectableField kFields[] = {
    {"metadata.name", ""}, {"metadata.namespace", ""}, {"status.replicas", "0"}};

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
    .selectableFields = kFields,
};

}  // namespace kinds

}  // namespace pilothouse::api
