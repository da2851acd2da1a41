#pragma once

#include <span>

#include "core/api/validation/errors.hpp"

namespace pilothouse::api {

/// pkg/apis/core: PersistentVolume and PersistentVolumeClaim.

Value persistentVolumeDefaults(const Value& volume);
void validatePersistentVolume(Errors& errors, const Value& volume);
void validatePersistentVolumeUpdate(Errors& errors, const Value& volume, const Value& stored);
void validatePersistentVolumeStatusUpdate(Errors& errors, const Value& volume, const Value& stored);

Value persistentVolumeClaimDefaults(const Value& claim);
void validatePersistentVolumeClaim(Errors& errors, const Value& claim);
void validatePersistentVolumeClaimUpdate(Errors& errors, const Value& claim, const Value& stored);
void validatePersistentVolumeClaimStatusUpdate(Errors& errors, const Value& claim, const Value& stored);
/// ValidatePersistentVolumeClaimSpec, also of a template.
void validatePersistentVolumeClaimSpec(Errors& errors, const FieldPath& path, const Value& spec);
/// NormalizeDataSources: each of dataSource and dataSourceRef fills the other.
Value withBothDataSources(const Value& spec);

/// Where a volume's storage is: the members of PersistentVolumeSource, of which one is set.
std::span<const std::string_view> persistentVolumeSources();
void validatePersistentVolumeSource(Errors& errors, const FieldPath& path, const Value& spec);
/// What volumes and claims have in common: accessModes, storageClassName, volumeMode.
void validateAccessModes(Errors& errors, const FieldPath& path, const Value& spec);
void validateClassAndMode(Errors& errors, const FieldPath& path, const Value& spec);
/// Quantities of a status or capacity: none negative.
void validateBasicResources(Errors& errors, const FieldPath& path, const Value& list);

/// The names of their storage classes: the old annotation counts first. "" for none.
const Value& storageClassOf(const Value& volumeOrClaim);
/// "RWO,ROX,RWX,RWOP" (GetAccessModesAsString).
Value accessModesText(const Value& modes);

}  // namespace pilothouse::api
