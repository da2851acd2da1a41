#include "core/api/defaulting.hpp"
#include "core/api/keys.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"
#include "core/api/storage_v1/validation.hpp"

namespace pilothouse::api {
namespace {

const Key kAllowVolumeExpansion = Key::intern("allowVolumeExpansion");
const Key kDefault = Key::intern("storageclass.kubernetes.io/is-default-class");
const Key kBetaDefault = Key::intern("storageclass.beta.kubernetes.io/is-default-class");
const Key kProvisioner = Key::intern("provisioner");
const Key kReclaimPolicy = Key::intern("reclaimPolicy");
const Key kVolumeBindingMode = Key::intern("volumeBindingMode");

constexpr std::string_view kShort[] = {"sc"};

const Resource kResource{"storage.k8s.io",
                         "v1",
                         Key::intern("storageclasses"),
                         "storageclass",
                         "StorageClass",
                         false,
                         kShort,
                         {},
                         {}};

Value setDefaults(const Value& object) {
  static const Value remove("Delete");
  static const Value immediate("Immediate");
  Value result = object;
  setDefault(result, kReclaimPolicy, remove);
  setDefault(result, kVolumeBindingMode, immediate);
  return result;
}

constexpr Column kColumns[] = {
    printing::kNameColumn,
    {"Provisioner", "string", "", "Provisioner indicates the type of the provisioner."},
    {"ReclaimPolicy", "string", "",
     "Dynamically provisioned PersistentVolumes of this storage class are created with this reclaimPolicy. "
     "Defaults to Delete."},
    {"VolumeBindingMode", "string", "",
     "VolumeBindingMode indicates how PersistentVolumeClaims should be provisioned and bound. When unset, "
     "VolumeBindingImmediate is used."},
    {"AllowVolumeExpansion", "string", "",
     "AllowVolumeExpansion shows whether the storage class allow volume expand."},
    printing::kAgeColumn};

Value nameCell(const Value& object) {
  const Value& noted = annotations(object);
  const bool isDefault = noted[kDefault].asString() == "true" || noted[kBetaDefault].asString() == "true";
  return isDefault ? Value(std::string(name(object)) + " (default)") : meta(object)[keys::name];
}

void cells(std::vector<Value>& row, const Value& object, SimTime now) {
  row.push_back(nameCell(object));
  row.push_back(object[kProvisioner]);
  row.push_back(printing::orElse(object[kReclaimPolicy], "Delete"));
  row.push_back(printing::orElse(object[kVolumeBindingMode], "Immediate"));
  row.emplace_back(object[kAllowVolumeExpansion].asBool() ? "true" : "false");
  row.push_back(printing::age(object, now));
}

}  // namespace

namespace kinds {

extern const Kind storage_class;
const Kind storage_class{
    .resource = &kResource,
    .setDefaults = &setDefaults,
    .validate = &validateStorageClass,
    .validateUpdate = &validateStorageClassUpdate,
    .columns = kColumns,
    .cells = &cells,
};

}  // namespace kinds

}  // namespace pilothouse::api
