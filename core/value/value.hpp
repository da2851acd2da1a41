#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/value/key.hpp"

namespace pilothouse {

/// An immutable value tree with shared structure: the engine's form of every Kubernetes object.
///
/// A handle is 16 bytes. Strings of up to 15 bytes, numbers and booleans live in the handle; longer strings,
/// arrays and objects are reference-counted nodes that any number of trees share. Copying a handle is O(1);
/// `with…` copies only the nodes on the changed path. The engine has one thread, so counts are not atomic.
/// Numbers are int64 or double, as in Kubernetes' unstructured JSON. Object members are ordered by key text.
class Value {
 public:
  enum class Type : std::uint8_t { Null, Bool, Int, Double, String, Array, Object };
  struct Member;

  Value() noexcept { bytes_[15] = kNull; }
  Value(std::nullptr_t) noexcept : Value() {}
  Value(bool b) noexcept {
    bytes_[0] = b ? 1 : 0;
    bytes_[15] = kBool;
  }
  template <typename I, std::enable_if_t<std::is_integral_v<I> && !std::is_same_v<I, bool>, int> = 0>
  Value(I i) noexcept {
    put(static_cast<std::int64_t>(i));
    bytes_[15] = kInt;
  }
  Value(double d) noexcept {
    put(d);
    bytes_[15] = kDouble;
  }
  Value(std::string_view text);
  Value(const char* text) : Value(std::string_view(text)) {}
  Value(const std::string& text) : Value(std::string_view(text)) {}

  static Value array(std::span<const Value> items);
  static Value array(std::initializer_list<Value> items) {
    return array(std::span<const Value>(items.begin(), items.size()));
  }
  /// Members in any order; a later duplicate wins.
  static Value object(std::initializer_list<Member> members);
  static Value object(std::span<const Member> members);
  static Value emptyArray() { return array(std::span<const Value>()); }
  static Value emptyObject();

  Value(const Value& other) noexcept {
    std::memcpy(bytes_, other.bytes_, 16);
    if (isNode()) retain();
  }
  Value(Value&& other) noexcept {
    std::memcpy(bytes_, other.bytes_, 16);
    other.bytes_[15] = kNull;
  }
  Value& operator=(const Value& other) noexcept {
    Value copy(other);
    swap(copy);
    return *this;
  }
  Value& operator=(Value&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Value() {
    if (isNode()) release();
  }
  void swap(Value& other) noexcept {
    unsigned char t[16];
    std::memcpy(t, bytes_, 16);
    std::memcpy(bytes_, other.bytes_, 16);
    std::memcpy(other.bytes_, t, 16);
  }

  [[nodiscard]] Type type() const noexcept;
  [[nodiscard]] bool isNull() const noexcept { return bytes_[15] == kNull; }
  [[nodiscard]] bool isBool() const noexcept { return bytes_[15] == kBool; }
  [[nodiscard]] bool isInt() const noexcept { return bytes_[15] == kInt; }
  [[nodiscard]] bool isDouble() const noexcept { return bytes_[15] == kDouble; }
  [[nodiscard]] bool isNumber() const noexcept { return isInt() || isDouble(); }
  [[nodiscard]] bool isString() const noexcept { return bytes_[15] >= kInline || bytes_[15] == kString; }
  [[nodiscard]] bool isArray() const noexcept { return bytes_[15] == kArray; }
  [[nodiscard]] bool isObject() const noexcept { return bytes_[15] == kObject; }

  /// Scalars: the content, or the fallback when the value is of another type. Nothing is converted, except
  /// that asDouble also takes an Int.
  [[nodiscard]] bool asBool(bool fallback = false) const noexcept {
    return isBool() ? bytes_[0] != 0 : fallback;
  }
  [[nodiscard]] std::int64_t asInt(std::int64_t fallback = 0) const noexcept;
  [[nodiscard]] double asDouble(double fallback = 0) const noexcept;
  /// The text, or "" when not a string. The view lives as long as this handle and does not move.
  [[nodiscard]] std::string_view asString() const& noexcept {
    if (bytes_[15] < kInline) return nodeText();
    return {reinterpret_cast<const char*>(bytes_), static_cast<std::size_t>(bytes_[15] - kInline)};
  }
  [[nodiscard]] std::string_view asString() const&& = delete;  // a short text lives in the handle itself
  [[nodiscard]] std::string toString() const { return std::string(asString()); }

  /// Number of items or members; 0 for scalars.
  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }

  /// The item or member, or a null value when there is none (also on scalars).
  [[nodiscard]] const Value& operator[](Key key) const noexcept;
  [[nodiscard]] const Value& operator[](std::string_view key) const;
  [[nodiscard]] const Value& operator[](const char* key) const { return (*this)[std::string_view(key)]; }
  [[nodiscard]] const Value& item(std::size_t index) const noexcept;
  /// Follows a path of keys: `pod.get(keys::metadata, keys::name)`.
  template <typename... Keys>
  [[nodiscard]] const Value& get(Key first, Keys... rest) const noexcept {
    if constexpr (sizeof...(rest) == 0) {
      return (*this)[first];
    } else {
      return (*this)[first].get(rest...);
    }
  }
  [[nodiscard]] bool has(Key key) const noexcept;

  /// All items of an array (empty otherwise), for range-for.
  [[nodiscard]] std::span<const Value> items() const noexcept;
  /// Keys and values of an object, in key-text order; both spans have size() entries (empty otherwise).
  [[nodiscard]] std::span<const Key> memberKeys() const noexcept;
  [[nodiscard]] std::span<const Value> memberValues() const noexcept;

  /// A tree like this one with one change; scalars and null count as an empty object or array. The untouched
  /// rest is shared, and the same handle comes back when the change changes nothing.
  [[nodiscard]] Value with(Key key, Value value) const;
  [[nodiscard]] Value without(Key key) const;
  [[nodiscard]] Value withPath(std::span<const Key> path, Value value) const;
  [[nodiscard]] Value withPath(std::initializer_list<Key> path, Value value) const {
    return withPath(std::span<const Key>(path.begin(), path.size()), std::move(value));
  }
  [[nodiscard]] Value withoutPath(std::initializer_list<Key> path) const;
  [[nodiscard]] Value withItem(std::size_t index, Value value) const;
  [[nodiscard]] Value appended(Value value) const;

  /// Deep equality; shared subtrees are equal at once. Int and Double are equal when the numbers are.
  friend bool operator==(const Value& a, const Value& b) noexcept { return equal(a, b); }
  /// Hash of the content, the same on every platform and run.
  [[nodiscard]] std::uint64_t hash() const noexcept;
  /// Same node or same inline bytes: a cheap sufficient condition for equality.
  [[nodiscard]] bool sameAs(const Value& other) const noexcept {
    return std::memcmp(bytes_, other.bytes_, 16) == 0;
  }
  /// Levels of nesting below and with this value (a scalar is 1).
  [[nodiscard]] std::size_t depth() const noexcept;

 private:
  enum Tag : unsigned char { kNull, kBool, kInt, kDouble, kString, kArray, kObject, kInline = 16 };
  struct Node;
  friend class ObjectBuilder;

  template <typename T>
  void put(T v) noexcept {
    static_assert(sizeof(T) <= 8);
    std::memset(bytes_, 0, 16);  // padding takes part in sameAs
    std::memcpy(bytes_, &v, sizeof(T));
  }
  template <typename T>
  [[nodiscard]] T take() const noexcept {
    T v;
    std::memcpy(&v, bytes_, sizeof(T));
    return v;
  }
  [[nodiscard]] bool isNode() const noexcept { return bytes_[15] >= kString && bytes_[15] <= kObject; }
  [[nodiscard]] std::string_view nodeText() const noexcept;
  static bool equal(const Value& a, const Value& b) noexcept;
  static Value fromNode(Node* node, Tag tag) noexcept;
  void retain() const noexcept;
  void release() noexcept;

  alignas(8) unsigned char bytes_[16] = {};
};

static_assert(sizeof(Value) == 16);

struct Value::Member {
  Key key;
  Value value;
};

/// Collects members and makes an object; setting a key again replaces its value.
class ObjectBuilder {
 public:
  ObjectBuilder() = default;
  /// Starts from the members of `base` (an object, or null for none).
  explicit ObjectBuilder(const Value& base);
  ObjectBuilder& set(Key key, Value value);
  /// Sets the member only when `value` is not null, an empty string, array or object (Go's omitempty).
  ObjectBuilder& setIfAny(Key key, Value value);
  ObjectBuilder& remove(Key key);
  [[nodiscard]] bool has(Key key) const;
  [[nodiscard]] Value build() const;

 private:
  std::vector<Value::Member> members_;
};

}  // namespace pilothouse
