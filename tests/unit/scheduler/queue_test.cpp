#include <map>

#include "core/scheduler/scheduling_queue.hpp"
#include "tests/unit/scheduler/bench_fixture.hpp"

using namespace pilothouse;
using namespace pilothouse::scheduler;
using namespace std::chrono_literals;

namespace {

struct QueueBench : Bench {
  Simulator simulator{1};
  int readyCalls = 0;
  SchedulingQueue queue{simulator, framework, [this] { ++readyCalls; }};

  Value add(std::string_view spec) {
    const Value made = pod(spec);
    queue.add(made, cache.requirements().get(made[keys::spec]));
    return made;
  }
  std::string popName() {
    const auto popped = queue.pop();
    if (!popped) return "";
    queue.done();
    return std::string(api::name(popped->pod));
  }
  static std::uint32_t bitOf(const Framework& framework, std::string_view plugin) {
    for (std::size_t i = 0; i < framework.plugins().size(); ++i) {
      if (framework.plugins()[i].plugin->name() == plugin) return 1u << i;
    }
    return 0;
  }
  /// An attempt in vain.
  void refuse(std::string_view plugin) {
    auto popped = queue.pop();
    REQUIRE(popped.has_value());
    popped->refusedBy = plugin.empty() ? 0 : bitOf(framework, plugin);
    queue.giveBack(std::move(*popped));
    queue.done();
  }
  ClusterEvent nodeEvent(std::uint32_t types, Value before, Value after) {
    auto node = std::make_shared<NodeInfo>();
    node->setNode(after);
    return {types, std::move(before), std::move(after), std::move(node)};
  }
  static Value nodeOf(std::string_view cpu, std::string_view spec = "{}") {
    return yaml("metadata: {name: n}\nspec: " + std::string(spec) + "\nstatus: {allocatable: {cpu: '" +
                std::string(cpu) + "', memory: 8Gi, pods: 110}}");
  }
};

}  // namespace

TEST_CASE("the higher priority comes first, then who waits longer") {
  QueueBench bench;
  bench.add("{priority: 0}");
  bench.add("{priority: 0}");
  bench.add("{priority: 2000000000}");
  CHECK(bench.popName() == "pod-3");
  CHECK(bench.popName() == "pod-1");
  CHECK(bench.popName() == "pod-2");
  CHECK(bench.popName().empty());
}

TEST_CASE("an unschedulable pod waits for an event that may help it") {
  QueueBench bench;
  bench.add(Bench::requests("2"));
  bench.refuse("NodeResourcesFit");
  CHECK(bench.queue.unschedulableCount() == 1);
  bench.queue.moveAll(bench.nodeEvent(event_type::kNodeAdd, {}, QueueBench::nodeOf("1")));
  CHECK(bench.queue.unschedulableCount() == 1);  // too small
  bench.queue.moveAll(
      bench.nodeEvent(event_type::kNodeLabel, QueueBench::nodeOf("4"), QueueBench::nodeOf("4")));
  CHECK(bench.queue.unschedulableCount() == 1);  // not what was lacking
  bench.queue.moveAll(
      bench.nodeEvent(event_type::kNodeAllocatable, QueueBench::nodeOf("1"), QueueBench::nodeOf("4")));
  CHECK(bench.queue.backoffCount() == 1);
  // Nothing else is to be done, so its back-off need not pass.
  CHECK(bench.popName() == "pod-1");
}

TEST_CASE("a pod in back-off comes after those that are active") {
  QueueBench bench;
  bench.add(Bench::requests("2"));
  bench.refuse("NodeResourcesFit");
  bench.queue.moveAll(bench.nodeEvent(event_type::kNodeAdd, {}, QueueBench::nodeOf("4")));
  bench.add(Bench::requests("2"));
  CHECK(bench.popName() == "pod-2");
  bench.simulator.runFor(1s);
  CHECK(bench.queue.backoffCount() == 0);
  CHECK(bench.queue.activeCount() == 1);
}

TEST_CASE("errors are tried again after 1, 2, 4, 8 and then 10 seconds") {
  QueueBench bench;
  bench.add(Bench::requests("2"));
  for (const int seconds : {1, 2, 4, 8, 10, 10}) {
    bench.refuse("");
    CHECK_FALSE(bench.queue.pop().has_value());
    bench.simulator.runFor(std::chrono::seconds(seconds) - 1ms);
    CHECK(bench.queue.activeCount() == 0);
    bench.simulator.runFor(1ms);
    CHECK(bench.queue.activeCount() == 1);
  }
}

TEST_CASE("an event during the attempt is not missed") {
  QueueBench bench;
  bench.add(Bench::requests("2"));
  auto popped = bench.queue.pop();
  bench.queue.moveAll(bench.nodeEvent(event_type::kNodeAdd, {}, QueueBench::nodeOf("4")));
  popped->refusedBy = QueueBench::bitOf(bench.framework, "NodeResourcesFit");
  bench.queue.giveBack(std::move(*popped));
  bench.queue.done();
  CHECK(bench.queue.unschedulableCount() == 0);
  CHECK(bench.queue.backoffCount() == 1);
}

TEST_CASE("without any event an unschedulable pod is tried again after five minutes") {
  QueueBench bench;
  bench.add(Bench::requests("2"));
  bench.refuse("NodeResourcesFit");
  bench.simulator.runFor(5min);
  CHECK(bench.queue.unschedulableCount() == 1);
  bench.simulator.runFor(30s);
  CHECK(bench.queue.activeCount() == 1);
  bench.popName();
  CHECK(bench.simulator.pending() == 0);  // nothing polls
}

TEST_CASE("a gated pod enters when its last gate is removed") {
  QueueBench bench;
  const Value gated = bench.add("{schedulingGates: [{name: wait}], containers: [{name: c}]}");
  CHECK(bench.popName().empty());
  bench.queue.moveAll(bench.nodeEvent(event_type::kNodeAdd, {}, QueueBench::nodeOf("4")));
  bench.simulator.runFor(10min);
  CHECK(bench.popName().empty());
  const Value open = gated.withPath({keys::spec}, yaml("{containers: [{name: c}]}"));
  bench.queue.update(open, bench.cache.requirements().get(open[keys::spec]));
  CHECK(bench.popName() == "pod-1");
}

TEST_CASE("a deleted pod leaves the queue, wherever it is") {
  QueueBench bench;
  const Value active = bench.add(Bench::requests("1"));
  bench.queue.remove(active);
  CHECK(bench.popName().empty());
  const Value refused = bench.add(Bench::requests("1"));
  bench.refuse("NodeResourcesFit");
  bench.queue.remove(refused);
  CHECK(bench.queue.unschedulableCount() == 0);
  CHECK_FALSE(bench.queue.listens(event_type::kNodeAdd));
}

TEST_CASE("what a pod asks may change while it waits") {
  QueueBench bench;
  const Value picky = bench.add("{containers: [{name: c}], nodeSelector: {disk: ssd}}");
  bench.refuse("NodeAffinity");
  const Value tolerant =
      picky.withPath({keys::spec}, yaml("{containers: [{name: c}], tolerations: [{operator: Exists}]}"));
  bench.queue.update(tolerant, bench.cache.requirements().get(tolerant[keys::spec]));
  CHECK(bench.popName() == "pod-1");
}

TEST_CASE("a table of pods finds what it holds through any coming and going") {
  struct Entry {
    Value pod;
    int number = 0;
  };
  PodTable<Entry> table;
  std::map<std::string, int> model;
  Random random(7);
  for (int i = 0; i < 20000; ++i) {
    const std::string uid = "uid-" + std::to_string(random.below(i % 4000 < 3000 ? 500 : 5));
    const std::uint32_t id = table.find(uid);
    REQUIRE((id != PodTable<Entry>::kNone) == model.contains(uid));
    if (id == PodTable<Entry>::kNone) {
      const Value pod = Value::object({{keys::metadata, Value::object({{keys::uid, uid}})}});
      table.add({pod, i});
      model[uid] = i;
    } else {
      REQUIRE(table[id].number == model[uid]);
      table.erase(id);
      model.erase(uid);
    }
    REQUIRE(table.size() == model.size());
  }
}
