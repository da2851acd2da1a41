#include "core/apiserver/typed_shape.hpp"

#include <algorithm>
#include <utility>

namespace pilothouse::apiserver::typed {
namespace {

using api::schema::Kind;
using api::schema::ListType;

constexpr std::size_t kScanned = 12;  // up to here a scan is faster than a search

const Key kProtocol = Key::intern("protocol");

}  // namespace

Shape::Form Shape::form() const {
  switch (type.kind()) {
    case Kind::Struct: {
      const bool atomic = field ? field.atomic() : type.atomic();
      return atomic ? Form::Leaf : Form::Struct;
    }
    case Kind::Map:
      return field && field.atomic() ? Form::Leaf : Form::Map;
    case Kind::List: {
      if (!field) return Form::Leaf;
      const ListType list = field.listType();
      if (list == ListType::Map || list == ListType::Set) return Form::Associative;
      return list == ListType::None && field.mergeList() ? Form::Associative : Form::Leaf;
    }
    default:
      return Form::Leaf;
  }
}

std::string_view Shape::keys() const {
  if (field.listType() == ListType::Map) return field.listMapKeys();
  return field.listType() == ListType::None ? field.mergeKey() : std::string_view();
}

bool Shape::element(const Value& item, Key& element) const {
  std::string_view names = keys();
  if (names.empty()) {
    if (item.isNull() || item.isObject() || item.isArray()) return false;
    element = field_set::valueElement(item);
    return true;
  }
  if (!item.isObject()) return false;
  ObjectBuilder made;
  while (!names.empty()) {
    const std::string_view name = names.substr(0, names.find(','));
    names.remove_prefix(std::min(names.size(), name.size() + 1));
    const Key key = Key::intern(name);
    if (item.has(key)) {
      made.set(key, item[key]);
    } else if (key == kProtocol) {
      made.set(key, "TCP");  // the only key that has a default
    } else {
      return false;
    }
  }
  element = field_set::keyElement(made.build());
  return true;
}

Key elementOf(const api::schema::Field& field) {
  static const std::vector<Key> none(api::schema::fieldTotal());
  static std::vector<Key> made = none;
  Key& element = made[field.index()];
  if (element == Key()) element = field_set::fieldElement(field.key());
  return element;
}

ItemTable::ItemTable(const Shape& list, const Value& items) {
  elements_.reserve(items.size());
  items_.reserve(items.size());
  const bool large = items.size() > kScanned;
  for (const Value& item : items.items()) {
    Key element;
    if (!list.element(item, element)) continue;
    if (!large && std::find(elements_.begin(), elements_.end(), element) != elements_.end()) continue;
    if (large) sorted_.emplace_back(element.id(), elements_.size());
    elements_.push_back(element);
    items_.push_back(&item);
  }
  if (!large) return;
  // The first of equal ones counts.
  std::sort(sorted_.begin(), sorted_.end());
  sorted_.erase(std::unique(sorted_.begin(), sorted_.end(),
                            [](const auto& a, const auto& b) { return a.first == b.first; }),
                sorted_.end());
  if (sorted_.size() == elements_.size()) return;
  std::vector<Key> elements;
  std::vector<const Value*> kept;
  for (std::size_t i = 0; i < elements_.size(); ++i) {
    if (find(elements_[i]) != items_[i]) continue;
    elements.push_back(elements_[i]);
    kept.push_back(items_[i]);
  }
  elements_ = std::move(elements);
  items_ = std::move(kept);
  sorted_.clear();
  for (std::size_t i = 0; i < elements_.size(); ++i) sorted_.emplace_back(elements_[i].id(), i);
  std::sort(sorted_.begin(), sorted_.end());
}

const Value* ItemTable::find(Key element) const {
  if (sorted_.empty()) {
    const auto at = std::find(elements_.begin(), elements_.end(), element);
    return at == elements_.end() ? nullptr : items_[static_cast<std::size_t>(at - elements_.begin())];
  }
  const auto at = std::lower_bound(sorted_.begin(), sorted_.end(), element.id(),
                                   [](const auto& entry, std::uint32_t id) { return entry.first < id; });
  return at == sorted_.end() || at->first != element.id() ? nullptr : items_[at->second];
}

}  // namespace pilothouse::apiserver::typed
