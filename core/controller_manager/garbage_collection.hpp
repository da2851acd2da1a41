#pragma once

#include <string_view>

#include "core/value/value.hpp"

namespace pilothouse::controller_manager {

inline constexpr std::string_view kForegroundFinalizer = "foregroundDeletion";
inline constexpr std::string_view kOrphanFinalizer = "orphan";

bool hasFinalizer(const Value& object, std::string_view finalizer);
/// Being deleted in the foreground: it waits for its dependents to go first.
bool isDeletingDependents(const Value& object);
/// Being deleted with its dependents to be left behind.
bool isOrphaningDependents(const Value& object);
bool blocksDeletionOf(const Value& dependent, std::string_view ownerUid);

}  // namespace pilothouse::controller_manager
