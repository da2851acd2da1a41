#include "core/client/store.hpp"

#include <algorithm>
#include <cassert>
#include <string>
#include <unordered_map>

#include "core/api/object.hpp"

namespace pilothouse::client {
namespace {

using SlotId = std::uint32_t;
constexpr SlotId kEmpty = 0xffffffff;
constexpr std::size_t kChunkMax = 512;

const Value kNone;

std::uint64_t mixText(std::uint64_t h, std::string_view text) {
  constexpr std::uint64_t kPrime = 0x9e3779b97f4a7c15ULL;
  h ^= text.size() * kPrime;
  std::uint64_t word = 0;
  unsigned shift = 0;
  for (const char c : text) {
    word |= static_cast<std::uint64_t>(static_cast<unsigned char>(c)) << shift;
    shift += 8;
    if (shift == 64) {
      h = (h ^ word) * kPrime;
      h ^= h >> 32;
      word = 0;
      shift = 0;
    }
  }
  h = (h ^ word) * kPrime;
  return h ^ (h >> 32);
}

std::uint64_t hashOf(std::string_view ns, std::string_view name) { return mixText(mixText(1, ns), name); }

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return static_cast<std::size_t>(mixText(2, text)); }
};

/// The slots under one index value, in order of namespace and name, in chunks so that one deployment of
/// 150,000 pods costs no more to change than a small one.
struct Bucket {
  std::vector<std::vector<SlotId>> chunks;
  std::size_t size = 0;
};
using Index = std::unordered_map<std::string, Bucket, TextHash, std::equal_to<>>;  // never iterated

}  // namespace

struct Store::State {
  std::vector<Value> slots;
  std::vector<SlotId> freeSlots;
  std::vector<SlotId> table;  ///< open addressing, linear probing; a power of two
  std::size_t size = 0;
  std::vector<IndexFunction> functions;
  std::vector<Index> indexes;
  std::vector<Value> valuesBefore;  ///< scratch
  std::vector<Value> valuesAfter;   ///< scratch

  [[nodiscard]] static bool isAt(const Value& object, std::string_view ns, std::string_view name) {
    return api::name(object) == name && api::namespaceOf(object) == ns;
  }

  [[nodiscard]] std::size_t mask() const { return table.size() - 1; }

  /// The table's place of an object, or the empty place where it would go.
  [[nodiscard]] std::size_t probe(std::string_view ns, std::string_view name) const {
    std::size_t at = static_cast<std::size_t>(hashOf(ns, name)) & mask();
    while (table[at] != kEmpty && !isAt(slots[table[at]], ns, name)) at = (at + 1) & mask();
    return at;
  }

  void grow() {
    table.assign(table.empty() ? 16 : table.size() * 2, kEmpty);
    for (SlotId slot = 0; slot < slots.size(); ++slot) {
      if (slots[slot].isNull()) continue;
      table[probe(api::namespaceOf(slots[slot]), api::name(slots[slot]))] = slot;
    }
  }

  // Linear probing without tombstones: what follows the hole moves up when it may.
  void eraseAt(std::size_t hole) {
    std::size_t at = hole;
    for (;;) {
      at = (at + 1) & mask();
      if (table[at] == kEmpty) break;
      const Value& object = slots[table[at]];
      const std::size_t home =
          static_cast<std::size_t>(hashOf(api::namespaceOf(object), api::name(object))) & mask();
      if (((at - home) & mask()) < ((at - hole) & mask())) continue;
      table[hole] = table[at];
      hole = at;
    }
    table[hole] = kEmpty;
  }

  [[nodiscard]] bool slotLess(SlotId a, SlotId b) const {
    const std::string_view nsA = api::namespaceOf(slots[a]);
    const std::string_view nsB = api::namespaceOf(slots[b]);
    if (nsA != nsB) return nsA < nsB;
    return api::name(slots[a]) < api::name(slots[b]);
  }

  void addTo(Bucket& bucket, SlotId slot) {
    const auto less = [this](SlotId a, SlotId b) { return slotLess(a, b); };
    ++bucket.size;
    if (bucket.chunks.empty()) bucket.chunks.emplace_back();
    auto chunk = std::upper_bound(
        bucket.chunks.begin(), bucket.chunks.end(), slot,
        [&](SlotId s, const std::vector<SlotId>& c) { return !c.empty() && less(s, c.front()); });
    if (chunk != bucket.chunks.begin()) --chunk;
    chunk->insert(std::lower_bound(chunk->begin(), chunk->end(), slot, less), slot);
    if (chunk->size() <= kChunkMax) return;
    std::vector<SlotId> upper(chunk->begin() + kChunkMax / 2, chunk->end());
    chunk->resize(kChunkMax / 2);
    bucket.chunks.insert(chunk + 1, std::move(upper));
  }

  void removeFrom(Bucket& bucket, SlotId slot) {
    const auto less = [this](SlotId a, SlotId b) { return slotLess(a, b); };
    auto chunk = std::upper_bound(bucket.chunks.begin(), bucket.chunks.end(), slot,
                                  [&](SlotId s, const std::vector<SlotId>& c) { return less(s, c.front()); });
    assert(chunk != bucket.chunks.begin());
    --chunk;
    const auto at = std::lower_bound(chunk->begin(), chunk->end(), slot, less);
    assert(at != chunk->end() && *at == slot);
    chunk->erase(at);
    --bucket.size;
    if (chunk->empty()) bucket.chunks.erase(chunk);
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
    addTo(at->second, slot);
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
  if ((s.size + 1) * 4 > s.table.size() * 3) s.grow();
  const std::size_t at = s.probe(api::namespaceOf(object), api::name(object));
  if (s.table[at] != kEmpty) {
    const SlotId slot = s.table[at];
    Value before = s.slots[slot];
    s.slots[slot] = object;
    s.reindex(slot, before, object);
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
  s.table[at] = slot;
  ++s.size;
  s.reindex(slot, kNone, object);
  return Value();
}

Value Store::erase(const Value& object) {
  State& s = *state_;
  if (s.table.empty()) return Value();
  const std::size_t at = s.probe(api::namespaceOf(object), api::name(object));
  if (s.table[at] == kEmpty) return Value();
  const SlotId slot = s.table[at];
  const Value before = s.slots[slot];
  s.reindex(slot, before, kNone);
  s.eraseAt(at);
  s.slots[slot] = Value();
  s.freeSlots.push_back(slot);
  --s.size;
  return before;
}

void Store::clear() {
  State& s = *state_;
  s.slots.clear();
  s.freeSlots.clear();
  s.table.clear();
  s.size = 0;
  for (Index& index : s.indexes) index.clear();
}

const Value& Store::find(std::string_view ns, std::string_view name) const {
  const State& s = *state_;
  if (s.table.empty()) return kNone;
  const SlotId slot = s.table[s.probe(ns, name)];
  return slot == kEmpty ? kNone : s.slots[slot];
}

std::size_t Store::size() const { return state_->size; }

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
  for (const auto& chunk : bucket->chunks) {
    for (const SlotId slot : chunk) visit(state_->slots[slot]);
  }
}

std::size_t Store::countByIndex(int index, std::string_view value) const {
  const Bucket* bucket = state_->bucket(index, value);
  return bucket == nullptr ? 0 : bucket->size;
}

}  // namespace pilothouse::client
