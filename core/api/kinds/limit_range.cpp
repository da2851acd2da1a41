#include "core/api/core_v1/validation_limits.hpp"
#include "core/api/kind.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kShort[] = {"limits"};

const Resource kResource{"", "v1", Key::intern("limitranges"), "limitrange", "LimitRange", true, kShort,
                         {}, {}};

}  // namespace

namespace kinds {

extern const Kind limit_range;
const Kind limit_range{
    .resource = &kResource,
    .setDefaults = &limitRangeDefaults,
    .validate = &validateLimitRange,
    .validateUpdate = &validateLimitRangeUpdate,
    .allowCreateOnUpdate = true,
};

}  // namespace kinds

}  // namespace pilothouse::api
