#pragma once

#include <span>

#include "core/api/validation/errors.hpp"

namespace pilothouse::api {

/// pkg/apis/scheduling: validation of PriorityClasses, and those that every cluster has.
void validatePriorityClass(Errors& errors, const Value& priorityClass);
void validatePriorityClassUpdate(Errors& errors, const Value& priorityClass, const Value& stored);

struct SystemPriorityClass {
  std::string_view name;
  std::int64_t value;
  std::string_view description;
};
std::span<const SystemPriorityClass> systemPriorityClasses();

}  // namespace pilothouse::api
