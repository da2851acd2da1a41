#include "core/client/work_queue.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace pilothouse;
using namespace pilothouse::client;
using namespace std::chrono_literals;

namespace {

/// Records what was synced and when; finishes when told to.
struct Recorder {
  explicit Recorder(Simulator& sim) : simulator(sim) {}
  Simulator& simulator;
  std::string log;
  std::vector<WorkQueue::Finish> open;

  WorkQueue::Sync sync() {
    return [this](const std::string& key, WorkQueue::Finish finish) {
      log += key;
      open.push_back(std::move(finish));
    };
  }
};

}  // namespace

TEST_CASE("a key added while a worker has it comes again after, once") {
  Simulator sim(1);
  Recorder recorder(sim);
  WorkQueue queue(sim, 2, recorder.sync());
  queue.add("lost");  // not started: nothing is kept
  queue.start();
  queue.add("a");
  queue.add("a");
  sim.runFor(1ms);
  CHECK(recorder.log == "a");
  queue.add("a");
  queue.add("a");
  queue.add("b");
  sim.runFor(1ms);
  CHECK(recorder.log == "ab");
  recorder.open[0](WorkQueue::Result::Done);
  recorder.open[0](WorkQueue::Result::Done);  // twice does no harm
  sim.runFor(1ms);
  CHECK(recorder.log == "aba");
}

TEST_CASE("a failing key comes back after 5, 10, 20… ms, and success forgets its failures") {
  Simulator sim(1);
  std::vector<SimDuration> times;
  WorkQueue queue(sim, 1, [&](const std::string&, WorkQueue::Finish finish) {
    times.push_back(sim.now() - kSimulationStart);
    finish(times.size() < 5 ? WorkQueue::Result::Retry : WorkQueue::Result::Done);
  });
  queue.start();
  queue.add("a");
  sim.runFor(10s);
  CHECK(times == std::vector<SimDuration>{0ms, 5ms, 15ms, 35ms, 75ms});
  CHECK(queue.failures("a") == 0);
}

TEST_CASE("of two delays for one key the earlier counts, and stopping forgets all") {
  Simulator sim(1);
  Recorder recorder(sim);
  WorkQueue queue(sim, 1, recorder.sync());
  queue.start();
  queue.addAfter("a", 5s);
  queue.addAfter("a", 2s);
  queue.addAfter("a", 9s);
  sim.runFor(3s);
  CHECK(recorder.log == "a");
  recorder.open[0](WorkQueue::Result::Done);
  sim.runFor(20s);
  CHECK(recorder.log == "a");
  queue.addAfter("b", 1s);
  queue.stop();
  queue.start();
  sim.runFor(5s);
  CHECK(recorder.log == "a");
}

TEST_CASE("the cause of a sync is what first asked for it") {
  Simulator sim(1);
  CauseId seen{};
  WorkQueue queue(sim, 1, [&](const std::string&, WorkQueue::Finish finish) {
    seen = sim.cause();
    finish(WorkQueue::Result::Done);
  });
  queue.start();
  {
    const CauseScope first(sim, CauseId{7});
    queue.add("a");
  }
  {
    const CauseScope second(sim, CauseId{8});
    queue.add("a");
  }
  sim.runFor(1s);
  CHECK(seen == CauseId{7});
}
