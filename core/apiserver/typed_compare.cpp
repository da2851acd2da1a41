#include <span>
#include <utility>
#include <vector>

#include "core/api/keys.hpp"
#include "core/apiserver/typed_fields.hpp"
#include "core/apiserver/typed_shape.hpp"

namespace pilothouse::apiserver::typed {
namespace {

using Form = Shape::Form;

const Key kManagedFields = Key::intern("managedFields");
const Value kNone;

/// The members of a node of a set that is being made.
class NodeBuilder {
 public:
  void add(Key element, Value node) {
    if (!node.isNull()) members_.push_back({element, std::move(node)});
  }
  [[nodiscard]] Value build() const {
    return members_.empty() ? Value() : Value::object(std::span<const Value::Member>(members_));
  }

 private:
  std::vector<Value::Member> members_;
};

// Everything in `value`, and `value` itself: what is added or removed with it.
Value whole(const Shape& shape, const Value& value) {
  const Form form = shape.form();
  if (form == Form::Leaf || value.empty()) return field_set::leaf();
  NodeBuilder node;
  node.add(field_set::kSelf, field_set::leaf());
  if (form == Form::Associative) {
    const ItemTable items(shape, value);
    const Shape item = shape.item();
    for (std::size_t i = 0; i < items.size(); ++i) node.add(items.element(i), whole(item, items.item(i)));
    return node.build();
  }
  FieldCursor cursor(shape.type);
  for (std::size_t i = 0; i < value.size(); ++i) {
    const Key key = value.memberKeys()[i];
    const Shape member = memberShape(shape, form, cursor, key);
    if (!member.type || key == kManagedFields) continue;
    node.add(memberElement(member, key), whole(member, value.memberValues()[i]));
  }
  return node.build();
}

/// Structs that were added lately, and their sets: the specs of pods of one template are one node.
class KeptSets {
 public:
  Value operator()(const Shape& shape, const Value& value) {
    for (const Kept& kept : kept_) {
      if (kept.value.sameAs(value) && kept.type == shape.type) return kept.set;
    }
    Kept& slot = kept_[next_];
    next_ = (next_ + 1) % kCount;
    slot = {value, shape.type, whole(shape, value)};
    return slot.set;
  }

 private:
  static constexpr std::size_t kCount = 64;
  struct Kept {
    Value value;
    api::schema::Type type;
    Value set;
  };
  std::vector<Kept> kept_ = std::vector<Kept>(kCount);
  std::size_t next_ = 0;
};

Value wholeMember(const Shape& shape, Key key, const Value& value) {
  static KeptSets specs;
  return key == keys::spec && value.isObject() ? specs(shape, value) : whole(shape, value);
}

Comparison compareAt(const Shape& shape, const Value& live, const Value& fresh, Key ignored);

void addPair(NodeBuilder& changed, NodeBuilder& removed, Key element, const Shape& shape, const Value& live,
             const Value& fresh) {
  if (live.sameAs(fresh)) return;
  Comparison both = compareAt(shape, live, fresh, {});
  changed.add(element, std::move(both.changed));
  removed.add(element, std::move(both.removed));
}

Comparison compareMembers(const Shape& shape, Form form, const Value& live, const Value& fresh, Key ignored) {
  NodeBuilder changed;
  NodeBuilder removed;
  FieldCursor cursor(shape.type);
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < live.size() || j < fresh.size()) {
    const bool hasLive = i < live.size();
    const bool hasFresh = j < fresh.size();
    const bool both = hasLive && hasFresh && live.memberKeys()[i] == fresh.memberKeys()[j];
    const bool takesLive =
        both || (hasLive && (!hasFresh || textLess(live.memberKeys()[i], fresh.memberKeys()[j])));
    const Key key = takesLive ? live.memberKeys()[i] : fresh.memberKeys()[j];
    const Value& left = takesLive ? live.memberValues()[i++] : kNone;
    const Value& right = !takesLive || both ? fresh.memberValues()[j++] : kNone;
    if (both && left.sameAs(right)) continue;
    if (key == kManagedFields || (key == ignored && !(ignored == Key()))) continue;
    const Shape member = memberShape(shape, form, cursor, key);
    if (!member.type) continue;
    const Key element = memberElement(member, key);
    if (both) {
      addPair(changed, removed, element, member, left, right);
    } else if (takesLive) {
      removed.add(element, whole(member, left));
    } else {
      changed.add(element, wholeMember(member, key, right));
    }
  }
  return {changed.build(), removed.build()};
}

// The same items in the same places, as most updates leave them; false when they are not.
bool compareInPlace(const Shape& shape, const Value& live, const Value& fresh, Comparison& result) {
  if (live.size() != fresh.size()) return false;
  NodeBuilder changed;
  NodeBuilder removed;
  for (std::size_t i = 0; i < live.size(); ++i) {
    const Value& left = live.item(i);
    const Value& right = fresh.item(i);
    if (left.sameAs(right)) continue;
    Key before;
    Key after;
    if (!shape.element(left, before) || !shape.element(right, after) || !(before == after)) return false;
    addPair(changed, removed, before, shape.item(), left, right);
  }
  result = {changed.build(), removed.build()};
  return true;
}

Comparison compareItems(const Shape& shape, const Value& live, const Value& fresh) {
  Comparison inPlace;
  if (compareInPlace(shape, live, fresh, inPlace)) return inPlace;
  NodeBuilder changed;
  NodeBuilder removed;
  const Shape item = shape.item();
  const ItemTable before(shape, live);
  const ItemTable after(shape, fresh);
  for (std::size_t i = 0; i < before.size(); ++i) {
    const Key element = before.element(i);
    const bool stays = i < after.size() && after.element(i) == element;
    const Value* match = stays ? &after.item(i) : after.find(element);
    if (match == nullptr) {
      removed.add(element, whole(item, before.item(i)));
    } else {
      addPair(changed, removed, element, item, before.item(i), *match);
    }
  }
  for (std::size_t i = 0; i < after.size(); ++i) {
    const Key element = after.element(i);
    const bool stays = i < before.size() && before.element(i) == element;
    if (!stays && before.find(element) == nullptr) changed.add(element, whole(item, after.item(i)));
  }
  return {changed.build(), removed.build()};
}

Comparison compareAt(const Shape& shape, const Value& live, const Value& fresh, Key ignored) {
  const Form form = shape.form();
  if (form == Form::Leaf || (live.empty() && fresh.empty())) {
    return {live == fresh ? Value() : field_set::leaf(), {}};
  }
  if (form == Form::Associative) return compareItems(shape, live, fresh);
  return compareMembers(shape, form, live, fresh, ignored);
}

}  // namespace

Comparison compare(api::schema::Type type, const Value& live, const Value& fresh, Key ignored) {
  if (live.sameAs(fresh)) return {};
  return compareAt({type, {}}, live, fresh, ignored);
}

}  // namespace pilothouse::apiserver::typed
