#include "core/api/core_v1/validation_limits.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"
#include "core/api/validation/formats.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kShort[] = {"quota"};
constexpr std::string_view kSubresources[] = {"status"};

const Key kHard = Key::intern("hard");
const Key kUsed = Key::intern("used");

const Resource kResource{
    "", "v1",         Key::intern("resourcequotas"), "resourcequota", "ResourceQuota", true, kShort,
    {}, kSubresources};

constexpr Column kColumns[] = {
    printing::kNameColumn,
    {"Request", "string", "",
     "Request represents a minimum amount of cpu/memory that a container may consume."},
    {"Limit", "string", "",
     "Limits control the maximum amount of cpu/memory that a container may use independent of contention on "
     "the node."},
    printing::kAgeColumn};

void cells(std::vector<Value>& cells, const Value& quota, SimTime now) {
  std::string requests;
  std::string limits;
  const Value& hard = quota[keys::status][kHard];
  for (std::size_t i = 0; i < hard.memberKeys().size(); ++i) {
    const Key resource = hard.memberKeys()[i];
    std::string& text = startsWith(resource.text(), "limits.") ? limits : requests;
    if (!text.empty()) text += ", ";
    text.append(resource.text()).append(": ");
    text.append(printing::orElse(quota[keys::status][kUsed][resource], "0").toString()).append("/");
    text.append(hard.memberValues()[i].asString());
  }
  cells.insert(cells.end(), {meta(quota)[keys::name], requests, limits, printing::age(quota, now)});
}

}  // namespace

namespace kinds {

extern const Kind resource_quota;
const Kind resource_quota{
    .resource = &kResource,
    .setDefaults = &resourceQuotaDefaults,
    .validate = &validateResourceQuota,
    .validateUpdate = &validateResourceQuotaUpdate,
    .validateStatusUpdate = &validateResourceQuotaStatusUpdate,
    .columns = kColumns,
    .cells = &cells,
};

}  // namespace kinds

}  // namespace pilothouse::api
