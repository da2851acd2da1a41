#include <algorithm>
#include <map>

#include "core/scheduler/natural_log.hpp"
#include "tests/unit/scheduler/bench_fixture.hpp"

using namespace pilothouse;
using namespace pilothouse::scheduler;

namespace {

std::string zoned(int zone, std::string_view host) {
  return "{topology.kubernetes.io/zone: z" + std::to_string(zone) +
         ", kubernetes.io/hostname: " + std::string(host) + "}";
}

std::string spreadSpec(std::string_view key, int maxSkew, std::string_view when, std::string_view more = "") {
  return "{containers: [{name: c}], topologySpreadConstraints: [{topologyKey: " + std::string(key) +
         ", maxSkew: " + std::to_string(maxSkew) + ", whenUnsatisfiable: " + std::string(when) +
         ", labelSelector: {matchLabels: {app: web}}" + std::string(more) + "}]}";
}

std::string affinitySpec(std::string_view kind, std::string_view key, std::string_view app,
                         std::string_view more = "") {
  return "{containers: [{name: c}], affinity: {" + std::string(kind) +
         ": {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: " + std::string(key) +
         ", labelSelector: {matchLabels: {app: " + std::string(app) + "}}" + std::string(more) + "}]}}}";
}

}  // namespace

TEST_CASE("siblings spread over hosts by the system's default constraints") {
  Bench bench;
  bench.selects = LabelSelector::fromMap(yaml("{app: web}"));
  for (int i = 0; i < 6; ++i) {
    const std::string name = "worker-" + std::to_string(i);
    bench.node(name, zoned(i % 3, name));
  }
  std::map<std::string, int> count;
  for (int i = 0; i < 12; ++i) ++count[bench.place(bench.pod("{containers: [{name: c}]}", "{app: web}"))];
  REQUIRE(count.size() == 6);
  for (const auto& [node, pods] : count) CHECK(pods == 2);
}

TEST_CASE("a hard constraint holds the skew between zones, and says why a pod waits") {
  Bench bench;
  bench.node("a", zoned(1, "a"));
  bench.node("b", zoned(2, "b"), "{}", "0");
  bench.node("c", "{}");
  const auto pod = [&] {
    return bench.pod(spreadSpec("topology.kubernetes.io/zone", 1, "DoNotSchedule"), "{app: web}");
  };
  bench.running("b", "{containers: [{name: c}]}", "{app: web}");
  CHECK(bench.place(pod()) != "c");
  bench.running("a", "{containers: [{name: c}]}", "{app: web}");
  bench.running("a", "{containers: [{name: c}]}", "{app: web}");
  bench.node("b", zoned(2, "b"), "{unschedulable: true}");
  CHECK(
      bench.place(pod()) ==
      "0/3 nodes are available: 1 node(s) didn't match pod topology spread constraints, 1 node(s) didn't "
      "match "
      "pod topology spread constraints (missing required label), 1 node(s) were unschedulable. preemption: "
      "0/3 "
      "nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for "
      "scheduling.");
}

TEST_CASE("minDomains counts missing zones as empty, and terminating pods do not count") {
  Bench bench;
  bench.node("a", zoned(1, "a"));
  const auto pod = [&](std::string_view more) {
    return bench.pod(spreadSpec("topology.kubernetes.io/zone", 1, "DoNotSchedule", more), "{app: web}");
  };
  const Value first = bench.running("a", "{containers: [{name: c}]}", "{app: web}");
  CHECK(bench.schedule(pod("")).node != nullptr);
  CHECK(bench.schedule(pod(", minDomains: 2")).node == nullptr);
  bench.cache.setPod(first.withPath({keys::metadata, keys::deletionTimestamp}, "2026-01-01T00:00:00Z"));
  CHECK(bench.schedule(pod(", minDomains: 2")).node != nullptr);
  bench.cache.removePod(first);
  CHECK(bench.schedule(pod(", minDomains: 2")).node != nullptr);
}

TEST_CASE("a soft constraint prefers the emptier zone") {
  Bench bench;
  bench.node("a", zoned(1, "a"));
  bench.node("b", zoned(2, "b"));
  for (int i = 0; i < 3; ++i) bench.running("a", "{containers: [{name: c}]}", "{app: web}");
  bench.running("b", Bench::requests("1"));  // fuller, but in the emptier zone
  CHECK(bench.place(
            bench.pod(spreadSpec("topology.kubernetes.io/zone", 1, "ScheduleAnyway"), "{app: web}")) == "b");
}

TEST_CASE("counts of a selector follow pods that come, go and change their labels") {
  Bench bench;
  bench.node("a");
  PodSelector selector;
  selector.namespaces = {"default"};
  selector.labels = LabelSelector::fromMap(yaml("{app: web}"));
  const auto count = [&] {
    auto& counts = bench.cache.counts();
    const auto& byNode = counts.counts(counts.group(selector));
    return byNode.empty() ? 0u : byNode[0];
  };
  CHECK(count() == 0);
  const Value one = bench.running("a", "{containers: [{name: c}]}", "{app: web}");
  const Value two = bench.running("a", "{containers: [{name: c}]}", "{app: web}");
  bench.running("a", "{containers: [{name: c}]}", "{app: web}", "other");
  CHECK(count() == 2);
  bench.cache.setPod(two.withPath({keys::metadata, keys::labels}, yaml("{app: db}")));
  CHECK(count() == 1);
  bench.cache.removePod(one);
  CHECK(count() == 0);
  // More selectors than are kept: the first is counted anew.
  bench.running("a", "{containers: [{name: c}]}", "{app: web, x: y}");
  for (std::size_t i = 0; i < PodCounts::kGroupsMax + 10; ++i) {
    PodSelector other = selector;
    other.labels = LabelSelector::fromMap(Value::object({{Key::intern("n"), std::to_string(i)}}));
    bench.cache.counts().group(other);
  }
  CHECK(count() == 1);
}

TEST_CASE("pods that must be together follow the first, who may go anywhere") {
  Bench bench;
  bench.node("a", zoned(1, "a"));
  bench.node("b", zoned(2, "b"));
  const std::string together = affinitySpec("podAffinity", "topology.kubernetes.io/zone", "web");
  const std::string first = bench.place(bench.pod(together, "{app: web}"));
  for (int i = 0; i < 3; ++i) CHECK(bench.place(bench.pod(together, "{app: web}")) == first);
  CHECK(bench.place(bench.pod(affinitySpec("podAffinity", "topology.kubernetes.io/zone", "cache"))) ==
        "0/2 nodes are available: 2 node(s) didn't match pod affinity rules. preemption: 0/2 nodes are "
        "available: 2 Preemption is not helpful for scheduling.");
}

TEST_CASE("anti-affinity keeps siblings apart, and others from who is there already") {
  Bench bench;
  bench.node("a", zoned(1, "a"));
  bench.node("b", zoned(2, "b"));
  const std::string apart = affinitySpec("podAntiAffinity", "kubernetes.io/hostname", "web");
  const std::string first = bench.place(bench.pod(apart, "{app: web}"));
  CHECK(bench.place(bench.pod(apart, "{app: web}")) != first);
  CHECK(bench.place(bench.pod(apart, "{app: web}")) ==
        "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules. preemption: 0/2 nodes are "
        "available: 2 No preemption victims found for incoming pod.");
  CHECK(
      bench.place(bench.pod("{containers: [{name: c}]}", "{app: web}")) ==
      "0/2 nodes are available: 2 node(s) didn't satisfy existing pods anti-affinity rules. preemption: 0/2 "
      "nodes are available: 2 No preemption victims found for incoming pod.");
  CHECK(bench.schedule(bench.pod(apart, "{app: web}", "other")).node != nullptr);
  CHECK(bench
            .schedule(bench.pod(affinitySpec("podAntiAffinity", "kubernetes.io/hostname", "web",
                                             ", namespaceSelector: {matchLabels: {team: default}}"),
                                "{}", "other"))
            .node == nullptr);
}

TEST_CASE("preferred affinity weighs") {
  Bench bench;
  bench.node("a", zoned(1, "a"));
  bench.node("b", zoned(2, "b"));
  bench.running("b", Bench::requests("1"), "{app: cache}");
  const std::string near =
      "{containers: [{name: c}], affinity: {podAffinity: {preferredDuringSchedulingIgnoredDuringExecution: "
      "[{weight: 100, podAffinityTerm: {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: "
      "{app: cache}}}}]}}}";
  CHECK(bench.place(bench.pod(near)) == "b");
}

TEST_CASE("preferred node terms and soft taints weigh") {
  Bench bench;
  bench.node("a", "{disk: ssd}", "{taints: [{key: slow, effect: PreferNoSchedule}]}");
  bench.node("b");
  CHECK(bench.place(bench.pod("{containers: [{name: c}]}")) == "b");
  bench.node("a", "{disk: ssd}");
  CHECK(bench.place(bench.pod("{containers: [{name: c}], affinity: {nodeAffinity: "
                              "{preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: "
                              "{matchExpressions: [{key: disk, operator: In, values: [ssd]}]}}]}}}")) == "a");
}

TEST_CASE("a large image that only one node has draws its pods there") {
  Bench bench;
  bench.node("a");
  bench.cache.setNode(
      yaml("metadata: {name: b}\nstatus: {allocatable: {cpu: 4, memory: 8Gi, pods: 9}, images: "
           "[{names: ['big:latest'], sizeBytes: 2000000000}]}"));
  for (int i = 0; i < 4; ++i) {
    CHECK(bench.schedule(bench.pod("{containers: [{name: c, image: big}]}")).node->text() == "b");
  }
}

TEST_CASE("the last decision tells each node's reason or scores") {
  Bench bench;
  bench.node("a");
  bench.node("b", "{}", "{unschedulable: true}");
  bench.node("c");
  const Value pod = bench.pod(Bench::requests("1"));
  const std::string chosen = bench.place(pod);
  const Value told = bench.scheduler.decisions().find("default", api::name(pod), bench.framework);
  CHECK(told["node"].asString() == chosen);
  CHECK(told["feasible"].asInt() == 2);
  REQUIRE(told["nodes"].size() == 3);
  const Value& best = told["nodes"].item(0);
  CHECK(best["name"].asString() == chosen);
  CHECK(best["scores"]["TaintToleration"].asInt() == 300);
  // A quarter of the cpu and 1/64 of the memory: (75 + 98) / 2.
  CHECK(best["scores"]["NodeResourcesFit"].asInt() == 86);
  CHECK(best["scores"]["NodeResourcesBalancedAllocation"].asInt() == 88);
  CHECK(best["total"].asInt() == 300 + 86 + 88);
  CHECK(told["nodes"].item(2)["reason"].asString() == "node(s) were unschedulable");
  CHECK(bench.scheduler.decisions().find("default", "nobody", bench.framework).isNull());
}

TEST_CASE("of many nodes the best are remembered, and how many were refused why") {
  Bench bench;
  for (int i = 0; i < 90; ++i) {
    bench.node("worker-" + std::to_string(i), "{}", i % 3 == 0 ? "{unschedulable: true}" : "{}");
  }
  const Value pod = bench.pod(Bench::requests("1"));
  const std::string chosen = bench.place(pod);
  const Value told = bench.scheduler.decisions().find("default", api::name(pod), bench.framework);
  CHECK(told["nodes"].size() == Decisions::kNodesBest);
  CHECK(told["nodes"].item(0)["name"].asString() == chosen);
  CHECK(told["reasons"].item(0)["nodes"].asInt() == 30);
}

TEST_CASE("the logarithm of spreading is the same everywhere") {
  CHECK(naturalLog(1) == 0);
  CHECK(naturalLog(2) == doctest::Approx(0.6931471805599453).epsilon(1e-14));
  CHECK(naturalLog(5) == doctest::Approx(1.6094379124341003).epsilon(1e-14));
  CHECK(naturalLog(5002) == doctest::Approx(8.517593106).epsilon(1e-9));
}
