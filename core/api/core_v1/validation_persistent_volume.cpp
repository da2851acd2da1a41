#include "core/api/core_v1/validation_persistent_volume.hpp"

#include <algorithm>
#include <string>

#include "core/api/core_v1/defaults.hpp"
#include "core/api/core_v1/spec_difference.hpp"
#include "core/api/core_v1/validation_pod_parts.hpp"
#include "core/api/defaulting.hpp"
#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/api/validation/object_meta.hpp"
#include "core/value/quantity.hpp"

namespace pilothouse::api {
namespace {

const Key kAccessModes = Key::intern("accessModes");
const Key kHostPath = Key::intern("hostPath");
const Key kLocal = Key::intern("local");
const Key kNodeAffinity = Key::intern("nodeAffinity");
const Key kPath = Key::intern("path");
const Key kReclaimPolicy = Key::intern("persistentVolumeReclaimPolicy");
const Key kRequired = Key::intern("required");
const Key kStorage = Key::intern("storage");
const Key kStorageClassName = Key::intern("storageClassName");
const Key kVolumeMode = Key::intern("volumeMode");

void validateCapacity(Errors& errors, const FieldPath& path, const Value& capacity) {
  if (capacity.empty()) errors.required(path);
  if (!capacity.has(kStorage) || capacity.size() > 1) errors.notSupported(path, capacity, {"storage"});
  validateBasicResources(errors, path, capacity);
  for (std::size_t i = 0; i < capacity.memberKeys().size(); ++i) {
    const auto quantity = Quantity::from(capacity.memberValues()[i]);
    if (quantity && quantity->sign() <= 0) {
      errors.invalid(path.key(capacity.memberKeys()[i].text()), Value(quantity->toString()), kNotPositive);
    }
  }
}

// path.Clean(text) == "/"
bool isRoot(std::string_view text) {
  if (!startsWith(text, "/")) return false;
  const auto parts = split(text, '/');
  return std::all_of(parts.begin(), parts.end(),
                     [](std::string_view part) { return part.empty() || part == "." || part == ".."; });
}

void validateAffinityOf(Errors& errors, const FieldPath& path, const Value& affinity) {
  if (affinity.isNull()) return;
  if (affinity[kRequired].isNull()) {
    return errors.required(path.child("required"), "must specify required node constraints");
  }
  validateNodeSelector(errors, path.child("required"), affinity[kRequired]);
}

void validateSpec(Errors& errors, const Value& spec) {
  const FieldPath path("spec");
  if (spec[kAccessModes].empty()) errors.required(path.child("accessModes"));
  validateAccessModes(errors, path, spec);
  validateCapacity(errors, path.child("capacity"), spec[keys::capacity]);
  const FieldPath policyPath = path.child("persistentVolumeReclaimPolicy");
  const Value& policy = spec[kReclaimPolicy];
  if (!isNothing(policy) && policy.asString() != "Delete" && policy.asString() != "Recycle" &&
      policy.asString() != "Retain") {
    errors.notSupported(policyPath, policy, {"Delete", "Recycle", "Retain"});
  }
  validateAffinityOf(errors, path.child("nodeAffinity"), spec[kNodeAffinity]);
  validatePersistentVolumeSource(errors, path, spec);
  if (spec[kLocal].isObject() && spec[kNodeAffinity].isNull()) {
    errors.required(path.child("nodeAffinity"), "Local volume requires node affinity");
  }
  if (isRoot(spec[kHostPath][kPath].asString()) && policy.asString() == "Recycle") {
    errors.forbidden(policyPath, "may not be 'recycle' for a hostPath mount of '/'");
  }
  validateClassAndMode(errors, path, spec);
}

Value sourceOf(const Value& spec) {
  ObjectBuilder source;
  for (const std::string_view kind : persistentVolumeSources()) {
    const Key key = Key::intern(kind);
    if (spec.has(key)) source.set(key, spec[key]);
  }
  return source.build();
}

}  // namespace

Value persistentVolumeDefaults(const Value& volume) {
  static const Value retain("Retain");
  static const Value filesystem("Filesystem");
  static const Value pending("Pending");
  Value object = volume;
  changeMember(object, keys::spec, [](Value spec) {
    setDefault(spec, kReclaimPolicy, retain);
    setDefault(spec, kVolumeMode, filesystem);
    changeMember(spec, keys::capacity, resourceListDefaults);
    return volumeDefaults(spec);
  });
  if (isUnset(object[keys::status][keys::phase])) {
    object = object.withPath({keys::status, keys::phase}, pending);
  }
  return object;
}

void validatePersistentVolume(Errors& errors, const Value& volume) {
  validateObjectMeta(errors, volume, false, &nameIsDnsSubdomain);
  validateSpec(errors, volume[keys::spec]);
}

void validatePersistentVolumeUpdate(Errors& errors, const Value& volume, const Value& stored) {
  validateObjectMetaUpdate(errors, volume, stored);
  const Value& spec = volume[keys::spec];
  const Value& before = stored[keys::spec];
  validateSpec(errors, spec);
  const Value source = sourceOf(spec);
  if (const Value old = sourceOf(before); !semanticallyEqual(source, old)) {
    errors.forbidden(FieldPath("spec.persistentvolumesource"),
                     "spec.persistentvolumesource is immutable after creation\n" +
                         specDifference("core.PersistentVolumeSource", old, source));
  }
  errors.immutable(FieldPath("volumeMode"), spec[kVolumeMode], before[kVolumeMode]);
  if (!before[kNodeAffinity].isNull() && !semanticallyEqual(spec[kNodeAffinity], before[kNodeAffinity])) {
    errors.invalid(FieldPath("nodeAffinity"), spec[kNodeAffinity],
                   "field is immutable, except for updating from beta label to GA");
  }
}

void validatePersistentVolumeStatusUpdate(Errors& errors, const Value& volume, const Value& stored) {
  validateObjectMetaUpdate(errors, volume, stored);
  if (isNothing(meta(volume)[keys::resourceVersion])) errors.required(FieldPath("resourceVersion"));
}

void validateAccessModes(Errors& errors, const FieldPath& path, const Value& spec) {
  const FieldPath at = path.child("accessModes");
  bool single = false;
  bool others = false;
  for (const Value& mode : spec[kAccessModes].items()) {
    const std::string_view text = mode.asString();
    (text == "ReadWriteOncePod" ? single : others) = true;
    if (text == "ReadOnlyMany" || text == "ReadWriteMany" || text == "ReadWriteOnce" ||
        text == "ReadWriteOncePod") {
      continue;
    }
    errors.notSupported(at, mode, {"ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"});
  }
  if (single && others) errors.forbidden(at, "may not use ReadWriteOncePod with other access modes");
}

void validateClassAndMode(Errors& errors, const FieldPath& path, const Value& spec) {
  const Value& storageClass = spec[kStorageClassName];
  if (!isNothing(storageClass)) {
    errors.invalid(path.child("storageClassName"), storageClass, isDns1123Subdomain(storageClass.asString()));
  }
  const Value& mode = spec[kVolumeMode];
  if (!mode.isNull() && mode.asString() != "Block" && mode.asString() != "Filesystem") {
    errors.notSupported(path.child("volumeMode"), mode, {"Block", "Filesystem"});
  }
}

void validateBasicResources(Errors& errors, const FieldPath& path, const Value& list) {
  for (std::size_t i = 0; i < list.memberKeys().size(); ++i) {
    const auto quantity = Quantity::from(list.memberValues()[i]);
    if (!quantity || quantity->value() >= 0) continue;
    errors.invalid(path.key(list.memberKeys()[i].text()), Value(quantity->value()),
                   "must be a valid resource quantity");
  }
}

const Value& storageClassOf(const Value& volumeOrClaim) {
  const Value& old = annotations(volumeOrClaim)["volume.beta.kubernetes.io/storage-class"];
  return old.isNull() ? volumeOrClaim[keys::spec][kStorageClassName] : old;
}

Value accessModesText(const Value& modes) {
  static constexpr std::string_view kShort[][2] = {{"ReadWriteOnce", "RWO"},
                                                   {"ReadOnlyMany", "ROX"},
                                                   {"ReadWriteMany", "RWX"},
                                                   {"ReadWriteOncePod", "RWOP"}};
  std::string text;
  for (const auto& [mode, name] : kShort) {
    for (const Value& has : modes.items()) {
      if (has.asString() != mode) continue;
      text.append(text.empty() ? "" : ",").append(name);
      break;
    }
  }
  return text;
}

}  // namespace pilothouse::api
