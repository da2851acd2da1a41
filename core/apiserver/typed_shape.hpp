#pragma once

#include <vector>

#include "core/api/schema/schema.hpp"
#include "core/value/field_set.hpp"
#include "core/value/value.hpp"

/// What typed_fields*.cpp share: how a value of a type is taken apart. Private to core/apiserver.
namespace pilothouse::apiserver::typed {

/// A type, and the field that has it: how lists are merged is the field's matter.
struct Shape {
  api::schema::Type type;
  api::schema::Field field;

  enum class Form : std::uint8_t { Leaf, Struct, Map, Associative };
  [[nodiscard]] Form form() const;
  /// Of an associative list: the item's path element; false when it lacks a key.
  bool element(const Value& item, Key& element) const;
  /// The keys of an associative list of structs: empty for a set.
  [[nodiscard]] std::string_view keys() const;
  [[nodiscard]] Shape item() const { return {type.element(), {}}; }
};

/// Finds the fields of a struct for members that come in order of their names.
class FieldCursor {
 public:
  explicit FieldCursor(api::schema::Type type) : type_(type) {}
  /// The shape of the member `key`; its type is none when there is no such field.
  Shape operator()(Key key) {
    while (at_ < type_.fieldCount()) {
      const api::schema::Field field = type_.fieldAt(at_);
      if (field.key() == key) return {field.type(), field};
      if (textLess(key, field.key())) break;
      ++at_;
    }
    return {};
  }

 private:
  api::schema::Type type_;
  std::size_t at_ = 0;
};

/// The path element "f:name" of a field of the table, without a look-up by name.
Key elementOf(const api::schema::Field& field);

/// The shape of a member of a struct or map.
inline Shape memberShape(const Shape& owner, Shape::Form form, FieldCursor& cursor, Key key) {
  return form == Shape::Form::Map ? owner.item() : cursor(key);
}
inline Key memberElement(const Shape& member, Key key) {
  return member.field ? elementOf(member.field) : field_set::fieldElement(key);
}

/// Items of an associative list by their elements, in order; repeated ones once.
class ItemTable {
 public:
  ItemTable(const Shape& list, const Value& items);
  [[nodiscard]] std::size_t size() const { return elements_.size(); }
  [[nodiscard]] Key element(std::size_t at) const { return elements_[at]; }
  [[nodiscard]] const Value& item(std::size_t at) const { return *items_[at]; }
  /// The item with that element, or nothing.
  [[nodiscard]] const Value* find(Key element) const;

 private:
  std::vector<Key> elements_;
  std::vector<const Value*> items_;
  std::vector<std::pair<std::uint32_t, std::size_t>> sorted_;  ///< (id, place) of long lists
};

}  // namespace pilothouse::apiserver::typed
