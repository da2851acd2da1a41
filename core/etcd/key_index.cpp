#include "core/etcd/key_index.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace pilothouse::etcd {
namespace {

constexpr std::size_t kSlotsMin = 64;

// Only finds places in a table that is never walked, so it may differ between platforms.
std::uint32_t hashOf(std::string_view key) {
  const auto wide = static_cast<std::uint64_t>(std::hash<std::string_view>()(key));
  return static_cast<std::uint32_t>(wide ^ (wide >> 32));
}

}  // namespace

KeyRange KeyRange::prefixed(std::string_view prefix) {
  KeyRange range{std::string(prefix), std::string(prefix)};
  while (!range.end.empty() && static_cast<unsigned char>(range.end.back()) == 0xff) range.end.pop_back();
  if (range.end.empty()) {
    range.end.assign(8, '\xff');  // beyond every key that is text
  } else {
    range.end.back() = static_cast<char>(static_cast<unsigned char>(range.end.back()) + 1);
  }
  return range;
}

KeyValue KeyRecord::toKeyValue() const {
  if (!exists()) return {};
  return {key, value, createRevision, modRevision, version, lease};
}

std::size_t KeyIndex::slotOf(std::string_view key, std::uint32_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash & mask;
  while (slots_[slot] != kNone) {
    const KeyRecord& record = records_[slots_[slot]];
    if (record.hash == hash && record.key.asString() == key) return slot;
    slot = (slot + 1) & mask;
  }
  return slot;
}

const KeyRecord* KeyIndex::find(std::string_view key) const {
  if (slots_.empty()) return nullptr;
  const Id id = slots_[slotOf(key, hashOf(key))];
  return id == kNone ? nullptr : &records_[id];
}

KeyRecord* KeyIndex::find(std::string_view key) {
  return const_cast<KeyRecord*>(std::as_const(*this).find(key));
}

void KeyIndex::grow() {
  const std::size_t count = slots_.empty() ? kSlotsMin : slots_.size() * 2;
  const std::vector<Id> before = std::exchange(slots_, std::vector<Id>(count, kNone));
  for (const Id id : before) {
    if (id != kNone) addSlot(id);
  }
}

void KeyIndex::addSlot(Id id) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = records_[id].hash & mask;
  while (slots_[slot] != kNone) slot = (slot + 1) & mask;
  slots_[slot] = id;
}

// Closes the gap, so that no tombstones are needed: later entries of the run move up when they may.
void KeyIndex::dropSlot(std::size_t slot) {
  const std::size_t mask = slots_.size() - 1;
  slots_[slot] = kNone;
  for (std::size_t next = (slot + 1) & mask; slots_[next] != kNone; next = (next + 1) & mask) {
    const std::size_t home = records_[slots_[next]].hash & mask;
    if (((next - home) & mask) < ((next - slot) & mask)) continue;
    slots_[slot] = slots_[next];
    slots_[next] = kNone;
    slot = next;
  }
}

KeyIndex::Place KeyIndex::lowerBound(std::string_view key) const {
  const auto before = [this](Id id, std::string_view k) { return records_[id].key.asString() < k; };
  const auto chunk =
      std::lower_bound(chunks_.begin(), chunks_.end(), key,
                       [&](const std::vector<Id>& c, std::string_view k) { return before(c.back(), k); });
  const auto index = static_cast<std::size_t>(chunk - chunks_.begin());
  if (chunk == chunks_.end()) return {index, 0};
  const auto at = std::lower_bound(chunk->begin(), chunk->end(), key, before);
  return {index, static_cast<std::size_t>(at - chunk->begin())};
}

void KeyIndex::addSorted(Id id, std::string_view key) {
  if (chunks_.empty()) {
    chunks_.emplace_back().reserve(kChunkMax + 1);
    chunks_.back().push_back(id);
    return;
  }
  auto [chunk, at] = lowerBound(key);
  if (chunk == chunks_.size()) {
    --chunk;
    at = chunks_[chunk].size();
  }
  std::vector<Id>& ids = chunks_[chunk];
  ids.insert(ids.begin() + static_cast<std::ptrdiff_t>(at), id);
  if (ids.size() <= kChunkMax) return;
  // Growth at the end (names in rising order) leaves full chunks behind.
  const std::size_t kept = at + 1 == ids.size() ? kChunkMax : kChunkMax / 2;
  std::vector<Id> rest;
  rest.reserve(kChunkMax + 1);
  rest.assign(ids.begin() + static_cast<std::ptrdiff_t>(kept), ids.end());
  ids.resize(kept);
  chunks_.insert(chunks_.begin() + static_cast<std::ptrdiff_t>(chunk) + 1, std::move(rest));
}

KeyRecord& KeyIndex::findOrAdd(const Value& key) {
  const std::string_view text = key.asString();
  const std::uint32_t hash = hashOf(text);
  if ((size_ + 1) * 4 > slots_.size() * 3) grow();
  if (const Id known = slots_[slotOf(text, hash)]; known != kNone) return records_[known];
  Id id;
  if (free_.empty()) {
    id = static_cast<Id>(records_.size());
    records_.emplace_back();
  } else {
    id = free_.back();
    free_.pop_back();
  }
  KeyRecord& record = records_[id];
  record.key = key;
  record.hash = hash;
  addSlot(id);
  addSorted(id, text);
  ++size_;
  return record;
}

void KeyIndex::erase(std::string_view key) {
  if (slots_.empty()) return;
  const std::size_t slot = slotOf(key, hashOf(key));
  const Id id = slots_[slot];
  if (id == kNone) return;
  const Place place = lowerBound(key);
  std::vector<Id>& ids = chunks_[place.chunk];
  ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(place.at));
  if (ids.empty()) chunks_.erase(chunks_.begin() + static_cast<std::ptrdiff_t>(place.chunk));
  dropSlot(slot);
  records_[id] = KeyRecord();
  free_.push_back(id);
  --size_;
}

}  // namespace pilothouse::etcd
