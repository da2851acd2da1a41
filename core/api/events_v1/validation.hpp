#pragma once

#include "core/api/validation/errors.hpp"

namespace pilothouse::api {

/// ValidateEventCreate and ValidateEventUpdate of requests in events.k8s.io/v1: stricter than v1. The events
/// are in the form of v1, as they are kept.
void validateNewStyleEvent(Errors& errors, const Value& event);
void validateNewStyleEventUpdate(Errors& errors, const Value& event, const Value& stored);

}  // namespace pilothouse::api
