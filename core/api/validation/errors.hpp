#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "core/api/status.hpp"
#include "core/api/validation/field_path.hpp"
#include "core/api/validation/formats.hpp"

namespace pilothouse::api {

inline constexpr std::string_view kFieldImmutable = "field is immutable";
inline constexpr std::string_view kNotNegative = "must be greater than or equal to 0";
inline constexpr std::string_view kNotPositive = "must be greater than zero";

/// Collects what is wrong with an object; its functions are named as field.Required, field.Invalid and so on.
class Errors {
 public:
  void required(const FieldPath& path, std::string_view detail = {});
  void invalid(const FieldPath& path, const Value& bad, std::string_view detail);
  /// One error a message.
  void invalid(const FieldPath& path, const Value& bad, const Messages& messages);
  /// Of a part whose value says nothing (field.OmitValueType).
  void invalidPart(const FieldPath& path, std::string_view detail);
  void notSupported(const FieldPath& path, const Value& bad,
                    std::initializer_list<std::string_view> supported);
  void duplicate(const FieldPath& path, const Value& bad, std::string_view detail = {});
  void forbidden(const FieldPath& path, std::string_view detail);
  void notFound(const FieldPath& path, const Value& bad, std::string_view detail = {});
  /// Required, or not supported unless it is one of these.
  void requiredOneOf(const FieldPath& path, const Value& value,
                     std::initializer_list<std::string_view> supported);
  void tooLong(const FieldPath& path, std::size_t bytesMax);
  void tooMany(const FieldPath& path, std::size_t actual, std::size_t itemsMax);

  /// ValidateNonnegativeField; an absent number is 0.
  void nonNegative(const FieldPath& path, const Value& number);
  /// ValidateImmutableField; absent, null and empty are the same.
  void immutable(const FieldPath& path, const Value& now, const Value& before);

  /// How many were found, also those beyond what is told.
  [[nodiscard]] std::size_t size() const { return found_; }
  [[nodiscard]] bool empty() const { return found_ == 0; }
  /// The errors in the order in which they were found, each once, a thousand at most: a manifest of megabytes
  /// may be wrong everywhere, and nobody reads that.
  [[nodiscard]] FieldErrors take();

 private:
  void add(FieldError::Type type, const FieldPath& path, const Value& bad, std::string_view detail);

  FieldErrors errors_;
  std::size_t found_ = 0;
};

/// null, "", [] and {}: what Go leaves out of an object.
bool isNothing(const Value& value);
/// Equal as Kubernetes compares (apiequality.Semantic.DeepEqual): nothing is nothing, in any form, at any
/// depth.
bool semanticallyEqual(const Value& a, const Value& b);

}  // namespace pilothouse::api
