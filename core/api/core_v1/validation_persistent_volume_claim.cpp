#include <string>

#include "core/api/core_v1/defaults.hpp"
#include "core/api/core_v1/spec_difference.hpp"
#include "core/api/core_v1/validation_persistent_volume.hpp"
#include "core/api/defaulting.hpp"
#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/api/validation/object_meta.hpp"
#include "core/value/quantity.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kBetaClass = "volume.beta.kubernetes.io/storage-class";

const Key kAccessModes = Key::intern("accessModes");
const Key kApiGroup = Key::intern("apiGroup");
const Key kDataSource = Key::intern("dataSource");
const Key kDataSourceRef = Key::intern("dataSourceRef");
const Key kLimits = Key::intern("limits");
const Key kStorage = Key::intern("storage");
const Key kStorageClassName = Key::intern("storageClassName");
const Key kVolumeAttributesClassName = Key::intern("volumeAttributesClassName");
const Key kVolumeMode = Key::intern("volumeMode");
const Key kVolumeName = Key::intern("volumeName");

const Value& requested(const Value& spec) { return spec.get(keys::resources, keys::requests, kStorage); }

void validateDataSource(Errors& errors, const FieldPath& path, const Value& source) {
  if (source.isNull()) return;
  if (isNothing(source[keys::name])) errors.required(path.child("name"));
  if (isNothing(source[keys::kind])) errors.required(path.child("kind"));
  const Value& group = source[kApiGroup];
  if (isNothing(group) && source[keys::kind].asString() != "PersistentVolumeClaim") {
    errors.invalid(path, source[keys::kind],
                   "must be 'PersistentVolumeClaim' when referencing the default apiGroup");
  }
  if (!isNothing(group)) errors.invalid(path.child("apiGroup"), group, isDns1123Subdomain(group.asString()));
}

void validateRequest(Errors& errors, const FieldPath& path, const Value& spec) {
  const Value& storage = requested(spec);
  if (storage.isNull()) return errors.required(path);
  const auto quantity = Quantity::from(storage);
  if (quantity && quantity->sign() <= 0) errors.invalid(path, Value(quantity->toString()), kNotPositive);
}

// The new spec with what an update may change taken from the old one.
Value comparable(const Value& claim, const Value& stored) {
  const Value& before = stored[keys::spec];
  Value spec = claim[keys::spec];
  const auto take = [&](Key key) {
    spec = before.has(key) ? spec.with(key, before[key]) : spec.without(key);
  };
  take(kVolumeAttributesClassName);
  if (isNothing(before[kVolumeName])) spec = spec.without(kVolumeName);
  // A class that was named by annotation, or by a default that came later, may be written down.
  const Value& annotated = annotations(stored)[kBetaClass];
  const bool fromAnnotation =
      !annotated.isNull() && before[kStorageClassName].isNull() && annotated == spec[kStorageClassName];
  const bool fromNothing =
      annotated.isNull() && before[kStorageClassName].isNull() && !isNothing(spec[kStorageClassName]);
  if (fromAnnotation || fromNothing) take(kStorageClassName);
  if (claim[keys::status][keys::phase].asString() == "Bound" && !requested(before).isNull()) {
    spec = spec.withPath({keys::resources, keys::requests, kStorage}, requested(before));
  }
  return spec;
}

void validateShrinking(Errors& errors, const Value& claim, const Value& stored) {
  const auto size = Quantity::from(requested(claim[keys::spec]));
  const auto before = Quantity::from(requested(stored[keys::spec]));
  if (!size || !before || size->compare(*before) >= 0) return;
  const auto has = Quantity::from(stored[keys::status][keys::capacity][kStorage]).value_or(Quantity());
  if (size->compare(has) <= 0) {
    errors.forbidden(FieldPath("spec.resources.requests.storage"),
                     "field can not be less than status.capacity");
  }
}

}  // namespace

Value persistentVolumeClaimDefaults(const Value& claim) {
  static const Value pending("Pending");
  static const Value filesystem("Filesystem");
  Value object = claim;
  changeMember(object, keys::spec, [](Value spec) {
    setDefault(spec, kVolumeMode, filesystem);
    changeMember(spec, keys::resources, [](Value resources) {
      changeMember(resources, keys::requests, resourceListDefaults);
      changeMember(resources, kLimits, resourceListDefaults);
      return resources;
    });
    return spec;
  });
  changeMember(object, keys::status, [](Value status) {
    changeMember(status, keys::capacity, resourceListDefaults);
    return status;
  });
  if (isUnset(object[keys::status][keys::phase])) {
    object = object.withPath({keys::status, keys::phase}, pending);
  }
  return object;
}

Value withBothDataSources(const Value& spec) {
  const Value& source = spec[kDataSource];
  const Value& reference = spec[kDataSourceRef];
  if (source.isObject() && reference.isNull()) return spec.with(kDataSourceRef, source);
  if (reference.isObject() && source.isNull() && isNothing(reference[keys::namespace_])) {
    return spec.with(kDataSource, reference.without(keys::namespace_));
  }
  return spec;
}

void validatePersistentVolumeClaimSpec(Errors& errors, const FieldPath& path, const Value& spec) {
  if (spec[kAccessModes].empty()) {
    errors.required(path.child("accessModes"), "at least 1 access mode is required");
  }
  if (!spec[keys::selector].isNull()) {
    validateLabelSelector(errors, path.child("selector"), spec[keys::selector]);
  }
  validateAccessModes(errors, path, spec);
  const FieldPath resources = path.child("resources");
  validateRequest(errors, resources.key("storage"), spec);
  validateClassAndMode(errors, path, spec);
  validateDataSource(errors, path.child("dataSource"), spec[kDataSource]);
  validateDataSource(errors, path.child("dataSourceRef"), spec[kDataSourceRef]);
  if (!spec[kDataSource].isNull() && !spec[kDataSourceRef].isNull() &&
      !semanticallyEqual(spec[kDataSource], spec[kDataSourceRef])) {
    errors.invalid(path, path.child("dataSource").text(), "must match dataSourceRef");
  }
}

void validatePersistentVolumeClaim(Errors& errors, const Value& claim) {
  validateObjectMeta(errors, claim, true, &nameIsDnsSubdomain);
  validatePersistentVolumeClaimSpec(errors, FieldPath("spec"), claim[keys::spec]);
}

void validatePersistentVolumeClaimUpdate(Errors& errors, const Value& claim, const Value& stored) {
  validateObjectMetaUpdate(errors, claim, stored);
  validatePersistentVolumeClaimSpec(errors, FieldPath("spec"), claim[keys::spec]);
  const FieldPath metadata("metadata");
  const Value& annotated = annotations(claim)[kBetaClass];
  if (annotated.asString() != annotations(stored)[kBetaClass].asString()) {
    const FieldPath at = metadata.key("annotations", kBetaClass);
    errors.invalid(at, Value(annotated.asString()), kFieldImmutable);
  }
  const Value spec = comparable(claim, stored);
  if (const Value& before = stored[keys::spec]; !semanticallyEqual(spec, before)) {
    errors.forbidden(FieldPath("spec"),
                     "spec is immutable after creation except resources.requests and "
                     "volumeAttributesClassName for bound claims\n" +
                         specDifference("core.PersistentVolumeClaimSpec", before, spec));
  }
  validateShrinking(errors, claim, stored);
  errors.immutable(FieldPath("volumeMode"), claim[keys::spec][kVolumeMode], stored[keys::spec][kVolumeMode]);
}

void validatePersistentVolumeClaimStatusUpdate(Errors& errors, const Value& claim, const Value& stored) {
  validateObjectMetaUpdate(errors, claim, stored);
  if (isNothing(meta(claim)[keys::resourceVersion])) errors.required(FieldPath("resourceVersion"));
  if (claim[keys::spec][kAccessModes].empty()) errors.required(FieldPath("Spec.accessModes"));
  validateBasicResources(errors, FieldPath("status.capacity"), claim[keys::status][keys::capacity]);
}

}  // namespace pilothouse::api
