#include "core/api/core_v1/defaults.hpp"
#include "core/api/core_v1/strategies.hpp"
#include "core/api/core_v1/validation.hpp"
#include "core/api/kind.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kShort[] = {"svc"};
constexpr std::string_view kAll[] = {"all"};
constexpr std::string_view kSubresources[] = {"status"};
constexpr SelectableField kFields[] = {
    {"metadata.name", ""}, {"metadata.namespace", ""}, {"spec.clusterIP", ""}, {"spec.type", ""}};

}  // namespace

const Resource resources::services{
    "", "v1", Key::intern("services"), "service", "Service", true, kShort, kAll, kSubresources};

namespace kinds {

extern const Kind service;
const Kind service{
    .resource = &resources::services,
    .setDefaults = &serviceDefaults,
    .validate = &validateService,
    .validateUpdate = &validateServiceUpdate,
    .validateStatusUpdate = &validateServiceStatusUpdate,
    .prepareForCreate = &prepareServiceCreate,
    .prepareForUpdate = &prepareServiceUpdate,
    .allowCreateOnUpdate = true,
    .selectableFields = kFields,
    .storageFolder = "services/specs",
};

}  // namespace kinds

}  // namespace pilothouse::api
