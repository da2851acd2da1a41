#include "core/api/core_v1/validation.hpp"
#include "core/api/kind.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kShort[] = {"cm"};

}  // namespace

const Resource resources::configMaps{
    "", "v1", Key::intern("configmaps"), "configmap", "ConfigMap", true, kShort, {}, {}};

namespace kinds {

extern const Kind config_map;
const Kind config_map{
    .resource = &resources::configMaps,
    .validate = &validateConfigMap,
    .validateUpdate = &validateConfigMapUpdate,
};

}  // namespace kinds

}  // namespace pilothouse::api
