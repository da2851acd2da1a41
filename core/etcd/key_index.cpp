#include "core/etcd/key_index.hpp"

#include <utility>

namespace pilothouse::etcd {
namespace {

constexpr std::size_t kErasedKept = 64;

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

KeyIndex::Id KeyIndex::idOf(std::string_view key, std::uint64_t hash) const {
  return table_.find(hash, [&](Id id) { return records_[id].key.asString() == key; });
}

const KeyRecord* KeyIndex::find(std::string_view key) const {
  const Id id = idOf(key, textHash(key));
  return id == SlotTable::kNone ? nullptr : &records_[id];
}

KeyRecord* KeyIndex::find(std::string_view key) {
  return const_cast<KeyRecord*>(std::as_const(*this).find(key));
}

OrderedIds::Place KeyIndex::lowerBound(std::string_view key) const {
  order_.settle([this](Id a, Id b) {
    const int order = records_[a].key.asString().compare(records_[b].key.asString());
    return order != 0 ? order < 0 : a < b;  // a key that was made again while the old is still remembered
  });
  return order_.lowerBound([&](Id id) { return records_[id].key.asString() < key; });
}

KeyRecord& KeyIndex::findOrAdd(const Value& key) {
  const std::string_view text = key.asString();
  const std::uint64_t hash = textHash(text);
  if (const Id known = idOf(text, hash); known != SlotTable::kNone) return records_[known];
  Id id;
  if (free_.empty()) {
    id = static_cast<Id>(records_.size());
    records_.emplace_back();
  } else {
    id = free_.back();
    free_.pop_back();
  }
  records_[id].key = key;
  table_.insert(hash, id);
  order_.add(id);
  return records_[id];
}

void KeyIndex::erase(std::string_view key) {
  const std::uint64_t hash = textHash(key);
  const Id id = idOf(key, hash);
  if (id == SlotTable::kNone) return;
  table_.erase(hash, id);
  KeyRecord& record = records_[id];
  record.value = Value();
  record.erased = true;
  if (++erased_ > kErasedKept + table_.size() / 8) purge();
}

void KeyIndex::purge() {
  order_.eraseIf([this](Id id) {
    if (!records_[id].erased) return false;
    records_[id] = KeyRecord();
    free_.push_back(id);
    return true;
  });
  erased_ = 0;
}

}  // namespace pilothouse::etcd
