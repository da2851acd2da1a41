#include "core/api/apps_v1/defaults.hpp"
#include "core/api/apps_v1/strategies.hpp"
#include "core/api/apps_v1/validation.hpp"
#include "core/api/kind.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kShort[] = {"deploy"};
constexpr std::string_view kAll[] = {"all"};
constexpr std::string_view kSubresources[] = {"scale", "status"};

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
};

}  // namespace kinds

}  // namespace pilothouse::api
