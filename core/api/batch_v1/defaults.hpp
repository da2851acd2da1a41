#pragma once

#include "core/value/value.hpp"

namespace pilothouse::api {

/// pkg/apis/batch/v1. A Job without labels has those of its template.
Value jobDefaults(const Value& job);
/// The Jobs of a CronJob get theirs when they are created.
Value cronJobDefaults(const Value& cronJob);

}  // namespace pilothouse::api
