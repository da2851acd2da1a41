#include <algorithm>

#include "core/value/go_print.hpp"
#include "core/value/mutable_object.hpp"
#include "core/value/strategic_patch.hpp"

namespace pilothouse::strategic {
namespace {

/// Which of the differences go into the patch.
enum class Part : std::uint8_t { Additions, Deletions };

struct ListDifference {
  Items patch;
  Items deleted;
  Items order;
};

/// The difference of two documents as a strategic merge patch, with $setElementOrder.
class Difference {
 public:
  Difference(const PatchSchema& schema, Part part) : schema_(schema), part_(part) {}

  Value between(const Value& original, const Value& modified, const void* type, bool retainKeys);
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  void compareMember(Key key, const Value& before, const Value& after, const void* type,
                     MutableObject& patch);
  void compareObjects(Key key, const Value& before, const Value& after, const void* type,
                      MutableObject& patch);
  void compareLists(Key key, const Value& before, const Value& after, const void* type, MutableObject& patch);
  ListDifference differenceOfLists(const Items& original, const Items& modified,
                                   const PatchSchema::Field& field);
  void differenceOfScalars(const Items& original, const Items& modified, ListDifference& difference);
  void differenceOfObjects(const Items& original, const Items& modified, const PatchSchema::Field& field,
                           ListDifference& difference);
  void compareItems(const Value& before, const Value& after, const PatchSchema::Field& field,
                    ListDifference& difference);
  [[nodiscard]] bool additions() const { return part_ == Part::Additions; }
  void fail(std::string error) {
    if (error_.empty()) error_ = std::move(error);
  }

  const PatchSchema& schema_;
  Part part_;
  std::string error_;
};

Value arrayOf(const Items& items) { return Value::array(std::span<const Value>(items)); }

bool hasMore(const Value& original, const Value& modified) {
  for (std::size_t i = 0; i < original.size(); ++i) {
    if (!original.memberValues()[i].isNull() && !modified.has(original.memberKeys()[i])) return true;
  }
  return false;
}

Value Difference::between(const Value& original, const Value& modified, const void* type, bool retainKeys) {
  MutableObject patch;
  Items retained;
  for (std::size_t i = 0; i < modified.size() && error_.empty(); ++i) {
    const Key key = modified.memberKeys()[i];
    const Value& after = modified.memberValues()[i];
    if (retainKeys && !after.isNull()) retained.emplace_back(key.text());
    if (original.has(key)) {
      compareMember(key, original[key], after, type, patch);
    } else if (additions()) {
      patch.set(key, after);
    }
  }
  if (!additions()) {
    for (const Key key : original.memberKeys()) {
      if (!modified.has(key)) patch.set(key, Value());
    }
  }
  if (!retained.empty() && (!patch.empty() || hasMore(original, modified))) {
    patch.set(kRetainKeys, arrayOf(retained));
  }
  return patch.build();
}

void Difference::compareMember(Key key, const Value& before, const Value& after, const void* type,
                               MutableObject& patch) {
  if (before.sameAs(after)) return;
  if (key == kDirective) {
    if (!before.isString() || !after.isString()) return fail("invalid value for special key: $patch");
    if (!(before == after)) patch.set(key, after);
  } else if (before.isObject() && after.isObject()) {
    compareObjects(key, before, after, type, patch);
  } else if (before.isArray() && after.isArray()) {
    compareLists(key, before, after, type, patch);
  } else if (additions() && !(before == after)) {
    patch.set(key, after);
  }
}

void Difference::compareObjects(Key key, const Value& before, const Value& after, const void* type,
                                MutableObject& patch) {
  const PatchSchema::Field field = schema_.field(type, key);
  if (!field.known) {
    if (!(before == after)) fail(unknownField(schema_, type, key));
    return;
  }
  Value difference = between(before, after, field.type, field.retainKeys);
  if (!difference.empty()) patch.set(key, std::move(difference));
}

void Difference::compareLists(Key key, const Value& before, const Value& after, const void* type,
                              MutableObject& patch) {
  const PatchSchema::Field field = schema_.field(type, key);
  if (!field.known || !field.mergeList) {
    if (before == after) return;
    if (!field.known) return fail(unknownField(schema_, type, key));
    if (additions()) patch.set(key, after);
    return;
  }
  const ListDifference difference = differenceOfLists(itemsOf(before), itemsOf(after), field);
  if (!error_.empty()) return;
  const auto parallel = [key](std::string_view prefix) {
    return Key::intern(std::string(prefix) + "/" + std::string(key.text()));
  };
  if (!difference.patch.empty()) patch.set(key, arrayOf(difference.patch));
  if (!difference.deleted.empty()) patch.set(parallel(kDeleteListPrefix), arrayOf(difference.deleted));
  if (!difference.order.empty()) patch.set(parallel(kSetOrderPrefix), arrayOf(difference.order));
}

ListDifference Difference::differenceOfLists(const Items& original, const Items& modified,
                                             const PatchSchema::Field& field) {
  ListDifference difference;
  if (original.empty()) {
    if (additions()) difference.patch = modified;
    return difference;
  }
  bool ofObjects = false;
  if (std::string error = elementType(original, modified, ofObjects); !error.empty()) {
    fail(error);
    return difference;
  }
  if (ofObjects) {
    differenceOfObjects(original, modified, field, difference);
    return difference;
  }
  differenceOfScalars(original, modified, difference);
  if (std::string error = sortAs(difference.patch, modified, Key(), false); !error.empty()) fail(error);
  const bool changed = additions() ? original != modified : !difference.deleted.empty();
  if (changed) difference.order = modified;
  return difference;
}

void Difference::differenceOfScalars(const Items& original, const Items& modified,
                                     ListDifference& difference) {
  const ItemIndex before(original, Key(), false);
  const ItemIndex after(modified, Key(), false);
  if (additions()) {
    std::copy_if(modified.begin(), modified.end(), std::back_inserter(difference.patch),
                 [&](const Value& item) { return before.find(item) == ItemIndex::npos; });
    return;
  }
  ItemIndex seen({}, Key(), false);
  for (const Value& item : original) {
    if (after.find(item) != ItemIndex::npos || seen.find(item) != ItemIndex::npos) continue;
    seen.add(item);
    difference.deleted.push_back(item);
  }
  std::stable_sort(difference.deleted.begin(), difference.deleted.end(),
                   [](const Value& a, const Value& b) { return goPrint(a) < goPrint(b); });
}

void Difference::compareItems(const Value& before, const Value& after, const PatchSchema::Field& field,
                              ListDifference& difference) {
  const Key mergeKey = Key::intern(field.mergeKey);
  const Value change = between(before, after, field.type, field.retainKeys);
  if (!change.empty()) difference.patch.push_back(change.with(mergeKey, after[mergeKey]));
}

void Difference::differenceOfObjects(const Items& original, const Items& modified,
                                     const PatchSchema::Field& field, ListDifference& difference) {
  const Key mergeKey = Key::intern(field.mergeKey);
  for (const Items* list : {&original, &modified}) {
    for (const Value& item : *list) {
      if (!item.has(mergeKey)) return fail(noMergeKey(item, mergeKey));
    }
  }
  // Both lists are walked side by side in the order of the merge keys' texts.
  using Named = std::pair<std::string, const Value*>;
  const auto sorted = [mergeKey](const Items& items) {
    std::vector<Named> all;
    for (const Value& item : items) all.emplace_back(goPrint(item[mergeKey]), &item);
    std::stable_sort(all.begin(), all.end(),
                     [](const Named& a, const Named& b) { return a.first < b.first; });
    return all;
  };
  const std::vector<Named> before = sorted(original);
  const std::vector<Named> after = sorted(modified);
  Items deleted;
  for (std::size_t i = 0, j = 0; (i < before.size() || j < after.size()) && error_.empty();) {
    if (i < before.size() && j < after.size() && before[i].first == after[j].first) {
      compareItems(*before[i++].second, *after[j++].second, field, difference);
    } else if (i >= before.size() || (j < after.size() && before[i].first > after[j].first)) {
      if (additions()) difference.patch.push_back(*after[j].second);
      ++j;
    } else {
      const Value key = (*before[i++].second)[mergeKey];
      if (!additions()) deleted.push_back(Value::object({{mergeKey, key}, {kDirective, "delete"}}));
    }
  }
  if (!error_.empty()) return;
  if (std::string error = sortAs(difference.patch, modified, mergeKey, true); !error.empty())
    return fail(error);
  difference.patch.insert(difference.patch.end(), deleted.begin(), deleted.end());
  const bool sameOrder =
      std::equal(original.begin(), original.end(), modified.begin(), modified.end(),
                 [mergeKey](const Value& a, const Value& b) { return a[mergeKey] == b[mergeKey]; });
  if (!difference.patch.empty() || (additions() && !sameOrder)) {
    for (const Value& item : modified) {
      difference.order.push_back(Value::object({{mergeKey, item[mergeKey]}}));
    }
  }
}

}  // namespace
}  // namespace pilothouse::strategic

namespace pilothouse {

Patched createThreeWayMergePatch(const Value& original, const Value& modified, const Value& current,
                                 const PatchSchema& schema, const void* type) {
  using strategic::Difference;
  using strategic::Part;
  for (const Value* document : {&original, &modified, &current}) {
    if (!document->isObject() && !document->isNull()) return {{}, "invalid JSON document"};
  }
  // Added and changed is what differs from the live object; deleted is what the last apply had and this one
  // has not.
  Difference changes(schema, Part::Additions);
  const Value added = changes.between(current, modified, type, false);
  if (!changes.error().empty()) return {{}, changes.error()};
  Difference losses(schema, Part::Deletions);
  const Value deleted = losses.between(original, modified, type, false);
  if (!losses.error().empty()) return {{}, losses.error()};
  strategic::Merger merger(schema, strategic::Mode::Join);
  Value patch = merger.mergeObjects(deleted, added, type);
  if (merger.failed()) return {{}, merger.error()};
  return {patch.empty() ? Value() : std::move(patch)};
}

}  // namespace pilothouse
