#include "core/apiserver/typed_fields.hpp"

#include <span>
#include <utility>

#include "core/apiserver/typed_shape.hpp"

namespace pilothouse::apiserver::typed {
namespace {

using Form = Shape::Form;
using Members = std::vector<Value::Member>;

Value nodeOf(const Members& members) {
  return members.empty() ? Value() : Value::object(std::span<const Value::Member>(members));
}

// A struct's own path is no member, only its fields' are; a map's entries and a list's items are.
Value setOf(const Shape& shape, const Value& value) {
  const Form form = shape.form();
  if (form == Form::Leaf) return field_set::leaf();
  Members node;
  if (form == Form::Associative) {
    const ItemTable items(shape, value);
    for (std::size_t i = 0; i < items.size(); ++i) {
      node.push_back({items.element(i), field_set::withSelf(setOf(shape.item(), items.item(i)))});
    }
    return nodeOf(node);
  }
  FieldCursor cursor(shape.type);
  for (std::size_t i = 0; i < value.size(); ++i) {
    const Key key = value.memberKeys()[i];
    const Value& given = value.memberValues()[i];
    const Shape member = memberShape(shape, form, cursor, key);
    if (!member.type) continue;
    Value below = setOf(member, given);
    const bool isEmpty = given.isNull() || (given.isObject() && given.empty());
    if (isEmpty || form == Form::Map) below = field_set::withSelf(below);
    if (!below.isNull()) node.push_back({memberElement(member, key), std::move(below)});
  }
  return nodeOf(node);
}

Value withNamed(const Shape& shape, const Value& set) {
  if (set.empty() || !shape.type) return set;
  const Form form = shape.form();
  if (form == Form::Leaf) return set;
  Members node;
  FieldCursor cursor(shape.type);
  for (std::size_t i = 0; i < set.size(); ++i) {
    const Key element = set.memberKeys()[i];
    const Value& below = set.memberValues()[i];
    if (element == field_set::kSelf) {
      node.push_back({element, below});
      continue;
    }
    const std::string_view text = element.text();
    const bool named = text.starts_with("f:");
    const bool isStruct = form == Form::Struct;
    const Shape member = form == Form::Associative ? shape.item()
                         : named ? memberShape(shape, form, cursor, Key::intern(text.substr(2)))
                                 : Shape();
    Value next = withNamed(member, below);
    if (isStruct && named && member.type) next = field_set::withSelf(next);
    node.push_back({element, std::move(next)});
  }
  return nodeOf(node);
}

Value without(const Shape& shape, const Value& value, const Value& set);

Value itemsWithout(const Shape& shape, const Value& value, const Value& set) {
  std::vector<Value> kept;
  bool same = true;
  for (const Value& item : value.items()) {
    Key element;
    const bool known = shape.element(item, element);
    const Value& node = known ? set[element] : set[Key()];
    if (field_set::isMember(node)) {
      same = false;
      continue;
    }
    Value rest = node.isNull() ? item : without(shape.item(), item, node);
    same = same && rest.sameAs(item);
    kept.push_back(std::move(rest));
  }
  if (same) return value;
  return kept.empty() ? Value() : Value::array(kept);
}

Value without(const Shape& shape, const Value& value, const Value& set) {
  const Form form = shape.form();
  const bool compound = value.isObject() || value.isArray();
  if (!compound) return value;
  if (form == Form::Leaf || value.empty()) return {};
  if (form == Form::Associative) return itemsWithout(shape, value, set);
  Members kept;
  FieldCursor cursor(shape.type);
  bool same = true;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const Key key = value.memberKeys()[i];
    const Value& given = value.memberValues()[i];
    const Shape member = memberShape(shape, form, cursor, key);
    const Value& node = member.type ? set[memberElement(member, key)] : set[Key()];
    if (field_set::isMember(node)) {
      same = false;
      continue;
    }
    Value rest = node.isNull() ? given : without(member, given, node);
    same = same && rest.sameAs(given);
    kept.push_back({key, std::move(rest)});
  }
  return same ? value : nodeOf(kept);
}

}  // namespace

Value fieldSet(api::schema::Type type, const Value& config) { return setOf({type, {}}, config); }

Value withNamedFields(api::schema::Type type, const Value& set) { return withNamed({type, {}}, set); }

Value withoutItems(api::schema::Type type, const Value& object, const Value& set) {
  if (set.isNull()) return object;
  return without({type, {}}, object, set);
}

}  // namespace pilothouse::apiserver::typed
