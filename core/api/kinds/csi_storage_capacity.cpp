#include "core/api/keys.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"
#include "core/api/storage_v1/validation.hpp"

namespace pilothouse::api {
namespace {

const Key kCapacity = Key::intern("capacity");
const Key kStorageClassName = Key::intern("storageClassName");

const Resource kResource{"storage.k8s.io",
                         "v1",
                         Key::intern("csistoragecapacities"),
                         "csistoragecapacity",
                         "CSIStorageCapacity",
                         true,
                         {},
                         {},
                         {}};

constexpr Column kColumns[] = {
    printing::kNameColumn,
    {"StorageClassName", "string", "", "The name of the StorageClass that the reported capacity applies to"},
    {"Capacity", "string", "", "How much storage is left for volumes of that class"},
    printing::kAgeColumn};

void cells(std::vector<Value>& row, const Value& object, SimTime now) {
  row.push_back(meta(object)[keys::name]);
  row.push_back(object[kStorageClassName]);
  row.push_back(printing::orElse(object[kCapacity], printing::kUnset));
  row.push_back(printing::age(object, now));
}

}  // namespace

namespace kinds {

extern const Kind csi_storage_capacity;
const Kind csi_storage_capacity{
    .resource = &kResource,
    .validate = &validateCsiStorageCapacity,
    .validateUpdate = &validateCsiStorageCapacityUpdate,
    .columns = kColumns,
    .cells = &cells,
};

}  // namespace kinds

}  // namespace pilothouse::api
