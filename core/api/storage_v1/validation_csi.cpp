#include <algorithm>
#include <set>
#include <string_view>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/api/storage_v1/validation.hpp"
#include "core/api/validation/object_meta.hpp"
#include "core/value/quantity.hpp"

namespace pilothouse::api {
namespace {

const Key kAllocatable = Key::intern("allocatable");
const Key kAttacher = Key::intern("attacher");
const Key kAttachRequired = Key::intern("attachRequired");
const Key kAudience = Key::intern("audience");
const Key kCapacity = Key::intern("capacity");
const Key kCount = Key::intern("count");
const Key kDrivers = Key::intern("drivers");
const Key kExpirationSeconds = Key::intern("expirationSeconds");
const Key kFsGroupPolicy = Key::intern("fsGroupPolicy");
const Key kMaximumVolumeSize = Key::intern("maximumVolumeSize");
const Key kNodeId = Key::intern("nodeID");
const Key kNodeTopology = Key::intern("nodeTopology");
const Key kPersistentVolumeName = Key::intern("persistentVolumeName");
const Key kSource = Key::intern("source");
const Key kStorageClassName = Key::intern("storageClassName");
const Key kTokenRequests = Key::intern("tokenRequests");
const Key kTopologyKeys = Key::intern("topologyKeys");
const Key kVolumeLifecycleModes = Key::intern("volumeLifecycleModes");

constexpr std::size_t kDriverNameMax = 63;
constexpr std::size_t kNodeIdMax = 192;             // csiNodeIDMaxLength
constexpr std::int64_t kTokenSecondsMin = 10 * 60;  // an authentication token lives that long at least
constexpr std::int64_t kTokenSecondsMax = 1LL << 32;

Messages driverName(std::string_view name, bool /*prefix*/) {
  Messages wrong = isDns1123Subdomain(lowered(name));
  if (name.size() > kDriverNameMax) {
    wrong.push_back("must be no more than " + std::to_string(kDriverNameMax) + " characters");
  }
  return wrong;
}

void validateTokenRequests(Errors& errors, const FieldPath& path, const Value& requests) {
  std::set<std::string_view> audiences;
  for (std::size_t i = 0; i < requests.items().size(); ++i) {
    const Value& request = requests.items()[i];
    const FieldPath at = path.item(i);
    if (!audiences.insert(request[kAudience].asString()).second) {
      errors.duplicate(at.child("audience"), request[kAudience]);
    }
    const Value& seconds = request[kExpirationSeconds];
    if (seconds.isNull()) continue;
    if (seconds.asInt() < kTokenSecondsMin) {
      errors.invalid(at.child("expirationSeconds"), seconds,
                     "may not specify a duration less than 10 minutes");
    }
    if (seconds.asInt() > kTokenSecondsMax) {
      errors.invalid(at.child("expirationSeconds"), seconds,
                     "may not specify a duration larger than 2^32 seconds");
    }
  }
}

void validateDriverSpec(Errors& errors, const FieldPath& path, const Value& spec) {
  for (const Key flag : {kAttachRequired, Key::intern("podInfoOnMount"), Key::intern("storageCapacity")}) {
    if (!spec.has(flag)) errors.required(path.child(flag.text()));
  }
  const std::string_view policy = spec[kFsGroupPolicy].asString();
  if (!policy.empty() && policy != "ReadWriteOnceWithFSType" && policy != "File" && policy != "None") {
    errors.notSupported(path.child("fsGroupPolicy"), spec[kFsGroupPolicy],
                        {"ReadWriteOnceWithFSType", "File", "None"});
  }
  validateTokenRequests(errors, path.child("tokenRequests"), spec[kTokenRequests]);
  const FieldPath modes = path.child("volumeLifecycleModes");
  for (const Value& mode : spec[kVolumeLifecycleModes].items()) {
    if (mode.asString() != "Persistent" && mode.asString() != "Ephemeral") {
      errors.notSupported(modes, mode, {"Ephemeral", "Persistent"});
    }
  }
}

void validateNodeDriver(Errors& errors, const FieldPath& path, const Value& driver) {
  validateCsiDriverName(errors, path.child("name"), driver[keys::name]);
  const FieldPath nodeId = path.child("nodeID");
  const std::string_view id = driver[kNodeId].asString();
  if (id.empty()) errors.required(nodeId, id);
  if (id.size() > kNodeIdMax) {
    errors.invalid(nodeId, driver[kNodeId], "must be " + std::to_string(kNodeIdMax) + " characters or less");
  }
  const Value& count = driver[kAllocatable][kCount];
  const FieldPath allocatable = path.child("allocatable");
  if (!count.isNull() && count.asInt() < 0) errors.invalid(allocatable.child("count"), count, kNotNegative);
  std::set<std::string_view> seen;
  const FieldPath topology = path.child("topologyKeys");
  for (const Value& key : driver[kTopologyKeys].items()) {
    if (key.asString().empty()) errors.required(topology);
    if (!seen.insert(key.asString()).second) errors.duplicate(topology, key);
    errors.invalid(topology, key, isQualifiedName(key.asString()));
  }
}

void validateNodeSpec(Errors& errors, const Value& spec) {
  const FieldPath path("spec.drivers");
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < spec[kDrivers].items().size(); ++i) {
    const Value& driver = spec[kDrivers].items()[i];
    const FieldPath at = path.item(i);
    validateNodeDriver(errors, at, driver);
    if (!seen.insert(driver[keys::name].asString()).second)
      errors.duplicate(at.child("name"), driver[keys::name]);
  }
}

void validateQuantity(Errors& errors, std::string_view field, const Value& quantity) {
  if (quantity.isNull()) return;
  const FieldPath path(field);
  const auto parsed = Quantity::from(quantity);
  if (!parsed || parsed->sign() < 0) errors.invalid(path, quantity, kNotNegative);
}

}  // namespace

void validateCsiDriverName(Errors& errors, const FieldPath& path, const Value& name) {
  const std::string_view text = name.asString();
  if (text.empty()) errors.required(path);
  if (text.size() > kDriverNameMax) errors.tooLong(path, kDriverNameMax);
  errors.invalid(path, name, isDns1123Subdomain(lowered(text)));
}

void validateCsiDriver(Errors& errors, const Value& driver) {
  validateObjectMeta(errors, driver, false, &driverName);
  const FieldPath spec("spec");
  validateDriverSpec(errors, spec, driver[keys::spec]);
}

void validateCsiDriverUpdate(Errors& errors, const Value& driver, const Value& stored) {
  validateObjectMetaUpdate(errors, driver, stored);
  const FieldPath spec("spec");
  validateDriverSpec(errors, spec, driver[keys::spec]);
  for (const Key fixed : {kAttachRequired, kVolumeLifecycleModes}) {
    errors.immutable(spec.child(fixed.text()), driver[keys::spec][fixed], stored[keys::spec][fixed]);
  }
}

void validateCsiNode(Errors& errors, const Value& node) {
  validateObjectMeta(errors, node, false, &nameIsDnsSubdomain);
  validateNodeSpec(errors, node[keys::spec]);
}

void validateCsiNodeUpdate(Errors& errors, const Value& node, const Value& stored) {
  validateObjectMetaUpdate(errors, node, stored);
  validateNodeSpec(errors, node[keys::spec]);
  const FieldPath path("spec.drivers");
  const auto before = stored[keys::spec][kDrivers].items();
  for (const Value& driver : node[keys::spec][kDrivers].items()) {
    const auto same = std::find_if(before.begin(), before.end(), [&driver](const Value& old) {
      return old[keys::name] == driver[keys::name];
    });
    // A driver registers anew to change; only how many volumes it takes may change in place.
    if (same != before.end() &&
        !semanticallyEqual(driver.without(kAllocatable), same->without(kAllocatable))) {
      errors.invalid(path, node[keys::spec][kDrivers], kFieldImmutable);
    }
  }
}

void validateVolumeAttachment(Errors& errors, const Value& attachment) {
  validateObjectMeta(errors, attachment, false, &nameIsDnsSubdomain);
  const Value& spec = attachment[keys::spec];
  const FieldPath path("spec");
  validateCsiDriverName(errors, path.child("attacher"), spec[kAttacher]);
  const FieldPath source = path.child("source");
  const FieldPath volume = source.child("persistentVolumeName");
  const Value& name = spec[kSource][kPersistentVolumeName];
  if (spec[kSource].empty()) {
    errors.required(source, "must specify exactly one of inlineVolumeSpec and persistentVolumeName");
  } else if (spec[kSource].has(kPersistentVolumeName)) {
    if (name.asString().empty()) errors.required(volume, "must specify non empty persistentVolumeName");
    errors.invalid(volume, name, nameIsDnsSubdomain(name.asString(), false));
  }
  errors.invalid(path.child("nodeName"), spec[keys::nodeName],
                 nameIsDnsSubdomain(spec[keys::nodeName].asString(), false));
}

void validateVolumeAttachmentUpdate(Errors& errors, const Value& attachment, const Value& stored) {
  validateObjectMetaUpdate(errors, attachment, stored);
  if (semanticallyEqual(attachment[keys::spec], stored[keys::spec])) return;
  const FieldPath path("spec");
  errors.invalid(path, attachment[keys::spec], "field is immutable");
}

void validateCsiStorageCapacity(Errors& errors, const Value& capacity) {
  validateObjectMeta(errors, capacity, true, &nameIsDnsSubdomain);
  const FieldPath topology("nodeTopology");
  validateLabelSelector(errors, topology, capacity[kNodeTopology]);
  const FieldPath name("storageClassName");
  errors.invalid(name, capacity[kStorageClassName],
                 nameIsDnsSubdomain(capacity[kStorageClassName].asString(), false));
  validateQuantity(errors, "capacity", capacity[kCapacity]);
  validateQuantity(errors, "maximumVolumeSize", capacity[kMaximumVolumeSize]);
}

void validateCsiStorageCapacityUpdate(Errors& errors, const Value& capacity, const Value& stored) {
  validateObjectMetaUpdate(errors, capacity, stored);
  validateQuantity(errors, "capacity", capacity[kCapacity]);
  validateQuantity(errors, "maximumVolumeSize", capacity[kMaximumVolumeSize]);
  for (const Key fixed : {kNodeTopology, kStorageClassName}) {
    const FieldPath path(fixed.text());
    errors.immutable(path, capacity[fixed], stored[fixed]);
  }
}

}  // namespace pilothouse::api
