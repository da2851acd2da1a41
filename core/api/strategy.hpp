#pragma once

#include "core/value/value.hpp"

namespace pilothouse::api {

/// Tools of the kinds' strategies (pkg/registry). All keep the handle of what they do not change.

/// metadata.generation 1, and one more than the stored object's.
Value withFirstGeneration(const Value& object);
Value withNextGeneration(const Value& object, const Value& stored);
/// The object with the member as the stored object has it, or without it.
Value takenFrom(const Value& object, Key member, const Value& stored);
/// A new object: generation 1 and the status as it begins, which may hold the counts that are always told.
Value begun(const Value& object, const Value& status);
/// True when anything but metadata and status differs.
bool specChanged(const Value& object, const Value& stored);

}  // namespace pilothouse::api
