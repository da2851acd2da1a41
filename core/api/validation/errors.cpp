#include "core/api/validation/errors.hpp"

#include <algorithm>
#include <string>
#include <unordered_set>
#include <utility>

#include "core/api/quote.hpp"

namespace pilothouse::api {
namespace {

constexpr std::size_t kDepthMax = 200;
constexpr std::size_t kErrorsMax = 1000;

bool equalToDepth(const Value& a, const Value& b, std::size_t depth);

bool equalMembers(const Value& a, const Value& b, std::size_t depth) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!equalToDepth(a.memberValues()[i], b[a.memberKeys()[i]], depth)) return false;
  }
  for (std::size_t i = 0; i < b.size(); ++i) {
    if (!a.has(b.memberKeys()[i]) && !isNothing(b.memberValues()[i])) return false;
  }
  return true;
}

bool equalToDepth(const Value& a, const Value& b, std::size_t depth) {
  if (a.sameAs(b)) return true;
  if (isNothing(a) || isNothing(b)) return isNothing(a) && isNothing(b);
  if (depth == 0) return false;
  if (a.isObject() && b.isObject()) return equalMembers(a, b, depth - 1);
  if (!a.isArray() || !b.isArray()) return a == b;
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!equalToDepth(a.items()[i], b.items()[i], depth - 1)) return false;
  }
  return true;
}

}  // namespace

bool isNothing(const Value& value) {
  if (value.isString()) return value.asString().empty();
  return value.isNull() || ((value.isArray() || value.isObject()) && value.empty());
}

bool semanticallyEqual(const Value& a, const Value& b) { return equalToDepth(a, b, kDepthMax); }

void Errors::add(FieldError::Type type, const FieldPath& path, const Value& bad, std::string_view detail) {
  if (++found_ > kErrorsMax) return;
  errors_.push_back({type, path.text(), std::string(detail), bad});
}

void Errors::required(const FieldPath& path, std::string_view detail) {
  add(FieldError::Type::Required, path, "", detail);
}

void Errors::invalid(const FieldPath& path, const Value& bad, std::string_view detail) {
  add(FieldError::Type::Invalid, path, bad, detail);
}

void Errors::invalid(const FieldPath& path, const Value& bad, const Messages& messages) {
  for (const std::string& message : messages) add(FieldError::Type::Invalid, path, bad, message);
}

void Errors::invalidPart(const FieldPath& path, std::string_view detail) {
  const std::size_t before = errors_.size();
  add(FieldError::Type::Invalid, path, Value(), detail);
  if (errors_.size() > before) errors_.back().omitsValue = true;
}

void Errors::notSupported(const FieldPath& path, const Value& bad,
                          std::initializer_list<std::string_view> supported) {
  std::string detail = "supported values: ";
  bool first = true;
  for (const std::string_view value : supported) {
    if (!first) detail += ", ";
    first = false;
    detail += quoted(value);
  }
  add(FieldError::Type::NotSupported, path, bad, detail);
}

void Errors::duplicate(const FieldPath& path, const Value& bad, std::string_view detail) {
  add(FieldError::Type::Duplicate, path, bad, detail);
}

void Errors::forbidden(const FieldPath& path, std::string_view detail) {
  add(FieldError::Type::Forbidden, path, "", detail);
}

void Errors::notFound(const FieldPath& path, const Value& bad, std::string_view detail) {
  add(FieldError::Type::NotFound, path, bad, detail);
}

void Errors::requiredOneOf(const FieldPath& path, const Value& value,
                           std::initializer_list<std::string_view> supported) {
  if (value.asString().empty()) return required(path);
  if (std::find(supported.begin(), supported.end(), value.asString()) != supported.end()) return;
  notSupported(path, value, supported);
}

void Errors::tooLong(const FieldPath& path, std::size_t bytesMax) {
  add(FieldError::Type::TooLong, path, "", "may not be more than " + std::to_string(bytesMax) + " bytes");
}

void Errors::tooMany(const FieldPath& path, std::size_t actual, std::size_t itemsMax) {
  add(FieldError::Type::TooMany, path, static_cast<std::int64_t>(actual),
      "must have at most " + std::to_string(itemsMax) + " items");
}

void Errors::nonNegative(const FieldPath& path, const Value& number) {
  if (number.asInt() < 0) invalid(path, number, kNotNegative);
}

void Errors::immutable(const FieldPath& path, const Value& now, const Value& before) {
  if (!semanticallyEqual(now, before)) invalid(path, now, kFieldImmutable);
}

FieldErrors Errors::take() {
  if (errors_.size() < 2) return std::move(errors_);
  FieldErrors once;
  std::unordered_set<std::string> seen;
  for (FieldError& error : errors_) {
    if (seen.insert(error.text()).second) once.push_back(std::move(error));
  }
  errors_.clear();
  return once;
}

}  // namespace pilothouse::api
