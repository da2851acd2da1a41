#include "core/sim/simulator.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace pilothouse;
using namespace std::chrono_literals;

TEST_CASE("events run in order of time, and of scheduling where times are equal") {
  Simulator sim(1);
  std::string order;
  sim.after(2s, [&] { order += 'c'; });
  sim.after(1s, [&] { order += 'a'; });
  sim.after(1s, [&] { order += 'b'; });
  sim.after(1s, [&] { sim.at(kSimulationStart, [&] { order += '!'; }); });
  CHECK(sim.pending() == 4);
  sim.runFor(5s);
  CHECK(order == "ab!c");
  CHECK(sim.now() == kSimulationStart + 5s);
  CHECK_FALSE(sim.step());
}

TEST_CASE("a cancelled event does not run, and its timer can be cancelled once") {
  Simulator sim(1);
  int runs = 0;
  const TimerId timer = sim.after(1s, [&] { ++runs; });
  CHECK(sim.cancel(timer));
  CHECK_FALSE(sim.cancel(timer));
  CHECK_FALSE(sim.cancel(TimerId::None));
  CHECK(sim.pending() == 0);
  sim.after(1s, [&] { ++runs; });  // takes the freed place; the old id must not reach it
  CHECK_FALSE(sim.cancel(timer));
  sim.runFor(2s);
  CHECK(runs == 1);
}

TEST_CASE("a hundred thousand cancelled events leave the others in order") {
  Simulator sim(7);
  std::vector<TimerId> timers;
  SimTime last{};
  int ran = 0;
  for (int i = 0; i < 100000; ++i) {
    timers.push_back(sim.after(SimDuration(sim.random().below(1000000)), [&] {
      CHECK(sim.now() >= last);
      last = sim.now();
      ++ran;
    }));
  }
  for (std::size_t i = 0; i < timers.size(); ++i) {
    if (i % 10 != 0) sim.cancel(timers[i]);
  }
  CHECK(sim.pending() == 10000);
  sim.runFor(1s);
  CHECK(ran == 10000);
}

TEST_CASE("the cause of an event is the one that was current when it was scheduled") {
  Simulator sim(1);
  CauseId seen{};
  {
    const CauseScope scope(sim, CauseId{42});
    sim.after(1s, [&] { sim.after(1s, [&] { seen = sim.cause(); }); });
  }
  CHECK(sim.cause() == CauseId::None);
  sim.runFor(3s);
  CHECK(seen == CauseId{42});
}

TEST_CASE("what was scheduled through a gate is lost when it is shut, and later deliveries pass") {
  Simulator sim(1);
  const GateId gate = sim.newGate();
  std::string ran;
  sim.deliver(sim.now() + 1s, CauseId::None, gate, [&] { ran += "old "; });
  sim.shutGate(gate);
  sim.deliver(sim.now() + 2s, CauseId::None, gate, [&] { ran += "new"; });
  sim.runFor(3s);
  CHECK(ran == "new");
}

TEST_CASE("a bounded run stops at its number of events, and sets the clock only when all are done") {
  Simulator sim(1);
  for (int i = 1; i <= 3; ++i) sim.after(SimDuration(i), [] {});
  CHECK(sim.runSome(sim.now() + 10s, 2) == 2);
  CHECK(sim.now() == kSimulationStart + SimDuration(2));
  CHECK(sim.runSome(kSimulationStart + 10s, 2) == 1);
  CHECK(sim.now() == kSimulationStart + 10s);
}

TEST_CASE("the random source is the published xoshiro256** and gives names as Kubernetes does") {
  Random random(0);
  CHECK(random.next() == 0x99ec5f36cb75f2b4ULL);  // splitmix64(0) seeding, reference implementation
  const std::string suffix = random.suffix(5);
  CHECK(suffix.size() == 5);
  CHECK(suffix.find_first_not_of("bcdfghjklmnpqrstvwxz2456789") == std::string::npos);
  const std::string uuid = random.uuid();
  CHECK(uuid.size() == 36);
  CHECK(uuid[14] == '4');
  CHECK(std::string("89ab").find(uuid[19]) != std::string::npos);
  for (int i = 0; i < 1000; ++i) CHECK(random.below(7) < 7);
}

TEST_CASE("an input comes before everything else of its time, whenever it was scheduled") {
  Simulator simulator(1);
  std::string order;
  const SimTime when = kSimulationStart + std::chrono::seconds(1);
  simulator.at(when, [&] { order += 'a'; });
  simulator.atFirst(when, [&] { order += '1'; });
  simulator.at(when, [&] { order += 'b'; });
  simulator.atFirst(when, [&] { order += '2'; });
  simulator.runFor(std::chrono::seconds(2));
  CHECK(order == "12ab");
}
