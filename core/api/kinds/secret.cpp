#include "core/api/core_v1/defaults.hpp"
#include "core/api/core_v1/validation.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"

namespace pilothouse::api {
namespace {

constexpr SelectableField kFields[] = {{"metadata.name", ""}, {"metadata.namespace", ""}, {"type", ""}};

constexpr Column kColumns[] = {
    printing::kNameColumn,
    {"Type", "string", "", "Used to facilitate programmatic handling of secret data."},
    {"Data", "string", "", "Data contains the secret data."},
    printing::kAgeColumn};

void cells(std::vector<Value>& cells, const Value& secret, SimTime now) {
  cells.insert(cells.end(), {meta(secret)[keys::name], secret[keys::type], secret[keys::data].size(),
                             printing::age(secret, now)});
}

}  // namespace

const Resource resources::secrets{"", "v1", Key::intern("secrets"), "secret", "Secret", true, {}, {}, {}};

namespace kinds {

extern const Kind secret;
const Kind secret{
    .resource = &resources::secrets,
    .setDefaults = &secretDefaults,
    .validate = &validateSecret,
    .validateUpdate = &validateSecretUpdate,
    .selectableFields = kFields,
    .columns = kColumns,
    .cells = &cells,
};

}  // namespace kinds

}  // namespace pilothouse::api
