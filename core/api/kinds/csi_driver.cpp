#include "core/api/defaulting.hpp"
#include "core/api/keys.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"
#include "core/api/storage_v1/validation.hpp"

namespace pilothouse::api {
namespace {

const Key kAttachRequired = Key::intern("attachRequired");
const Key kAudience = Key::intern("audience");
const Key kFsGroupPolicy = Key::intern("fsGroupPolicy");
const Key kPodInfoOnMount = Key::intern("podInfoOnMount");
const Key kRequiresRepublish = Key::intern("requiresRepublish");
const Key kSeLinuxMount = Key::intern("seLinuxMount");
const Key kStorageCapacity = Key::intern("storageCapacity");
const Key kTokenRequests = Key::intern("tokenRequests");
const Key kVolumeLifecycleModes = Key::intern("volumeLifecycleModes");

const Resource kResource{
    "storage.k8s.io", "v1", Key::intern("csidrivers"), "csidriver", "CSIDriver", false, {}, {}, {}};

Value setDefaults(const Value& object) {
  static const Value policy("ReadWriteOnceWithFSType");
  static const Value persistent = Value::array({Value("Persistent")});
  Value result = object;
  changeMember(result, keys::spec, [](Value spec) {
    if (!spec.has(kAttachRequired)) spec = spec.with(kAttachRequired, true);
    for (const Key flag : {kPodInfoOnMount, kStorageCapacity, kRequiresRepublish, kSeLinuxMount}) {
      if (!spec.has(flag)) spec = spec.with(flag, false);
    }
    setDefault(spec, kFsGroupPolicy, policy);
    if (spec[kVolumeLifecycleModes].empty()) spec = spec.with(kVolumeLifecycleModes, persistent);
    return spec;
  });
  return result;
}

constexpr Column kColumns[] = {
    printing::kNameColumn,
    {"AttachRequired", "boolean", "",
     "Whether the volumes of this driver are attached before they are mounted"},
    {"PodInfoOnMount", "boolean", "", "Whether the driver is told of the pod when it mounts"},
    {"StorageCapacity", "boolean", "", "Whether the driver tells how much storage it has"},
    {"TokenRequests", "string", "", "Audiences of the ServiceAccount tokens that the driver needs"},
    {"RequiresRepublish", "boolean", "", "Whether mounts are published again from time to time"},
    {"Modes", "string", "", "Volume lifecycle modes of the driver"},
    printing::kAgeColumn};

void cells(std::vector<Value>& row, const Value& object, SimTime now) {
  const Value& spec = object[keys::spec];
  row.push_back(meta(object)[keys::name]);
  row.emplace_back(!spec.has(kAttachRequired) || spec[kAttachRequired].asBool());
  row.emplace_back(spec[kPodInfoOnMount].asBool());
  row.emplace_back(spec[kStorageCapacity].asBool());
  std::vector<Value> audiences;
  for (const Value& request : spec[kTokenRequests].items()) audiences.push_back(request[kAudience]);
  row.push_back(audiences.empty() ? Value("<unset>") : printing::joined(Value::array(audiences)));
  row.emplace_back(spec[kRequiresRepublish].asBool());
  row.push_back(printing::orElse(printing::joined(spec[kVolumeLifecycleModes])));
  row.push_back(printing::age(object, now));
}

}  // namespace

namespace kinds {

extern const Kind csi_driver;
const Kind csi_driver{
    .resource = &kResource,
    .setDefaults = &setDefaults,
    .validate = &validateCsiDriver,
    .validateUpdate = &validateCsiDriverUpdate,
    .countsGeneration = true,
    .columns = kColumns,
    .cells = &cells,
};

}  // namespace kinds

}  // namespace pilothouse::api
