#include "core/api/validation/int_or_percent.hpp"

namespace pilothouse::api {
namespace {

bool isShare(const Value& value) { return value.isString() && isPercent(value.asString()).empty(); }

}  // namespace

void validateIntOrPercent(Errors& errors, const FieldPath& path, const Value& value) {
  if (value.isString()) {
    errors.invalid(path, value, isPercent(value.asString()));
  } else {
    errors.nonNegative(path, value);
  }
}

void validateNotMoreThanAll(Errors& errors, const FieldPath& path, const Value& value) {
  if (isShare(value) && intOrPercentAmount(value) > 100) {
    errors.invalid(path, value, "must not be greater than 100%");
  }
}

std::int64_t intOrPercentAmount(const Value& value) {
  if (!isShare(value)) return value.asInt(0);
  std::int64_t amount = 0;
  for (const char c : value.asString()) {
    if (c >= '0' && c <= '9' && amount < 1'000'000) amount = amount * 10 + (c - '0');
  }
  return amount;
}

}  // namespace pilothouse::api
