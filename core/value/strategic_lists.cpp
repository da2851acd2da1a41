#include <algorithm>

#include "core/value/go_print.hpp"
#include "core/value/go_quote.hpp"
#include "core/value/strategic_patch.hpp"

namespace pilothouse::strategic {

const Key kDirective = Key::intern("$patch");
const Key kRetainKeys = Key::intern("$retainKeys");

namespace {

constexpr std::size_t kScanned = 16;  // up to here looking at all is faster than hashing

}  // namespace

ItemIndex::ItemIndex(const Items& items, Key mergeKey, bool ofObjects)
    : mergeKey_(mergeKey), ofObjects_(ofObjects) {
  identities_.reserve(items.size());
  for (const Value& item : items) add(item);
}

void ItemIndex::add(const Value& item) {
  identities_.push_back(identity(item));
  if (identities_.size() <= kScanned) return;
  for (std::size_t at = table_.size() == 0 ? 0 : identities_.size() - 1; at < identities_.size(); ++at)
    place(at);
}

void ItemIndex::place(std::size_t at) {
  const std::uint64_t hash = identities_[at].hash();
  if (placed(identities_[at], hash) == SlotTable::kNone) {
    table_.insert(hash, static_cast<SlotTable::Id>(at));
  }
}

SlotTable::Id ItemIndex::placed(const Value& identity, std::uint64_t hash) const {
  return table_.find(hash, [&](SlotTable::Id at) { return identities_[at] == identity; });
}

std::size_t ItemIndex::find(const Value& item) const {
  const Value& value = identity(item);
  if (identities_.size() > kScanned) {
    const SlotTable::Id at = placed(value, value.hash());
    return at == SlotTable::kNone ? npos : at;
  }
  for (std::size_t at = 0; at < identities_.size(); ++at) {
    if (identities_[at] == value) return at;
  }
  return npos;
}

std::string noMergeKey(const Value& item, Key mergeKey) {
  return "map: " + goPrint(item) + " does not contain declared merge key: " + std::string(mergeKey.text());
}

std::string badType(const char* expected, const Value& actual) {
  return std::string("expected a ") + expected + ", but received a " + goTypeName(actual);
}

std::string unknownField(const PatchSchema& schema, const void* type, Key key) {
  return "unable to find api field in struct " + std::string(schema.typeName(type)) + " for the json field " +
         goQuote(key.text());
}

Items itemsOf(const Value& list) {
  const auto items = list.items();
  return Items(items.begin(), items.end());
}

std::string elementType(const Items& a, const Items& b, bool& ofObjects) {
  const Value* first = !a.empty() ? &a[0] : !b.empty() ? &b[0] : nullptr;
  if (first == nullptr) return "no elements in any of the given slices";
  if (first->isArray()) return "lists of lists are not supported";
  const auto same = [first](const Value& item) { return item.type() == first->type(); };
  if (!std::all_of(a.begin(), a.end(), same) || !std::all_of(b.begin(), b.end(), same)) {
    return "list element types are not identical: [" + goPrint(Value::array(std::span<const Value>(a))) +
           " " + goPrint(Value::array(std::span<const Value>(b))) + "]";
  }
  ofObjects = first->isObject();
  return {};
}

namespace {

std::string requireMergeKeys(const Items& items, Key mergeKey) {
  for (const Value& item : items) {
    if (!item.isObject()) return badType("map[string]interface {}", item);
    if (!item.has(mergeKey)) return noMergeKey(item, mergeKey);
  }
  return {};
}

/// The two lists as one: where both next items stand in `order`, the earlier one comes first, otherwise
/// the right one.
Items interleaved(const Items& left, const Items& right, const ItemIndex& order) {
  Items all;
  all.reserve(left.size() + right.size());
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < left.size() && j < right.size()) {
    const std::size_t l = order.find(left[i]);
    const std::size_t r = order.find(right[j]);
    const bool leftFirst = l != ItemIndex::npos && r != ItemIndex::npos && l < r;
    all.push_back(leftFirst ? left[i++] : right[j++]);
  }
  all.insert(all.end(), left.begin() + static_cast<std::ptrdiff_t>(i), left.end());
  all.insert(all.end(), right.begin() + static_cast<std::ptrdiff_t>(j), right.end());
  return all;
}

}  // namespace

std::string sortAs(Items& items, const Items& order, Key mergeKey, bool ofObjects) {
  if (ofObjects) {
    std::string error = requireMergeKeys(items, mergeKey);
    if (error.empty()) error = requireMergeKeys(order, mergeKey);
    if (!error.empty()) return error;
  }
  const ItemIndex index(order, mergeKey, ofObjects);
  std::vector<std::pair<std::size_t, Value>> placed;
  Items deleted;
  for (Value& item : items) {
    if (ofObjects && item[kDirective].asString() == "delete") {
      deleted.push_back(std::move(item));
    } else {
      const std::size_t at = index.find(item);
      placed.emplace_back(at, std::move(item));
    }
  }
  std::stable_sort(placed.begin(), placed.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  items.clear();
  for (auto& [at, item] : placed) items.push_back(std::move(item));
  for (Value& item : deleted) items.push_back(std::move(item));
  return {};
}

std::string orderItems(Items& merged, const Items& patchOrder, const Items& serverOrder, Key mergeKey,
                       bool ofObjects) {
  const ItemIndex inPatch(patchOrder, mergeKey, ofObjects);
  Items patchItems;
  Items serverOnly;
  for (Value& item : merged) {
    if (ofObjects && !item.isObject()) return badType("map[string]interface {}", item);
    if (ofObjects && !item.has(mergeKey)) return noMergeKey(item, mergeKey);
    (inPatch.find(item) == ItemIndex::npos ? serverOnly : patchItems).push_back(std::move(item));
  }
  std::string error = sortAs(patchItems, patchOrder, mergeKey, ofObjects);
  if (error.empty()) error = sortAs(serverOnly, serverOrder, mergeKey, ofObjects);
  if (!error.empty()) return error;
  merged = interleaved(serverOnly, patchItems, ItemIndex(serverOrder, mergeKey, ofObjects));
  return {};
}

}  // namespace pilothouse::strategic
