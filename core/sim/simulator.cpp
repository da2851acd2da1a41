#include "core/sim/simulator.hpp"

#include <cassert>
#include <deque>
#include <utility>
#include <vector>

namespace pilothouse {
namespace {

// A place in the heap. 24 bytes; the work itself stays put in its slot.
struct Due {
  SimTime time;
  std::uint64_t sequence;
  std::uint32_t slot;
  std::uint32_t generation;

  [[nodiscard]] bool before(const Due& other) const {
    return time != other.time ? time < other.time : sequence < other.sequence;
  }
};

struct Slot {
  Task task;
  CauseId cause{};
  GateId gate{};
  std::uint32_t gateEpoch = 0;
  std::uint32_t generation = 1;  ///< odd or even has no meaning: it changes whenever the slot is freed
};

constexpr std::size_t kArity = 4;  // fewer cache misses than a binary heap at 10^6 events
constexpr std::size_t kStaleKept = 4096;
constexpr std::uint64_t kOrdinary = std::uint64_t{1} << 32;  // sequence numbers below are those of atFirst()

}  // namespace

struct Simulator::State {
  explicit State(std::uint64_t seed) : random(seed) { gates.push_back(0); }

  SimTime now = kSimulationStart;
  Random random;
  std::vector<Due> heap;
  std::deque<Slot> slots;
  std::vector<std::uint32_t> freeSlots;
  std::vector<std::uint32_t> gates;  ///< the epoch of each gate
  std::size_t stale = 0;             ///< cancelled events still in the heap
  std::uint64_t sequence = kOrdinary;
  std::uint64_t firstSequence = 0;
  std::uint64_t run = 0;
  CauseId cause{};

  void siftUp(std::size_t at) {
    const Due due = heap[at];
    while (at > 0) {
      const std::size_t parent = (at - 1) / kArity;
      if (!due.before(heap[parent])) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = due;
  }

  void siftDown(std::size_t at) {
    const Due due = heap[at];
    for (;;) {
      const std::size_t first = at * kArity + 1;
      if (first >= heap.size()) break;
      const std::size_t last = first + kArity < heap.size() ? first + kArity : heap.size();
      std::size_t least = first;
      for (std::size_t child = first + 1; child < last; ++child) {
        if (heap[child].before(heap[least])) least = child;
      }
      if (!heap[least].before(due)) break;
      heap[at] = heap[least];
      at = least;
    }
    heap[at] = due;
  }

  void popTop() {
    heap.front() = heap.back();
    heap.pop_back();
    if (!heap.empty()) siftDown(0);
  }

  void free(std::uint32_t slot) {
    ++slots[slot].generation;
    freeSlots.push_back(slot);
  }

  TimerId add(SimTime time, std::uint64_t number, CauseId causeOfEvent, GateId gate, Task task) {
    assert(task);
    std::uint32_t index;
    if (freeSlots.empty()) {
      index = static_cast<std::uint32_t>(slots.size());
      slots.emplace_back();
    } else {
      index = freeSlots.back();
      freeSlots.pop_back();
    }
    Slot& slot = slots[index];
    slot.task = std::move(task);
    slot.cause = causeOfEvent;
    slot.gate = gate;
    slot.gateEpoch = gates[static_cast<std::size_t>(gate)];
    heap.push_back({time < now ? now : time, number, index, slot.generation});
    siftUp(heap.size() - 1);
    return static_cast<TimerId>(static_cast<std::uint64_t>(slot.generation) << 32 | index);
  }

  [[nodiscard]] bool isStale(const Due& due) const { return slots[due.slot].generation != due.generation; }
  [[nodiscard]] bool isShut(const Slot& slot) const {
    return gates[static_cast<std::size_t>(slot.gate)] != slot.gateEpoch;
  }

  /// Drops what was cancelled or shut off from the front, so that the top is an event that will run.
  void settle() {
    while (!heap.empty()) {
      const Due top = heap.front();
      Task dropped;  // destroyed after the queue is whole again: its end may cancel timers
      if (isStale(top)) {
        assert(stale > 0);
        --stale;
      } else if (isShut(slots[top.slot])) {
        dropped = std::move(slots[top.slot].task);
        free(top.slot);
      } else {
        return;
      }
      popTop();
    }
  }

  void sweepStale() {
    std::size_t kept = 0;
    for (const Due& due : heap) {
      if (!isStale(due)) heap[kept++] = due;
    }
    heap.resize(kept);
    stale = 0;
    for (std::size_t at = heap.size() / kArity + 1; at-- > 0;) {
      if (at < heap.size()) siftDown(at);
    }
  }

  void runTop() {
    const Due due = heap.front();
    popTop();
    Slot& slot = slots[due.slot];
    Task task = std::move(slot.task);
    cause = slot.cause;
    free(due.slot);
    assert(due.time >= now);
    now = due.time;
    ++run;
    task();
    cause = CauseId::None;
  }
};

Simulator::Simulator(std::uint64_t seed) : state_(std::make_unique<State>(seed)) {}

Simulator::~Simulator() {
  // Destroying a task may cancel timers: the queue must still be there then.
  State& s = *state_;
  for (std::size_t i = 0; i < s.slots.size(); ++i) Task(std::move(s.slots[i].task));
}

SimTime Simulator::now() const { return state_->now; }
Random& Simulator::random() { return state_->random; }

TimerId Simulator::at(SimTime time, Task task) {
  State& s = *state_;
  return s.add(time, ++s.sequence, s.cause, GateId::None, std::move(task));
}

TimerId Simulator::atFirst(SimTime time, Task task) {
  State& s = *state_;
  return s.add(time, ++s.firstSequence, s.cause, GateId::None, std::move(task));
}

TimerId Simulator::after(SimDuration delay, Task task) { return at(state_->now + delay, std::move(task)); }

void Simulator::deliver(SimTime time, CauseId cause, GateId gate, Task task) {
  state_->add(time, ++state_->sequence, cause, gate, std::move(task));
}

GateId Simulator::newGate() {
  state_->gates.push_back(0);
  return static_cast<GateId>(state_->gates.size() - 1);
}

void Simulator::shutGate(GateId gate) {
  assert(gate != GateId::None);
  ++state_->gates[static_cast<std::size_t>(gate)];
}

bool Simulator::cancel(TimerId timer) {
  State& s = *state_;
  const auto index = static_cast<std::uint32_t>(static_cast<std::uint64_t>(timer));
  const auto generation = static_cast<std::uint32_t>(static_cast<std::uint64_t>(timer) >> 32);
  if (timer == TimerId::None || index >= s.slots.size() || s.slots[index].generation != generation) {
    return false;
  }
  const Task dropped = std::move(s.slots[index].task);
  s.free(index);
  ++s.stale;
  if (s.stale > kStaleKept && s.stale > s.heap.size() / 2) s.sweepStale();
  return true;
}

bool Simulator::step() {
  state_->settle();
  if (state_->heap.empty()) return false;
  state_->runTop();
  return true;
}

void Simulator::runUntil(SimTime time) {
  State& s = *state_;
  for (s.settle(); !s.heap.empty() && s.heap.front().time <= time; s.settle()) s.runTop();
  if (time > s.now) s.now = time;
}

std::uint64_t Simulator::runSome(SimTime time, std::uint64_t events) {
  State& s = *state_;
  std::uint64_t ran = 0;
  for (s.settle(); ran < events; s.settle()) {
    if (s.heap.empty() || s.heap.front().time > time) {
      if (time > s.now) s.now = time;
      break;
    }
    s.runTop();
    ++ran;
  }
  return ran;
}

std::optional<SimTime> Simulator::nextEventTime() const {
  state_->settle();
  if (state_->heap.empty()) return std::nullopt;
  return state_->heap.front().time;
}

std::size_t Simulator::pending() const { return state_->heap.size() - state_->stale; }
std::uint64_t Simulator::eventsRun() const { return state_->run; }
CauseId Simulator::cause() const { return state_->cause; }
void Simulator::setCause(CauseId cause) { state_->cause = cause; }

}  // namespace pilothouse
