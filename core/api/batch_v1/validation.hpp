#pragma once

#include "core/api/validation/errors.hpp"

namespace pilothouse::api {

/// pkg/apis/batch/validation.
void validateJob(Errors& errors, const Value& job);
void validateJobUpdate(Errors& errors, const Value& job, const Value& stored);
void validateJobStatusUpdate(Errors& errors, const Value& job, const Value& stored);
void validateCronJob(Errors& errors, const Value& cronJob);
void validateCronJobUpdate(Errors& errors, const Value& cronJob, const Value& stored);

/// Of a Job and of a CronJob's job template, without the selector.
void validateJobSpec(Errors& errors, const FieldPath& path, const Value& spec);
void validatePodFailurePolicy(Errors& errors, const FieldPath& path, const Value& spec);
void validateSuccessPolicy(Errors& errors, const FieldPath& path, const Value& spec);

}  // namespace pilothouse::api
