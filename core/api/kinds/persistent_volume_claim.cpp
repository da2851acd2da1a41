#include "core/api/core_v1/validation_persistent_volume.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"
#include "core/api/strategy.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kShort[] = {"pvc"};
constexpr std::string_view kSubresources[] = {"status"};

const Key kAccessModes = Key::intern("accessModes");
const Key kStorage = Key::intern("storage");
const Key kVolumeAttributesClassName = Key::intern("volumeAttributesClassName");
const Key kVolumeMode = Key::intern("volumeMode");
const Key kVolumeName = Key::intern("volumeName");

const Resource kResource{"",
                         "v1",
                         Key::intern("persistentvolumeclaims"),
                         "persistentvolumeclaim",
                         "PersistentVolumeClaim",
                         true,
                         kShort,
                         {},
                         kSubresources};

Value withSources(const Value& claim) {
  return claim[keys::spec].isObject() ? claim.with(keys::spec, withBothDataSources(claim[keys::spec]))
                                      : claim;
}

Value prepareCreate(const Value& claim) {
  static const Value status = Value::object({{keys::phase, "Pending"}});
  return withSources(claim).with(keys::status, status);
}

Value prepareUpdate(const Value& claim, const Value& stored) {
  return takenFrom(withSources(claim), keys::status, stored);
}

constexpr Column kColumns[] = {
    printing::kNameColumn,
    {"Status", "string", "", "phase represents the current phase of PersistentVolumeClaim."},
    {"Volume", "string", "",
     "volumeName is the binding reference to the PersistentVolume backing this claim."},
    {"Capacity", "string", "", "capacity represents the actual resources of the underlying volume."},
    {"Access Modes", "string", "",
     "accessModes contains the actual access modes the volume backing the PVC has."},
    {"StorageClass", "string", "", "StorageClass of the pvc"},
    {"VolumeAttributesClass", "string", "", "VolumeAttributesClass of the pvc"},
    printing::kAgeColumn,
    {"VolumeMode", "string", "",
     "volumeMode defines what type of volume is required by the claim. Value of Filesystem is implied when "
     "not included in claim spec.",
     1}};

void cells(std::vector<Value>& cells, const Value& claim, SimTime now) {
  const Value& spec = claim[keys::spec];
  const Value& status = claim[keys::status];
  const bool hasVolume = !spec[kVolumeName].asString().empty();
  cells.insert(cells.end(),
               {meta(claim)[keys::name],
                isBeingDeleted(claim) ? Value("Terminating") : printing::orElse(status[keys::phase], ""),
                printing::orElse(spec[kVolumeName], ""),
                hasVolume ? printing::orElse(status[keys::capacity][kStorage], "0") : Value(""),
                hasVolume ? accessModesText(status[kAccessModes]) : Value(""),
                printing::orElse(storageClassOf(claim), ""),
                printing::orElse(spec[kVolumeAttributesClassName], printing::kUnset),
                printing::age(claim, now), printing::orElse(spec[kVolumeMode], printing::kUnset)});
}

}  // namespace

namespace kinds {

extern const Kind persistent_volume_claim;
const Kind persistent_volume_claim{
    .resource = &kResource,
    .setDefaults = &persistentVolumeClaimDefaults,
    .validate = &validatePersistentVolumeClaim,
    .validateUpdate = &validatePersistentVolumeClaimUpdate,
    .validateStatusUpdate = &validatePersistentVolumeClaimStatusUpdate,
    .prepareForCreate = &prepareCreate,
    .prepareForUpdate = &prepareUpdate,
    .columns = kColumns,
    .cells = &cells,
};

}  // namespace kinds

}  // namespace pilothouse::api
