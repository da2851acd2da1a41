#pragma once

#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

#include "core/sim/trace.hpp"

namespace pilothouse::web {

/// One thing that travels along a link on screen: a message, or several alike that travel together.
struct Mote {
  ComponentId from{};
  ComponentId to{};
  MessageKind kind{};
  std::uint16_t code = 0;
  Key verb;
  Key resource;
  std::uint32_t count = 1;
  CauseId message = CauseId::None;  ///< the first of them
  double start = 0;                 ///< wall seconds
  double end = 0;
  bool background = false;  ///< heartbeats and the like: drawn faintly, never waited for
  bool dropped = false;
};

/// A message of the machinery itself, which would drown the others: leases, bookmarks, events' bookkeeping.
bool isBackground(const TraceRecord& record);

/// The trace, slowed for a person: messages get a presentation time of their own.
///
/// A mote starts when the mote of its cause has arrived, and takes at least kHopSeconds; alike messages that
/// would start together travel as one with a count. Cost: O(1) a new record, nothing for old ones.
class MessageFlow {
 public:
  static constexpr double kHopSeconds = 0.45;
  static constexpr double kLagMax = 1.6;  ///< without waiting, later messages join those already on their way
  static constexpr std::size_t kMotesMax = 600;

  /// Takes the records since the last call. `hop` is the seconds that one link takes.
  void pull(const Trace& trace, double now, double hop);
  /// Forgets what has arrived.
  void settle(double now);
  void clear();
  /// Takes what is in the trace as seen: it goes to the log, nothing of it travels on screen.
  void skip(const Trace& trace);

  [[nodiscard]] const std::vector<Mote>& motes() const { return motes_; }
  /// Wall seconds until the last foreground message will have arrived.
  [[nodiscard]] double lag(double now) const { return lastEnd_ > now ? lastEnd_ - now : 0; }
  [[nodiscard]] bool moving() const { return !motes_.empty(); }

  /// Foreground records, oldest first, for the log; at most kLogMax.
  [[nodiscard]] const std::deque<CauseId>& log() const { return log_; }
  static constexpr std::size_t kLogMax = 20000;

  /// Messages counted in quarter-seconds of virtual time, for the timeline.
  struct Bucket {
    std::int64_t quarter = -1;
    std::uint32_t foreground = 0;
    std::uint32_t background = 0;
    bool input = false;
    bool failure = false;
  };
  static constexpr std::size_t kBuckets = 240;
  [[nodiscard]] const Bucket& bucket(std::int64_t quarter) const {
    return buckets_[static_cast<std::size_t>(quarter) % kBuckets];
  }

 private:
  void show(const TraceRecord& record, double now, double hop);
  void count(const TraceRecord& record, bool background);
  double arrivalOf(CauseId id) const;

  struct Arrival {
    CauseId id = CauseId::None;
    double end = 0;
  };
  CauseId seen_ = CauseId::None;
  std::vector<Mote> motes_;
  std::unordered_map<std::uint64_t, std::size_t>
      latest_;  ///< by kind of mote: its newest one; never iterated
  std::vector<Arrival> arrivals_ = std::vector<Arrival>(8192);
  std::deque<CauseId> log_;
  std::vector<Bucket> buckets_ = std::vector<Bucket>(kBuckets);
  double lastEnd_ = 0;
};

}  // namespace pilothouse::web
