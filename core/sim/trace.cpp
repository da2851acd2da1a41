#include "core/sim/trace.hpp"

#include <algorithm>
#include <cassert>
#include <deque>
#include <utility>

#include "core/value/slot_table.hpp"

namespace pilothouse {
namespace {

const Key kMetadata = Key::intern("metadata");
const Key kName = Key::intern("name");
const Key kNamespace = Key::intern("namespace");
const Key kResourceVersion = Key::intern("resourceVersion");
const Key kUid = Key::intern("uid");

constexpr std::uint64_t kPrime = 0x9e3779b97f4a7c15ULL;

void mix(std::uint64_t& digest, std::uint64_t word) {
  digest = (digest ^ word) * kPrime;
  digest ^= digest >> 29;
}

void mixText(std::uint64_t& digest, std::string_view text) { mix(digest, textHash(text)); }

const Value& uidOf(const TraceRecord& record) { return record.object.get(kMetadata, kUid); }

/// An object whose records are kept when the ring has passed them.
struct Retained {
  Value uid;
  std::deque<TraceRecord> records;  ///< in order of their ids

  [[nodiscard]] const TraceRecord* find(std::uint64_t number) const {
    const auto at =
        std::lower_bound(records.begin(), records.end(), static_cast<CauseId>(number),
                         [](const TraceRecord& record, CauseId wanted) { return record.id < wanted; });
    return at != records.end() && at->id == static_cast<CauseId>(number) ? &*at : nullptr;
  }
};
using RetainedId = SlotTable::Id;

}  // namespace

struct Trace::State {
  std::size_t capacity;
  std::vector<TraceRecord> ring;
  std::uint64_t last = 0;
  std::uint64_t digest = 0;
  std::vector<RetainedId>
      ringRetained;  ///< of each record in the ring, looked up while its object is at hand
  std::vector<Retained> retained;
  SlotTable byUid;     ///< of retained objects
  SlotTable byNumber;  ///< of their records that have left the ring

  [[nodiscard]] std::uint64_t oldest() const { return last - ring.size() + 1; }

  void absorb(const TraceRecord& record) {
    mix(digest, static_cast<std::uint64_t>(record.cause));
    mix(digest, static_cast<std::uint64_t>(record.sent.time_since_epoch().count()));
    mix(digest, static_cast<std::uint64_t>(record.delivered.time_since_epoch().count()));
    mix(digest, static_cast<std::uint64_t>(record.from) << 32 | static_cast<std::uint64_t>(record.to));
    mix(digest, static_cast<std::uint64_t>(record.kind) << 16 | record.code);
    mixText(digest, record.verb.text());
    mixText(digest, record.resource.text());
    // Name and version tell one stored tree from another; the whole tree would cost more than the message.
    const Value& metadata = record.object[kMetadata];
    mixText(digest, metadata[kNamespace].asString());
    mixText(digest, metadata[kName].asString());
    mixText(digest, metadata[kResourceVersion].asString());
  }

  [[nodiscard]] RetainedId findRetained(std::string_view uid, std::uint64_t hash) const {
    return byUid.find(hash, [&](RetainedId id) { return retained[id].uid.asString() == uid; });
  }

  RetainedId retainedOf(const TraceRecord& record) {
    const Value& uid = uidOf(record);
    if (uid.isNull()) return SlotTable::kNone;
    const std::uint64_t hash = textHash(uid.asString());
    const RetainedId known = findRetained(uid.asString(), hash);
    if (known != SlotTable::kNone || retained.size() >= kRetainedObjects) return known;
    const auto id = static_cast<RetainedId>(retained.size());
    retained.push_back({uid, {}});
    byUid.insert(hash, id);
    return id;
  }

  void retain(RetainedId id, TraceRecord&& record) {
    std::deque<TraceRecord>& kept = retained[id].records;
    if (kept.size() == kRetainedPerObject) {
      byNumber.erase(numberHash(static_cast<std::uint64_t>(kept.front().id)), id);
      kept.pop_front();
    }
    byNumber.insert(numberHash(static_cast<std::uint64_t>(record.id)), id);
    kept.push_back(std::move(record));
  }
};

Trace::Trace(std::size_t capacity) : state_(std::make_unique<State>()) {
  assert(capacity > 0);
  state_->capacity = capacity;
}

Trace::~Trace() = default;

CauseId Trace::add(TraceRecord record) {
  State& s = *state_;
  record.id = static_cast<CauseId>(++s.last);
  assert(record.cause < record.id);
  s.absorb(record);
  const CauseId id = record.id;
  const RetainedId retained = s.retainedOf(record);
  if (s.ring.size() < s.capacity) {
    s.ring.push_back(std::move(record));
    s.ringRetained.push_back(retained);
    return id;
  }
  const std::size_t at = (s.last - 1) % s.capacity;
  std::swap(s.ring[at], record);
  const RetainedId leaving = std::exchange(s.ringRetained[at], retained);
  if (leaving != SlotTable::kNone) s.retain(leaving, std::move(record));
  return id;
}

const TraceRecord* Trace::find(CauseId id) const {
  const State& s = *state_;
  const auto number = static_cast<std::uint64_t>(id);
  if (number == 0 || number > s.last) return nullptr;
  if (number >= s.oldest()) return &s.ring[(number - 1) % s.capacity];
  const TraceRecord* found = nullptr;
  static_cast<void>(s.byNumber.find(numberHash(number), [&](RetainedId object) {
    found = s.retained[object].find(number);
    return found != nullptr;
  }));
  return found;
}

CauseId Trace::last() const { return static_cast<CauseId>(state_->last); }
CauseId Trace::oldest() const { return static_cast<CauseId>(state_->ring.empty() ? 0 : state_->oldest()); }

std::vector<TraceRecord> Trace::why(CauseId id) const {
  std::vector<TraceRecord> chain;
  for (const TraceRecord* record = find(id); record != nullptr; record = find(record->cause)) {
    chain.push_back(*record);
  }
  return chain;
}

std::vector<CauseId> Trace::about(std::string_view uid) const {
  const State& s = *state_;
  std::vector<CauseId> ids;
  if (uid.empty()) return ids;
  if (const RetainedId kept = s.findRetained(uid, textHash(uid)); kept != SlotTable::kNone) {
    for (const TraceRecord& record : s.retained[kept].records) ids.push_back(record.id);
  }
  for (std::uint64_t number = s.ring.empty() ? 1 : s.oldest(); number <= s.last; ++number) {
    const TraceRecord& record = s.ring[(number - 1) % s.capacity];
    if (uidOf(record).asString() == uid) ids.push_back(record.id);
  }
  return ids;
}

std::uint64_t Trace::digest() const { return state_->digest; }

}  // namespace pilothouse
