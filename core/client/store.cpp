#include "core/client/store.hpp"

#include <algorithm>
#include <cassert>
#include <string>
#include <unordered_map>
#include <utility>

#include "core/api/object.hpp"
#include "core/value/ordered_ids.hpp"
#include "core/value/slot_table.hpp"

namespace pilothouse::client {
namespace {

using SlotId = SlotTable::Id;

const Value kNone;

std::uint64_t hashOf(std::string_view ns, std::string_view name) { return textHash(name, textHash(ns)); }
std::uint64_t hashOf(const Value& object) { return hashOf(api::namespaceOf(object), api::name(object)); }

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return static_cast<std::size_t>(textHash(text)); }
};

/// The slots under one index value, in order of namespace and name.
struct Bucket {
  mutable OrderedIds slots;
  std::size_t size = 0;
};
using Index = std::unordered_map<std::string, Bucket, TextHash, std::equal_to<>>;  // never iterated

}  // namespace

struct Store::State {
  std::vector<Value> slots;
  std::vector<SlotId> freeSlots;
  SlotTable table;
  std::vector<IndexFunction> functions;
  std::vector<Index> indexes;
  std::vector<Value> valuesBefore;  ///< scratch
  std::vector<Value> valuesAfter;   ///< scratch

  [[nodiscard]] SlotId slotOf(std::string_view ns, std::string_view name) const {
    return table.find(hashOf(ns, name), [&](SlotId slot) {
      const Value& metadata = api::meta(slots[slot]);
      return metadata[keys::name].asString() == name && metadata[keys::namespace_].asString() == ns;
    });
  }

  [[nodiscard]] bool slotLess(SlotId a, SlotId b) const {
    const std::string_view nsA = api::namespaceOf(slots[a]);
    const std::string_view nsB = api::namespaceOf(slots[b]);
    if (nsA != nsB) return nsA < nsB;
    return api::name(slots[a]) < api::name(slots[b]);
  }

  void settle(const Bucket& bucket) const {
    bucket.slots.settle([this](SlotId a, SlotId b) { return slotLess(a, b); });
  }

  void removeFrom(Bucket& bucket, SlotId slot) const {
    settle(bucket);
    bucket.slots.erase(bucket.slots.lowerBound([&](SlotId other) { return slotLess(other, slot); }));
    --bucket.size;
  }

  void removeKey(Index& index, const Value& value, SlotId slot) {
    const auto at = index.find(value.asString());
    assert(at != index.end());
    removeFrom(at->second, slot);
    if (at->second.size == 0) index.erase(at);
  }

  void addKey(Index& index, const Value& value, SlotId slot) {
    auto at = index.find(value.asString());
    if (at == index.end()) at = index.emplace(value.toString(), Bucket()).first;
    at->second.slots.add(slot);
    ++at->second.size;
  }

  /// Index values of `object`, each once.
  void valuesOf(const IndexFunction& function, const Value& object, std::vector<Value>& out) const {
    out.clear();
    if (object.isNull()) return;
    function(object, out);
    for (std::size_t i = 1; i < out.size();) {
      const bool known = std::find(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(i), out[i]) !=
                         out.begin() + static_cast<std::ptrdiff_t>(i);
      if (known) {
        out.erase(out.begin() + static_cast<std::ptrdiff_t>(i));
      } else {
        ++i;
      }
    }
  }

  void reindex(SlotId slot, const Value& before, const Value& after) {
    for (std::size_t i = 0; i < indexes.size(); ++i) {
      valuesOf(functions[i], before, valuesBefore);
      valuesOf(functions[i], after, valuesAfter);
      if (valuesBefore == valuesAfter) continue;
      for (const Value& value : valuesBefore) {
        if (std::find(valuesAfter.begin(), valuesAfter.end(), value) == valuesAfter.end()) {
          removeKey(indexes[i], value, slot);
        }
      }
      for (const Value& value : valuesAfter) {
        if (std::find(valuesBefore.begin(), valuesBefore.end(), value) == valuesBefore.end()) {
          addKey(indexes[i], value, slot);
        }
      }
    }
  }

  [[nodiscard]] const Bucket* bucket(int index, std::string_view value) const {
    assert(index >= 0 && static_cast<std::size_t>(index) < indexes.size());
    const Index& all = indexes[static_cast<std::size_t>(index)];
    const auto at = all.find(value);
    return at == all.end() ? nullptr : &at->second;
  }
};

Store::Store() : state_(std::make_unique<State>()) {}
Store::~Store() = default;
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;

int Store::addIndex(IndexFunction function) {
  State& s = *state_;
  s.functions.push_back(std::move(function));
  s.indexes.emplace_back();
  for (SlotId slot = 0; slot < s.slots.size(); ++slot) {
    s.valuesOf(s.functions.back(), s.slots[slot], s.valuesAfter);
    for (const Value& value : s.valuesAfter) s.addKey(s.indexes.back(), value, slot);
  }
  return static_cast<int>(s.indexes.size()) - 1;
}

Value Store::put(const Value& object) {
  State& s = *state_;
  assert(object.isObject());
  if (const SlotId known = s.slotOf(api::namespaceOf(object), api::name(object)); known != SlotTable::kNone) {
    Value before = std::exchange(s.slots[known], object);
    s.reindex(known, before, object);
    return before;
  }
  SlotId slot;
  if (s.freeSlots.empty()) {
    slot = static_cast<SlotId>(s.slots.size());
    s.slots.push_back(object);
  } else {
    slot = s.freeSlots.back();
    s.freeSlots.pop_back();
    s.slots[slot] = object;
  }
  s.table.insert(hashOf(object), slot);
  s.reindex(slot, kNone, object);
  return Value();
}

Value Store::erase(const Value& object) {
  State& s = *state_;
  const SlotId slot = s.slotOf(api::namespaceOf(object), api::name(object));
  if (slot == SlotTable::kNone) return Value();
  Value before = s.slots[slot];
  s.reindex(slot, before, kNone);
  s.table.erase(hashOf(before), slot);
  s.slots[slot] = Value();
  s.freeSlots.push_back(slot);
  return before;
}

void Store::clear() {
  State& s = *state_;
  s.slots.clear();
  s.freeSlots.clear();
  s.table.clear();
  for (Index& index : s.indexes) index.clear();
}

const Value& Store::find(std::string_view ns, std::string_view name) const {
  const SlotId slot = state_->slotOf(ns, name);
  return slot == SlotTable::kNone ? kNone : state_->slots[slot];
}

std::size_t Store::size() const { return state_->table.size(); }

void Store::forEach(const std::function<void(const Value&)>& visit) const {
  for (const Value& object : state_->slots) {
    if (!object.isNull()) visit(object);
  }
}

std::vector<Value> Store::byIndex(int index, std::string_view value) const {
  std::vector<Value> found;
  found.reserve(countByIndex(index, value));
  forEachByIndex(index, value, [&found](const Value& object) { found.push_back(object); });
  return found;
}

void Store::forEachByIndex(int index, std::string_view value,
                           const std::function<void(const Value&)>& visit) const {
  const Bucket* bucket = state_->bucket(index, value);
  if (bucket == nullptr) return;
  state_->settle(*bucket);
  bucket->slots.forEach({}, [&](SlotId slot) {
    visit(state_->slots[slot]);
    return true;
  });
}

std::size_t Store::countByIndex(int index, std::string_view value) const {
  const Bucket* bucket = state_->bucket(index, value);
  return bucket == nullptr ? 0 : bucket->size;
}

}  // namespace pilothouse::client
