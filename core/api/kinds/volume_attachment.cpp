#include "core/api/keys.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"
#include "core/api/storage_v1/validation.hpp"

namespace pilothouse::api {
namespace {

const Key kAttached = Key::intern("attached");
const Key kAttacher = Key::intern("attacher");
const Key kPersistentVolumeName = Key::intern("persistentVolumeName");
const Key kSource = Key::intern("source");

constexpr std::string_view kSubresources[] = {"status"};

const Resource kResource{"storage.k8s.io",
                         "v1",
                         Key::intern("volumeattachments"),
                         "volumeattachment",
                         "VolumeAttachment",
                         false,
                         {},
                         {},
                         kSubresources};

constexpr Column kColumns[] = {
    printing::kNameColumn,
    {"Attacher", "string", "",
     "Attacher indicates the name of the volume driver that MUST handle this request"},
    {"PV", "string", "", "Source represents the volume that should be attached"},
    {"Node", "string", "", "The node that the volume should be attached to"},
    {"Attached", "boolean", "", "Indicates the volume is successfully attached"},
    printing::kAgeColumn};

void cells(std::vector<Value>& row, const Value& object, SimTime now) {
  const Value& spec = object[keys::spec];
  row.push_back(meta(object)[keys::name]);
  row.push_back(spec[kAttacher]);
  row.push_back(printing::orElse(spec[kSource][kPersistentVolumeName], ""));
  row.push_back(spec[keys::nodeName]);
  row.emplace_back(object[keys::status][kAttached].asBool());
  row.push_back(printing::age(object, now));
}

}  // namespace

namespace kinds {

extern const Kind volume_attachment;
const Kind volume_attachment{
    .resource = &kResource,
    .validate = &validateVolumeAttachment,
    .validateUpdate = &validateVolumeAttachmentUpdate,
    .columns = kColumns,
    .cells = &cells,
};

}  // namespace kinds

}  // namespace pilothouse::api
