#include "core/api/keys.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"
#include "core/api/storage_v1/validation.hpp"

namespace pilothouse::api {
namespace {

const Key kDrivers = Key::intern("drivers");

const Resource kResource{
    "storage.k8s.io", "v1", Key::intern("csinodes"), "csinode", "CSINode", false, {}, {}, {}};

constexpr Column kColumns[] = {
    printing::kNameColumn,
    {"Drivers", "integer", "", "Drivers indicates the number of CSI drivers registered on the node"},
    printing::kAgeColumn};

void cells(std::vector<Value>& row, const Value& object, SimTime now) {
  row.push_back(meta(object)[keys::name]);
  row.emplace_back(static_cast<std::int64_t>(object[keys::spec][kDrivers].size()));
  row.push_back(printing::age(object, now));
}

}  // namespace

namespace kinds {

extern const Kind csi_node;
const Kind csi_node{
    .resource = &kResource,
    .validate = &validateCsiNode,
    .validateUpdate = &validateCsiNodeUpdate,
    .columns = kColumns,
    .cells = &cells,
};

}  // namespace kinds

}  // namespace pilothouse::api
