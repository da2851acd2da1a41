#include "core/api/core_v1/defaults.hpp"
#include "core/api/core_v1/print_service.hpp"
#include "core/api/core_v1/strategies.hpp"
#include "core/api/core_v1/validation.hpp"
#include "core/api/kind.hpp"
#include "core/api/printing.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kShort[] = {"svc"};
constexpr std::string_view kAll[] = {"all"};
constexpr std::string_view kSubresources[] = {"status"};
constexpr SelectableField kFields[] = {
    {"metadata.name", ""}, {"metadata.namespace", ""}, {"spec.clusterIP", ""}, {"spec.type", ""}};

constexpr Column kColumns[] = {
    printing::kNameColumn,
    {"Type", "string", "", "type determines how the Service is exposed."},
    {"Cluster-IP", "string", "",
     "clusterIP is the IP address of the service and is usually assigned randomly."},
    {"External-IP", "string", "",
     "externalIPs is a list of IP addresses for which nodes in the cluster will also accept traffic for this "
     "service."},
    {"Port(s)", "string", "", "The list of ports that are exposed by this service."},
    printing::kAgeColumn,
    {"Selector", "string", "",
     "Route service traffic to pods with label keys and values matching this selector.", 1}};

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
    .columns = kColumns,
    .cells = &serviceCells,
    .storageFolder = "services/specs",
};

}  // namespace kinds

}  // namespace pilothouse::api
