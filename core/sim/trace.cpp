#include "core/sim/trace.hpp"

#include <algorithm>
#include <cassert>
#include <deque>
#include <string>
#include <unordered_map>

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

void mixText(std::uint64_t& digest, std::string_view text) {
  std::uint64_t word = text.size();
  unsigned shift = 8;
  for (const char c : text) {
    word |= static_cast<std::uint64_t>(static_cast<unsigned char>(c)) << shift;
    shift += 8;
    if (shift == 64) {
      mix(digest, word);
      word = 0;
      shift = 0;
    }
  }
  mix(digest, word);
}

const Value& uidOf(const TraceRecord& record) { return record.object.get(kMetadata, kUid); }

struct ValueHash {
  std::size_t operator()(const Value& value) const { return static_cast<std::size_t>(value.hash()); }
};

using Retained = std::deque<TraceRecord>;

}  // namespace

struct Trace::State {
  std::size_t capacity;
  std::vector<TraceRecord> ring;
  std::uint64_t last = 0;
  std::uint64_t digest = 0;
  std::unordered_map<Value, Retained, ValueHash> retained;  // by uid; never iterated
  std::unordered_map<std::uint64_t, Value> retainedUid;     // record id to the uid it is kept under

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

  void retain(TraceRecord&& record) {
    const Value uid = uidOf(record);
    if (uid.isNull()) return;
    auto at = retained.find(uid);
    if (at == retained.end()) {
      if (retained.size() >= kRetainedObjects) return;
      at = retained.emplace(uid, Retained()).first;
    }
    Retained& kept = at->second;
    if (kept.size() == kRetainedPerObject) {
      retainedUid.erase(static_cast<std::uint64_t>(kept.front().id));
      kept.pop_front();
    }
    retainedUid.emplace(static_cast<std::uint64_t>(record.id), uid);
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
  if (s.ring.size() < s.capacity) {
    s.ring.push_back(std::move(record));
  } else {
    TraceRecord& oldest = s.ring[(s.last - 1) % s.capacity];
    std::swap(oldest, record);
    s.retain(std::move(record));
  }
  return id;
}

const TraceRecord* Trace::find(CauseId id) const {
  const State& s = *state_;
  const auto number = static_cast<std::uint64_t>(id);
  if (number == 0 || number > s.last) return nullptr;
  if (number >= s.oldest()) return &s.ring[(number - 1) % s.capacity];
  const auto uid = s.retainedUid.find(number);
  if (uid == s.retainedUid.end()) return nullptr;
  const Retained& kept = s.retained.at(uid->second);
  const auto at =
      std::lower_bound(kept.begin(), kept.end(), id,
                       [](const TraceRecord& record, CauseId wanted) { return record.id < wanted; });
  return at != kept.end() && at->id == id ? &*at : nullptr;
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
  if (const auto kept = s.retained.find(Value(uid)); kept != s.retained.end()) {
    for (const TraceRecord& record : kept->second) ids.push_back(record.id);
  }
  for (std::uint64_t number = s.ring.empty() ? 1 : s.oldest(); number <= s.last; ++number) {
    const TraceRecord& record = s.ring[(number - 1) % s.capacity];
    if (uidOf(record).asString() == uid) ids.push_back(record.id);
  }
  return ids;
}

std::uint64_t Trace::digest() const { return state_->digest; }

}  // namespace pilothouse
