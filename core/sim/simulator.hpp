#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "core/sim/function.hpp"
#include "core/sim/random.hpp"
#include "core/sim/time.hpp"

namespace pilothouse {

/// What led to an event: the id of a trace record (message, input or timer), 0 for none.
enum class CauseId : std::uint64_t { None = 0 };
/// A scheduled event, for cancelling it; 0 is never given out.
enum class TimerId : std::uint64_t { None = 0 };
/// One life of something that receives events: what was scheduled through a gate before it was shut is
/// destroyed unrun. Network gives one to each component, so a restarted process gets no old message.
enum class GateId : std::uint32_t { None = 0 };

/// One thread, one queue, one virtual clock. Events run in order of (time, sequence number).
///
/// Each event keeps the cause that was current when it was scheduled, and it is current again while the event
/// runs; so a chain of timers and messages leads back to the input that began it. Cost: O(log n) an event, no
/// allocation for closures of up to 56 bytes. 10^6 pending events must stay cheap (5,000 kubelets' timers).
class Simulator {
 public:
  explicit Simulator(std::uint64_t seed);
  ~Simulator();
  Simulator(const Simulator&) = delete;
  Simulator& operator=(const Simulator&) = delete;

  [[nodiscard]] SimTime now() const;
  [[nodiscard]] Random& random();

  /// Schedules `task`; a time in the past means now (after what is already due now).
  TimerId at(SimTime time, Task task);
  TimerId after(SimDuration delay, Task task);
  /// Before all other events of that time, those scheduled earlier too: for inputs, which must come at the
  /// same place again when a session is replayed.
  TimerId atFirst(SimTime time, Task task);
  /// An event with a cause of its own that runs only if `gate` was not shut meanwhile.
  void deliver(SimTime time, CauseId cause, GateId gate, Task task);
  GateId newGate();
  void shutGate(GateId gate);
  /// True when the event was still pending and will not run now.
  bool cancel(TimerId timer);

  /// Runs one event; false when none is pending.
  bool step();
  /// Runs all events up to and including `time`, then sets the clock to it.
  void runUntil(SimTime time);
  void runFor(SimDuration duration) { runUntil(now() + duration); }
  /// Runs at most `events` events that are due by `time`; returns how many ran. When fewer than `events` ran
  /// the clock stands at `time`. The browser's frame calls it again and again until its budget is spent.
  std::uint64_t runSome(SimTime time, std::uint64_t events);
  [[nodiscard]] std::optional<SimTime> nextEventTime() const;
  [[nodiscard]] std::size_t pending() const;
  [[nodiscard]] std::uint64_t eventsRun() const;

  [[nodiscard]] CauseId cause() const;
  void setCause(CauseId cause);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Makes `cause` current for a scope.
class CauseScope {
 public:
  CauseScope(Simulator& simulator, CauseId cause) : simulator_(simulator), previous_(simulator.cause()) {
    simulator_.setCause(cause);
  }
  ~CauseScope() { simulator_.setCause(previous_); }
  CauseScope(const CauseScope&) = delete;
  CauseScope& operator=(const CauseScope&) = delete;

 private:
  Simulator& simulator_;
  CauseId previous_;
};

}  // namespace pilothouse
