#include "web/message_flow.hpp"

#include <algorithm>

#include "core/api/keys.hpp"

namespace pilothouse::web {

namespace {

const Key kLeases = Key::intern("leases");
const Key kBookmark = Key::intern("BOOKMARK");
const Key kEvents = Key::intern("events");
const Key kWatch = Key::intern("watch");
const Key kList = Key::intern("list");
const Key kGet = Key::intern("get");
const Key kProbe = Key::intern("probe");
const Key kNodes = Key::intern("nodes");

/// Motes with equal signatures may travel as one.
std::uint64_t signature(const TraceRecord& r) {
  std::uint64_t h = 1469598103934665603ULL;
  const auto add = [&h](std::uint64_t part) { h = (h ^ part) * 1099511628211ULL; };
  add(static_cast<std::uint64_t>(r.from));
  add(static_cast<std::uint64_t>(r.to));
  add(static_cast<std::uint64_t>(r.kind));
  add(r.verb.id());
  add(r.resource.id());
  add(r.code >= 400 ? 1 : 0);
  return h;
}

}  // namespace

bool isBackground(const TraceRecord& record) {
  if (record.kind == MessageKind::Input || record.kind == MessageKind::Note) return false;
  if (record.resource == kLeases || record.verb == kBookmark) return true;
  if (record.kind == MessageKind::Traffic && record.verb == kProbe) return true;
  if (record.resource == kEvents) return true;
  // A node's regular report of its health.
  return record.resource == kNodes && record.kind != MessageKind::WatchEvent &&
         (record.verb == kGet || record.verb == kList || record.verb == kWatch);
}

void MessageFlow::clear() {
  seen_ = CauseId::None;
  motes_.clear();
  latest_.clear();
  std::fill(arrivals_.begin(), arrivals_.end(), Arrival());
  log_.clear();
  std::fill(buckets_.begin(), buckets_.end(), Bucket());
  lastEnd_ = 0;
}

void MessageFlow::pull(const Trace& trace, double now, double hop) {
  const auto last = static_cast<std::uint64_t>(trace.last());
  auto next = static_cast<std::uint64_t>(seen_) + 1;
  next = std::max(next, static_cast<std::uint64_t>(trace.oldest()));
  for (; next <= last; ++next) {
    const TraceRecord* record = trace.find(static_cast<CauseId>(next));
    if (record == nullptr) continue;
    const bool background = isBackground(*record);
    count(*record, background);
    if (!background) {
      log_.push_back(record->id);
      if (log_.size() > kLogMax) log_.pop_front();
    }
    if (record->kind != MessageKind::Input) show(*record, now, hop);
  }
  seen_ = static_cast<CauseId>(last);
}

void MessageFlow::skip(const Trace& trace) {
  pull(trace, 0, 0);
  motes_.clear();
  latest_.clear();
  lastEnd_ = 0;
}

void MessageFlow::count(const TraceRecord& record, bool background) {
  const std::int64_t quarter =
      std::chrono::duration_cast<std::chrono::milliseconds>(record.sent - kSimulationStart).count() / 250;
  Bucket& bucket = buckets_[static_cast<std::size_t>(std::max<std::int64_t>(0, quarter)) % kBuckets];
  if (bucket.quarter != quarter) bucket = Bucket{.quarter = quarter};
  ++(background ? bucket.background : bucket.foreground);
  if (record.kind == MessageKind::Input) bucket.input = true;
  if (record.code >= 400) bucket.failure = true;
}

double MessageFlow::arrivalOf(CauseId id) const {
  const Arrival& arrival = arrivals_[static_cast<std::uint64_t>(id) % arrivals_.size()];
  return arrival.id == id ? arrival.end : 0;
}

void MessageFlow::show(const TraceRecord& record, double now, double hop) {
  const bool background = isBackground(record);
  double start = std::max(now, arrivalOf(record.cause));
  if (start > now + kLagMax) start = now + kLagMax;
  const std::uint64_t key = signature(record);
  const auto found = latest_.find(key);
  double end = start + hop;
  const bool crowded = motes_.size() >= kMotesMax;
  if (found != latest_.end() && found->second < motes_.size()) {
    Mote& mote = motes_[found->second];
    // Those that left a moment ago still take it along.
    if (start <= mote.start + hop * 0.35 || crowded) {
      ++mote.count;
      arrivals_[static_cast<std::uint64_t>(record.id) % arrivals_.size()] = {record.id, mote.end};
      return;
    }
  }
  if (crowded) return;
  Mote mote;
  mote.from = record.from;
  mote.to = record.to;
  mote.kind = record.kind;
  mote.code = record.code;
  mote.verb = record.verb;
  mote.resource = record.resource;
  mote.message = record.id;
  mote.start = start;
  // A decision is read, not followed.
  mote.end = record.kind == MessageKind::Note ? end + hop * 3 : end;
  mote.background = background;
  mote.dropped = record.delivered == SimTime::max();
  latest_[key] = motes_.size();
  motes_.push_back(mote);
  if (!background) lastEnd_ = std::max(lastEnd_, end);
  arrivals_[static_cast<std::uint64_t>(record.id) % arrivals_.size()] = {record.id, end};
}

void MessageFlow::settle(double now) {
  const std::size_t before = motes_.size();
  std::erase_if(motes_, [now](const Mote& mote) { return mote.end <= now; });
  if (motes_.size() == before) return;
  latest_.clear();
  for (std::size_t i = 0; i < motes_.size(); ++i) {
    const Mote& m = motes_[i];
    TraceRecord like;
    like.from = m.from;
    like.to = m.to;
    like.kind = m.kind;
    like.code = m.code;
    like.verb = m.verb;
    like.resource = m.resource;
    latest_[signature(like)] = i;
  }
}

}  // namespace pilothouse::web
