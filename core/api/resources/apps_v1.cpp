#include "core/api/resources/groups.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kAll[] = {"all"};
constexpr std::string_view kDeploy[] = {"deploy"};
constexpr std::string_view kRs[] = {"rs"};
constexpr std::string_view kScaleStatus[] = {"scale", "status"};

}  // namespace

namespace resources {

const Resource deployments{
    "apps", "v1", Key::intern("deployments"), "deployment", "Deployment", true, kDeploy, kAll, kScaleStatus};
const Resource replicaSets{
    "apps", "v1", Key::intern("replicasets"), "replicaset", "ReplicaSet", true, kRs, kAll, kScaleStatus};

}  // namespace resources

ResourceList appsV1Resources() {
  static constexpr const Resource* kList[] = {&resources::deployments, &resources::replicaSets};
  return kList;
}

}  // namespace pilothouse::api
