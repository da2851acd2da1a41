#include "core/etcd/mvcc_store.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace pilothouse::etcd {
namespace {

KeyRange rangeOf(const Operation& operation) {
  return {operation.key.toString(), operation.rangeEnd.toString()};
}

}  // namespace

const MvccStore::Change* MvccStore::change(std::uint64_t number) const {
  if (number < firstChange_ || number - firstChange_ >= changes_.size()) return nullptr;
  return &changes_[static_cast<std::size_t>(number - firstChange_)];
}

KeyValue MvccStore::stateAt(const KeyRecord& record, std::uint64_t revision) const {
  if (record.modRevision <= revision) return record.toKeyValue();
  const Change* undone = change(record.change);
  assert(undone != nullptr);
  while (undone->before.modRevision > revision) {
    const Change* earlier = change(undone->previous);
    if (earlier == nullptr) break;
    undone = earlier;
  }
  return undone->before.version > 0 ? undone->before : KeyValue();
}

Error MvccStore::range(const Operation& operation, OperationResponse& response) const {
  if (operation.revision > revision_) return Error::FutureRevision;
  if (operation.revision > 0 && operation.revision < compactRevision_) return Error::Compacted;
  const bool newest = operation.revision == 0 || operation.revision == revision_;
  const auto limit = static_cast<std::size_t>(std::max<std::int64_t>(operation.limit, 0));
  const auto add = [&](KeyValue found) {
    ++response.count;
    if (operation.countOnly) return;
    if (limit > 0 && response.kvs.size() >= limit) {
      response.more = true;
      return;
    }
    if (operation.keysOnly) found.value = Value();
    response.kvs.push_back(std::move(found));
  };
  index_.forEach(rangeOf(operation), [&](const KeyRecord& record) {
    if (newest) {
      if (!record.exists()) return true;
      if (limit > 0 && response.kvs.size() >= limit) {
        ++response.count;
        response.more = true;
      } else {
        add(record.toKeyValue());
      }
    } else if (KeyValue then = stateAt(record, operation.revision); then.version > 0) {
      add(std::move(then));
    }
    return true;
  });
  return Error::None;
}

const KeyRecord* MvccStore::find(std::string_view key) const {
  const KeyRecord* record = index_.find(key);
  return record != nullptr && record->exists() ? record : nullptr;
}

void MvccStore::forEach(const KeyRange& range, const std::function<bool(const KeyRecord&)>& visit) const {
  index_.forEach(range, [&](const KeyRecord& record) { return !record.exists() || visit(record); });
}

MvccStore::Write::~Write() {
  if (wrote_) ++store_.revision_;
}

void MvccStore::Write::commit(KeyRecord& record, const KeyValue& before) {
  KeyValue current = record.toKeyValue();
  if (!record.exists()) {
    current.key = record.key;
    current.modRevision = record.modRevision;
  }
  const std::uint64_t previous = record.change;
  store_.changes_.push_back({current, before, previous});
  record.change = store_.firstChange_ + store_.changes_.size() - 1;
  events_.push_back({std::move(current), before});
  wrote_ = true;
}

KeyValue MvccStore::Write::put(const Value& key, const Value& value, LeaseId lease) {
  KeyRecord& record = store_.index_.findOrAdd(key);
  KeyValue before = record.toKeyValue();
  before.modRevision = record.modRevision;  // also of a deleted key, for undoing
  record.value = value;
  record.modRevision = revision();
  if (!record.exists()) record.createRevision = revision();
  ++record.version;
  record.lease = lease;
  commit(record, before);
  return record.toKeyValue();
}

std::vector<KeyValue> MvccStore::Write::deleteRange(const KeyRange& range) {
  std::vector<Value> found;
  store_.index_.forEach(range, [&](const KeyRecord& record) {
    if (record.exists()) found.push_back(record.key);
    return true;
  });
  std::vector<KeyValue> deleted;
  deleted.reserve(found.size());
  for (const Value& key : found) {
    KeyRecord& record = *store_.index_.find(key.asString());
    deleted.push_back(record.toKeyValue());
    record.value = Value();
    record.modRevision = revision();
    record.createRevision = 0;
    record.version = 0;
    record.lease = 0;
    commit(record, deleted.back());
  }
  return deleted;
}

Error MvccStore::compact(std::uint64_t revision) {
  if (revision <= compactRevision_) return Error::Compacted;
  if (revision > revision_) return Error::FutureRevision;
  compactRevision_ = revision;
  return Error::None;
}

bool MvccStore::scrub(std::size_t changesMax) {
  const auto forgotten = [this] {
    return !changes_.empty() && changes_.front().current.modRevision < compactRevision_;
  };
  for (; changesMax > 0 && forgotten(); --changesMax) {
    const KeyValue& old = changes_.front().current;
    if (old.version == 0) {
      const KeyRecord* record = index_.find(old.key.asString());
      const bool last = record != nullptr && !record->exists() && record->modRevision == old.modRevision;
      if (last) index_.erase(old.key.asString());
    }
    changes_.pop_front();
    ++firstChange_;
  }
  return forgotten();
}

std::uint64_t MvccStore::history(const KeyRange& range, std::uint64_t startRevision, std::size_t eventsMax,
                                 std::vector<Event>& events) const {
  auto at = std::partition_point(changes_.begin(), changes_.end(), [startRevision](const Change& c) {
    return c.current.modRevision < startRevision;
  });
  std::uint64_t last = 0;
  for (; at != changes_.end(); ++at) {
    const std::uint64_t revision = at->current.modRevision;
    if (events.size() >= eventsMax && revision != last) return revision;
    if (!range.contains(at->current.key.asString())) continue;
    last = revision;
    events.push_back({at->current, at->before});
  }
  return 0;
}

}  // namespace pilothouse::etcd
