#include "core/api/core_v1/defaults.hpp"
#include "core/api/core_v1/validation.hpp"
#include "core/api/kind.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kShort[] = {"ep"};

}  // namespace

const Resource resources::endpoints{
    "", "v1", Key::intern("endpoints"), "endpoints", "Endpoints", true, kShort, {}, {}};

namespace kinds {

extern const Kind endpoints;
const Kind endpoints{
    .resource = &resources::endpoints,
    .setDefaults = &endpointsDefaults,
    .validate = &validateEndpoints,
    .validateUpdate = &validateEndpointsUpdate,
    .allowCreateOnUpdate = true,
    .storageFolder = "services/endpoints",
};

}  // namespace kinds

}  // namespace pilothouse::api
