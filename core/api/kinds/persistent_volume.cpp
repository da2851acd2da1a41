#include "core/api/core_v1/validation_persistent_volume.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kShort[] = {"pv"};
constexpr std::string_view kSubresources[] = {"status"};

const Key kAccessModes = Key::intern("accessModes");
const Key kClaimRef = Key::intern("claimRef");
const Key kLastPhaseTransitionTime = Key::intern("lastPhaseTransitionTime");
const Key kReclaimPolicy = Key::intern("persistentVolumeReclaimPolicy");
const Key kStorage = Key::intern("storage");
const Key kVolumeAttributesClassName = Key::intern("volumeAttributesClassName");
const Key kVolumeMode = Key::intern("volumeMode");

const Resource kResource{
    "", "v1",         Key::intern("persistentvolumes"), "persistentvolume", "PersistentVolume", false, kShort,
    {}, kSubresources};

Value prepareCreate(const Value& volume) {
  ObjectBuilder status;
  status.set(keys::phase, "Pending");
  status.setIfAny(kLastPhaseTransitionTime, meta(volume)[keys::creationTimestamp]);
  return volume.with(keys::status, status.build());
}

constexpr Column kColumns[] = {
    printing::kNameColumn,
    {"Capacity", "string", "",
     "capacity is the description of the persistent volume's resources and capacity."},
    {"Access Modes", "string", "", "accessModes contains all ways the volume can be mounted."},
    {"Reclaim Policy", "string", "",
     "persistentVolumeReclaimPolicy defines what happens to a persistent volume when released from its "
     "claim."},
    {"Status", "string", "",
     "phase indicates if a volume is available, bound to a claim, or released by a claim."},
    {"Claim", "string", "",
     "claimRef is part of a bi-directional binding between PersistentVolume and PersistentVolumeClaim."},
    {"StorageClass", "string", "", "StorageClass of the pv"},
    {"VolumeAttributesClass", "string", "", "VolumeAttributesClass of the pv"},
    {"Reason", "string", "",
     "reason is a brief CamelCase string that describes any failure and is meant for machine parsing and "
     "tidy "
     "display in the CLI."},
    printing::kAgeColumn,
    {"VolumeMode", "string", "",
     "volumeMode defines if a volume is intended to be used with a formatted filesystem or to remain in raw "
     "block state.",
     1}};

void cells(std::vector<Value>& cells, const Value& volume, SimTime now) {
  const Value& spec = volume[keys::spec];
  const Value& status = volume[keys::status];
  const Value& claim = spec[kClaimRef];
  cells.insert(cells.end(),
               {meta(volume)[keys::name], printing::orElse(spec[keys::capacity][kStorage], "0"),
                accessModesText(spec[kAccessModes]), printing::orElse(spec[kReclaimPolicy], ""),
                isBeingDeleted(volume) ? Value("Terminating") : printing::orElse(status[keys::phase], ""),
                claim.isNull() ? "" : claim[keys::namespace_].toString() + "/" + claim[keys::name].toString(),
                printing::orElse(storageClassOf(volume), ""),
                printing::orElse(spec[kVolumeAttributesClassName], printing::kUnset),
                printing::orElse(status[keys::reason], ""), printing::age(volume, now),
                printing::orElse(spec[kVolumeMode], printing::kUnset)});
}

}  // namespace

namespace kinds {

extern const Kind persistent_volume;
const Kind persistent_volume{
    .resource = &kResource,
    .setDefaults = &persistentVolumeDefaults,
    .validate = &validatePersistentVolume,
    .validateUpdate = &validatePersistentVolumeUpdate,
    .validateStatusUpdate = &validatePersistentVolumeStatusUpdate,
    .prepareForCreate = &prepareCreate,
    .columns = kColumns,
    .cells = &cells,
};

}  // namespace kinds

}  // namespace pilothouse::api
