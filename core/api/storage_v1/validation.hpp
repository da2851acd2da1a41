#pragma once

#include "core/api/validation/errors.hpp"

namespace pilothouse::api {

/// pkg/apis/storage/validation.
void validateStorageClass(Errors& errors, const Value& storageClass);
void validateStorageClassUpdate(Errors& errors, const Value& storageClass, const Value& stored);
void validateCsiDriver(Errors& errors, const Value& driver);
void validateCsiDriverUpdate(Errors& errors, const Value& driver, const Value& stored);
void validateCsiNode(Errors& errors, const Value& node);
void validateCsiNodeUpdate(Errors& errors, const Value& node, const Value& stored);
void validateVolumeAttachment(Errors& errors, const Value& attachment);
void validateVolumeAttachmentUpdate(Errors& errors, const Value& attachment, const Value& stored);
void validateCsiStorageCapacity(Errors& errors, const Value& capacity);
void validateCsiStorageCapacityUpdate(Errors& errors, const Value& capacity, const Value& stored);

/// ValidateCSIDriverName.
void validateCsiDriverName(Errors& errors, const FieldPath& path, const Value& name);

}  // namespace pilothouse::api
