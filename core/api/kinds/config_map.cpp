#include "core/api/core_v1/validation.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kShort[] = {"cm"};

const Key kBinaryData = Key::intern("binaryData");

constexpr Column kColumns[] = {printing::kNameColumn,
                               {"Data", "string", "", "Data contains the configuration data."},
                               printing::kAgeColumn};

void cells(std::vector<Value>& cells, const Value& map, SimTime now) {
  cells.insert(cells.end(), {meta(map)[keys::name], map[keys::data].size() + map[kBinaryData].size(),
                             printing::age(map, now)});
}

}  // namespace

const Resource resources::configMaps{
    "", "v1", Key::intern("configmaps"), "configmap", "ConfigMap", true, kShort, {}, {}};

namespace kinds {

extern const Kind config_map;
const Kind config_map{
    .resource = &resources::configMaps,
    .validate = &validateConfigMap,
    .validateUpdate = &validateConfigMapUpdate,
    .columns = kColumns,
    .cells = &cells,
};

}  // namespace kinds

}  // namespace pilothouse::api
