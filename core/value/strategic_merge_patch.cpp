#include <algorithm>
#include <optional>

#include "core/value/go_print.hpp"
#include "core/value/mutable_object.hpp"
#include "core/value/strategic_patch.hpp"

namespace pilothouse::strategic {
namespace {

constexpr const char* kBadSetOrder = "invalid patch format of setElementOrder list";
constexpr const char* kBadRetainKeys = "invalid patch format of retainKeys";
constexpr const char* kBadDeleteList = "invalid patch format of primitive list";

bool isDirectiveKey(Key key) {
  const std::string_view text = key.text();
  return text.starts_with('$') && (key == kDirective || key == kRetainKeys ||
                                   text.starts_with(kSetOrderPrefix) || text.starts_with(kDeleteListPrefix));
}

/// "finalizers" of "$deleteFromPrimitiveList/finalizers"; nothing when the key is another.
std::optional<Key> fieldOf(Key key, std::string_view prefix) {
  const std::string_view text = key.text();
  if (!text.starts_with(prefix) || text.size() <= prefix.size() || text[prefix.size()] != '/') {
    return std::nullopt;
  }
  return Key::intern(text.substr(prefix.size() + 1));
}

/// The items of the patch stand in the order that $setElementOrder gives, and are all named there.
std::string checkOrder(const Items& patch, const Items& order, Key mergeKey, bool keyed) {
  if (patch.empty() || order.empty()) return {};
  std::size_t inOrder = 0;
  for (const Value& item : patch) {
    if (keyed && !item.isObject()) return badType("map[string]interface {}", item);
    if (item.isObject() && item.has(kDirective)) continue;
    for (;; ++inOrder) {
      if (inOrder >= order.size()) {
        return "The order in patch list:\n" + goPrint(Value::array(std::span<const Value>(patch))) +
               "\n doesn't match $setElementOrder list:\n" +
               goPrint(Value::array(std::span<const Value>(order))) + "\n";
      }
      const Value& placed = order[inOrder];
      if (keyed && !placed.isObject()) return badType("map[string]interface {}", placed);
      if (keyed && !item.has(mergeKey)) return noMergeKey(item, mergeKey);
      if (keyed && !placed.has(mergeKey)) return noMergeKey(placed, mergeKey);
      if (keyed ? item[mergeKey] == placed[mergeKey] : item == placed) break;
    }
    ++inOrder;
  }
  return {};
}

Items withoutDuplicates(const Items& a, const Items& b) {
  Items all;
  ItemIndex seen({}, Key(), false);
  for (const Items* list : {&a, &b}) {
    for (const Value& item : *list) {
      if (seen.find(item) != ItemIndex::npos) continue;
      seen.add(item);
      all.push_back(item);
    }
  }
  return all;
}

Value listOf(const Items& items, const Value& original) {
  const auto before = original.items();
  const bool same = original.isArray() && before.size() == items.size() &&
                    std::equal(items.begin(), items.end(), before.begin(),
                               [](const Value& a, const Value& b) { return a.sameAs(b); });
  return same ? original : Value::array(std::span<const Value>(items));
}

}  // namespace

/// One level of a merge: the original while it changes, and what is left of the patch.
class ObjectMerge {
 public:
  ObjectMerge(Merger& merger, const Value& original, const Value& patch, const void* type)
      : merger_(merger),
        original_(original.isObject() ? original : Value::emptyObject()),
        patch_(patch),
        type_(type) {}

  Value run() {
    retainKeys();
    if (!merger_.failed()) setElementOrders();
    const std::vector<Value::Member> rest = patch_.members();
    for (const Value::Member& member : rest) {
      if (merger_.failed()) return {};
      mergeMember(member.key, member.value);
    }
    return merger_.failed() ? Value() : original_.build();
  }

 private:
  void retainKeys() {
    const Value* found = patch_.get(kRetainKeys);
    if (found == nullptr) return;
    const Value list = *found;
    patch_.remove(kRetainKeys);
    if (merger_.mode_ == Mode::Join) {
      const Value* before = original_.get(kRetainKeys);
      if (before != nullptr && !(*before == list)) {
        merger_.fail(goPrint(*before) + " and " + goPrint(list) +
                     " are not deep equal: this may happen when calculating the 3-way diff patch");
      } else {
        original_.set(kRetainKeys, list);
      }
      return;
    }
    if (!list.isArray()) return merger_.fail(kBadRetainKeys);
    MutableObject kept;
    for (const Value& name : list.items()) {
      if (name.isString()) kept.set(Key::intern(name.asString()), true);
    }
    for (const Value::Member& member : patch_.members()) {
      if (member.value.isNull() || member.key.text().starts_with(kSetOrderPrefix) ||
          member.key.text().starts_with(kDeleteListPrefix)) {
        continue;
      }
      if (kept.get(member.key) == nullptr) return merger_.fail(kBadRetainKeys);
    }
    const std::vector<Value::Member> before = original_.members();
    for (const Value::Member& member : before) {
      if (kept.get(member.key) == nullptr) original_.remove(member.key);
    }
  }

  void setElementOrders() {
    const std::vector<Value::Member> all = patch_.members();
    for (const Value::Member& member : all) {
      if (!member.key.text().starts_with(kSetOrderPrefix)) continue;
      if (merger_.mode_ == Mode::Join) {
        const Value* before = original_.get(member.key);
        if (before != nullptr && !(*before == member.value)) return merger_.fail(kBadSetOrder);
        original_.set(member.key, member.value);
      }
      patch_.remove(member.key);
      const auto key = fieldOf(member.key, kSetOrderPrefix);
      if (!key) return merger_.fail(kBadSetOrder);
      setElementOrder(*key, member.value);
      if (merger_.failed()) return;
    }
  }

  void setElementOrder(Key key, const Value& orderList) {
    if (!orderList.isArray()) return merger_.fail(badType("[]interface {}", orderList));
    const Value original = original_.get(key) != nullptr ? *original_.get(key) : Value();
    const Value patch = patch_.get(key) != nullptr ? *patch_.get(key) : Value();
    const bool inOriginal = original_.get(key) != nullptr;
    const bool inPatch = patch_.get(key) != nullptr;
    if (inOriginal && !original.isArray()) return merger_.fail(badType("[]interface {}", original));
    if (inPatch && !patch.isArray()) return merger_.fail(badType("[]interface {}", patch));
    const PatchSchema::Field field = merger_.schema_.field(type_, key);
    if (!field.known) return merger_.fail(unknownField(merger_.schema_, type_, key));
    const bool keyed = !field.mergeKey.empty();
    const Key mergeKey = Key::intern(field.mergeKey);
    const Items order = itemsOf(orderList);
    if (const std::string error = checkOrder(itemsOf(patch), order, mergeKey, keyed); !error.empty()) {
      return merger_.fail(error);
    }
    if (!inOriginal && !inPatch) return;
    Value merged = original;
    if (!inOriginal) {
      merger_.cleaned(patch, merged);
    } else if (inPatch) {
      merged = merger_.mergeLists(original, patch, field, false);
    }
    if (merger_.failed()) return;
    store(key, original, patch, merged, order, mergeKey, keyed);
  }

  void store(Key key, const Value& original, const Value& patch, const Value& merged, const Items& order,
             Key mergeKey, bool keyed) {
    bool ofObjects = false;
    std::string error = elementType(itemsOf(original), itemsOf(patch), ofObjects);
    Items items = itemsOf(merged);
    if (error.empty()) error = orderItems(items, order, itemsOf(original), mergeKey, keyed);
    if (!error.empty()) return merger_.fail(error);
    original_.set(key, listOf(items, original));
    patch_.remove(key);
  }

  void mergeMember(Key key, const Value& patch) {
    const bool deletes = key.text().starts_with(kDeleteListPrefix);
    if (deletes) {
      if (merger_.mode_ == Mode::Join) return original_.set(key, patch);
      const auto field = fieldOf(key, kDeleteListPrefix);
      if (!field) return merger_.fail(kBadDeleteList);
      key = *field;
    }
    if (patch.isNull()) {
      original_.remove(key);
      if (merger_.mode_ == Mode::Apply) return;
    }
    const Value* found = original_.get(key);
    if (found == nullptr || found->type() != patch.type() || !(patch.isObject() || patch.isArray())) {
      if (!deletes) replaceMember(key, patch);
      return;
    }
    const Value before = *found;
    const PatchSchema::Field field = merger_.schema_.field(type_, key);
    if (!field.known) return merger_.fail(unknownField(merger_.schema_, type_, key));
    original_.set(key, patch.isObject() ? merger_.mergeObjects(before, patch, field.type)
                                        : merger_.mergeLists(before, patch, field, deletes));
  }

  void replaceMember(Key key, const Value& patch) {
    Value kept;
    if (!merger_.cleaned(patch, kept)) return original_.remove(key);
    // An equal value leaves the node as it is, and so the whole path above it.
    const Value* before = original_.get(key);
    if (before == nullptr || !(*before == kept)) original_.set(key, std::move(kept));
  }

  Merger& merger_;
  MutableObject original_;
  MutableObject patch_;
  const void* type_;
};

bool Merger::cleaned(const Value& value, Value& result) const {
  result = value;
  if (value.isArray()) {
    Items kept;
    for (const Value& item : value.items()) {
      Value clean;
      if (cleaned(item, clean)) kept.push_back(std::move(clean));
    }
    result = listOf(kept, value);
  } else if (value.isObject()) {
    if (value.has(kDirective)) return false;
    MutableObject kept(value);
    for (std::size_t i = 0; i < value.size(); ++i) {
      const Key key = value.memberKeys()[i];
      const Value& member = value.memberValues()[i];
      Value clean;
      const bool dropped = mode_ == Mode::Apply && (member.isNull() || isDirectiveKey(key));
      if (dropped || !cleaned(member, clean)) {
        kept.remove(key);
      } else {
        kept.set(key, std::move(clean));
      }
    }
    result = kept.build();
  }
  return true;
}

Value Merger::mergeObjects(const Value& original, const Value& patch, const void* type) {
  if (const Value& directive = patch[kDirective]; patch.has(kDirective)) {
    if (directive.asString() == "replace") return patch.without(kDirective);
    if (directive.asString() == "delete") return Value::emptyObject();
    fail("unknown patch type: " + goPrint(directive) + " in map: " + goPrint(patch));
    return {};
  }
  return ObjectMerge(*this, original, patch, type).run();
}

Value Merger::mergeLists(const Value& original, const Value& patch, const PatchSchema::Field& field,
                         bool deletes) {
  if (!field.mergeList && !deletes) return original == patch ? original : patch;
  Items before = itemsOf(original);
  Items change = itemsOf(patch);
  if (before.empty() && change.empty()) return original;
  bool ofObjects = false;
  std::string error = elementType(before, change, ofObjects);
  if (!error.empty()) {
    fail(error);
    return {};
  }
  const Key mergeKey = Key::intern(field.mergeKey);
  Items merged;
  if (!ofObjects) {
    if (mode_ == Mode::Apply && deletes) {
      const ItemIndex gone(change, Key(), false);
      std::copy_if(before.begin(), before.end(), std::back_inserter(merged),
                   [&](const Value& item) { return gone.find(item) == ItemIndex::npos; });
      return listOf(merged, original);
    }
    merged = withoutDuplicates(before, change);
  } else {
    if (field.mergeKey.empty()) {
      fail("cannot merge lists without merge key for " + std::string(schema_.typeName(field.type)));
      return {};
    }
    if (!takeSpecialItems(before, change, mergeKey)) return {};
    merged = mergeItems(before, change, mergeKey, field.type);
    if (failed()) return {};
  }
  error = orderItems(merged, change, before, mergeKey, ofObjects);
  if (!error.empty()) fail(error);
  return listOf(merged, original);
}

bool Merger::takeSpecialItems(Items& original, Items& patch, Key mergeKey) {
  Items rest;
  Items gone;
  bool replace = false;
  for (const Value& item : patch) {
    const std::string_view directive = item[kDirective].asString();
    if (!item.has(kDirective)) {
      rest.push_back(item);
    } else if (directive == "delete") {
      if (!item.has(mergeKey)) {
        fail(noMergeKey(item, mergeKey));
        return false;
      }
      gone.push_back(item);
    } else if (directive == "replace") {
      replace = true;
    } else if (directive == "merge") {
      fail("merging lists cannot yet be specified in the patch");
      return false;
    } else {
      fail("unknown patch type: " + goPrint(item[kDirective]) + " in map: " + goPrint(item));
      return false;
    }
  }
  const ItemIndex deleted(gone, mergeKey, true);
  std::erase_if(original, [&](const Value& item) {
    return item.has(mergeKey) && deleted.find(item) != ItemIndex::npos;
  });
  patch = std::move(rest);
  if (replace) {
    original = std::move(patch);
    patch.clear();
  }
  return true;
}

Items Merger::mergeItems(const Items& original, const Items& patch, Key mergeKey, const void* type) {
  Items merged = original;
  ItemIndex index(merged, mergeKey, true);
  for (const Value& item : patch) {
    if (!item.has(mergeKey)) {
      fail(noMergeKey(item, mergeKey));
      return {};
    }
    const std::size_t at = index.find(item);
    if (at == ItemIndex::npos) {
      index.add(item);
      merged.push_back(item);
    } else {
      merged[at] = mergeObjects(merged[at], item, type);
    }
    if (failed()) return {};
  }
  return merged;
}

}  // namespace pilothouse::strategic

namespace pilothouse {

Patched applyStrategicMergePatch(const Value& target, const Value& patch, const PatchSchema& schema,
                                 const void* type) {
  if (!patch.isObject()) return {target, "invalid JSON document"};
  strategic::Merger merger(schema, strategic::Mode::Apply);
  Value merged = merger.mergeObjects(target, patch, type);
  if (merger.failed()) return {target, merger.error()};
  return {std::move(merged)};
}

}  // namespace pilothouse
