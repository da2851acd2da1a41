#include "core/api/core_v1/defaults.hpp"
#include "core/api/core_v1/validation.hpp"
#include "core/api/kind.hpp"

namespace pilothouse::api {
namespace {

constexpr SelectableField kFields[] = {{"metadata.name", ""}, {"metadata.namespace", ""}, {"type", ""}};

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
};

}  // namespace kinds

}  // namespace pilothouse::api
