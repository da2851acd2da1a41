#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pilothouse::api {

/// Where in an object validation is (field.Path): "spec.containers[0].resources.limits[cpu]".
///
/// A link to its parent, so that a path costs nothing until an error prints it. The parent must outlive it,
/// therefore a temporary has no children. A name may hold several steps:
/// `spec.child("securityContext.fsGroup")`.
class FieldPath {
 public:
  explicit FieldPath(std::string_view name) : name_(name) {}

  [[nodiscard]] FieldPath child(std::string_view name) const& { return {this, name, kNoIndex, {}}; }
  [[nodiscard]] FieldPath item(std::size_t index) const& { return {this, {}, index, {}}; }
  [[nodiscard]] FieldPath item(std::string_view name, std::size_t index) const& {
    return {this, name, index, {}};
  }
  [[nodiscard]] FieldPath key(std::string_view key) const& { return {this, {}, kKey, key}; }
  [[nodiscard]] FieldPath key(std::string_view name, std::string_view key) const& {
    return {this, name, kKey, key};
  }
  FieldPath child(std::string_view) const&& = delete;
  FieldPath item(std::size_t) const&& = delete;
  FieldPath item(std::string_view, std::size_t) const&& = delete;
  FieldPath key(std::string_view) const&& = delete;
  FieldPath key(std::string_view, std::string_view) const&& = delete;

  [[nodiscard]] std::string text() const;

 private:
  static constexpr std::size_t kNoIndex = static_cast<std::size_t>(-1);
  static constexpr std::size_t kKey = static_cast<std::size_t>(-2);

  FieldPath(const FieldPath* parent, std::string_view name, std::size_t index, std::string_view key)
      : parent_(parent), name_(name), key_(key), index_(index) {}

  const FieldPath* parent_ = nullptr;
  std::string_view name_;
  std::string_view key_;
  std::size_t index_ = kNoIndex;
};

}  // namespace pilothouse::api
