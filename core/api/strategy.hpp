#pragma once

#include "core/value/value.hpp"

namespace pilothouse::api {

/// Tools of the kinds' strategies (pkg/registry). All keep the handle of what they do not change.

/// metadata.generation 1, and one more than the stored object's.
Value withFirstGeneration(const Value& object);
Value withNextGeneration(const Value& object, const Value& stored);
/// The object with the member as the stored object has it, or without it.
Value takenFrom(const Value& object, Key member, const Value& stored);
/// True when anything but metadata and status differs.
bool specChanged(const Value& object, const Value& stored);

}  // namespace pilothouse::api
