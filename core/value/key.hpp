#pragma once

#include <cstdint>
#include <string_view>

namespace pilothouse {

namespace detail {

/// What the intern table knows of a key.
struct KeyText {
  std::string_view text;
  std::uint64_t start = 0;  ///< its first eight bytes as a number that orders as they do
};
extern const KeyText* keyTexts;  ///< by id; never null

}  // namespace detail

/// An interned object key: four bytes, equal exactly when the texts are equal.
///
/// The intern table behind it is the engine's one process-wide structure. It is a pure cache: ids never
/// reach an event, an order or an output, so two runs that intern in another order behave the same.
class Key {
 public:
  constexpr Key() = default;  ///< The empty key "".

  /// Interns `text`; the same text gives the same key for the life of the process.
  static Key intern(std::string_view text);

  /// The text; valid for the life of the process.
  [[nodiscard]] std::string_view text() const { return detail::keyTexts[id_].text; }

  [[nodiscard]] constexpr std::uint32_t id() const { return id_; }
  friend constexpr bool operator==(Key a, Key b) { return a.id_ == b.id_; }

 private:
  explicit constexpr Key(std::uint32_t id) : id_(id) {}
  std::uint32_t id_ = 0;
};

/// Order by text (bytes), which is the order of keys in an object and in printed JSON.
inline bool textLess(Key a, Key b) {
  const detail::KeyText& left = detail::keyTexts[a.id()];
  const detail::KeyText& right = detail::keyTexts[b.id()];
  return left.start != right.start ? left.start < right.start : left.text < right.text;
}

}  // namespace pilothouse
