#include <set>

#include "tests/unit/scheduler/bench_fixture.hpp"

using namespace pilothouse;
using namespace pilothouse::scheduler;

TEST_CASE("a pod that asks for more than there is gets the reasons of all nodes, in the words of 1.33") {
  Bench bench;
  bench.node("control-plane", "{}",
             "{taints: [{key: node-role.kubernetes.io/control-plane, effect: NoSchedule}]}");
  for (const char* name : {"worker-1", "worker-2", "worker-3"}) bench.node(name);
  CHECK(
      bench.place(bench.pod(Bench::requests("8"))) ==
      "0/4 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, "
      "3 Insufficient cpu. preemption: 0/4 nodes are available: 1 Preemption is not helpful for scheduling, "
      "3 No preemption victims found for incoming pod.");
  CHECK(bench.place(bench.pod(Bench::requests("8", "16Gi"))) ==
        "0/4 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, "
        "3 Insufficient cpu, 3 Insufficient memory. preemption: 0/4 nodes are available: 1 Preemption is not "
        "helpful for scheduling, 3 No preemption victims found for incoming pod.");
}

TEST_CASE("what is assumed on a node is taken at once, and given back when it is forgotten") {
  Bench bench;
  bench.node("worker-1");
  const Value first = bench.pod(Bench::requests("3"));
  CHECK(bench.place(first) == "worker-1");
  CHECK(bench.schedule(bench.pod(Bench::requests("2"))).node == nullptr);
  bench.cache.forget(first);
  CHECK(bench.place(bench.pod(Bench::requests("2"))) == "worker-1");
}

TEST_CASE("a confirmed pod is not forgotten, and its removal frees the node") {
  Bench bench;
  bench.node("worker-1");
  const Value pod = bench.pod(Bench::requests("3"));
  bench.place(pod);
  const Value bound = pod.withPath({keys::spec, keys::nodeName}, "worker-1");
  bench.cache.setPod(bound);
  CHECK_FALSE(bench.cache.isAssumed(pod));
  bench.cache.forget(pod);
  CHECK(bench.schedule(bench.pod(Bench::requests("2"))).node == nullptr);
  bench.cache.removePod(bound);
  CHECK(bench.schedule(bench.pod(Bench::requests("4"))).node != nullptr);
}

TEST_CASE("init containers run one after another, beside the sidecars started before them") {
  const auto needs = decodeRequirements(yaml(R"(
containers:
- {name: app, resources: {requests: {cpu: 500m, memory: 1Gi}}}
- {name: helper}
initContainers:
- {name: migrate, resources: {requests: {cpu: "2"}}}
- {name: proxy, restartPolicy: Always, resources: {requests: {cpu: 200m}}}
- {name: warm, resources: {requests: {cpu: "1", nvidia.com/gpu: 1}}}
overhead: {cpu: 10m}
)"));
  CHECK(needs.requests.milliCpu == 2010);  // migrate alone is the most
  CHECK(needs.requests.memory == 1LL << 30);
  CHECK(needs.requests.scalarAmount(Key::intern("nvidia.com/gpu")) == 1);
  CHECK(needs.nonZeroRequests.memory == (1LL << 30) + 2 * 200 * 1024 * 1024);
}

TEST_CASE("a node has room for so many pods, and says so") {
  Bench bench;
  bench.node("worker-1", "{}", "{}", "4", "1");
  bench.place(bench.pod("{containers: [{name: c}]}"));
  CHECK(bench.place(bench.pod("{containers: [{name: c}]}")) ==
        "0/1 nodes are available: 1 Too many pods. preemption: 0/1 nodes are available: 1 No preemption "
        "victims found for incoming pod.");
}

TEST_CASE("extended resources are counted like the others") {
  Bench bench;
  bench.cache.setNode(yaml(
      "metadata: {name: gpu}\nstatus: {allocatable: {cpu: 4, memory: 8Gi, pods: 9, nvidia.com/gpu: 1}}"));
  bench.node("plain");
  const char* spec = "{containers: [{name: c, resources: {requests: {nvidia.com/gpu: 1}}}]}";
  CHECK(bench.place(bench.pod(spec)) == "gpu");
  CHECK(bench.place(bench.pod(spec)) ==
        "0/2 nodes are available: 2 Insufficient nvidia.com/gpu. preemption: 0/2 nodes are available: 2 No "
        "preemption victims found for incoming pod.");
}

TEST_CASE("cordoned nodes take no pods but those that tolerate it") {
  Bench bench;
  bench.node("worker-1", "{}", "{unschedulable: true}");
  CHECK(bench.place(bench.pod(Bench::requests("1"))) ==
        "0/1 nodes are available: 1 node(s) were unschedulable. preemption: 0/1 nodes are available: 1 "
        "Preemption is not helpful for scheduling.");
  CHECK(
      bench.place(bench.pod("{containers: [{name: c}], tolerations: [{key: node.kubernetes.io/unschedulable, "
                            "operator: Exists, effect: NoSchedule}]}")) == "worker-1");
}

TEST_CASE("taints keep pods away unless key, value and effect are tolerated") {
  Bench bench;
  bench.node("worker-1", "{}", "{taints: [{key: team, value: red, effect: NoExecute}]}");
  const auto fits = [&](std::string_view toleration) {
    return bench
               .schedule(
                   bench.pod("{containers: [{name: c}], tolerations: [" + std::string(toleration) + "]}"))
               .node != nullptr;
  };
  CHECK(fits("{key: team, value: red, effect: NoExecute}"));
  CHECK(fits("{key: team, operator: Exists}"));
  CHECK(fits("{operator: Exists}"));
  CHECK_FALSE(fits("{key: team, value: blue, effect: NoExecute}"));
  CHECK_FALSE(fits("{key: team, value: red, effect: NoSchedule}"));
  CHECK_FALSE(fits("{key: tea, operator: Exists}"));
}

TEST_CASE("node selectors and affinity know every operator") {
  Bench bench;
  bench.node("worker-1", "{disk: ssd, cores: '8'}");
  bench.node("worker-2", "{disk: hdd}");
  const auto expression = [&](std::string_view text) {
    return bench.place(bench.pod(
        "{containers: [{name: c}], affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
        "{nodeSelectorTerms: [{matchExpressions: [" +
        std::string(text) + "]}]}}}}"));
  };
  CHECK(bench.place(bench.pod("{containers: [{name: c}], nodeSelector: {disk: hdd}}")) == "worker-2");
  CHECK(expression("{key: disk, operator: In, values: [ssd, nvme]}") == "worker-1");
  CHECK(expression("{key: disk, operator: NotIn, values: [ssd]}") == "worker-2");
  CHECK(expression("{key: cores, operator: Exists}") == "worker-1");
  CHECK(expression("{key: cores, operator: DoesNotExist}") == "worker-2");
  CHECK(expression("{key: cores, operator: Gt, values: ['7']}") == "worker-1");
  CHECK(expression("{key: cores, operator: Lt, values: ['9']}") == "worker-1");
  CHECK(expression("{key: cores, operator: Gt, values: ['8']}") ==
        "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. preemption: 0/2 nodes "
        "are available: 2 Preemption is not helpful for scheduling.");
}

TEST_CASE("a term that names its node looks at that node only") {
  Bench bench;
  for (int i = 0; i < 5; ++i) bench.node("worker-" + std::to_string(i), "{}", "{}", i == 3 ? "1" : "4");
  const auto named = [&](std::string_view node) {
    return bench.pod(
        "{containers: [{name: c, resources: {requests: {cpu: 2}}}], affinity: {nodeAffinity: "
        "{requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchFields: [{key: "
        "metadata.name, operator: In, values: [" +
        std::string(node) + "]}]}]}}}}");
  };
  const auto result = bench.schedule(named("worker-2"));
  REQUIRE(result.node != nullptr);
  CHECK(result.node->text() == "worker-2");
  CHECK(result.evaluated == 1);
  CHECK(
      bench.place(named("worker-3")) ==
      "0/5 nodes are available: 1 Insufficient cpu, 4 node(s) didn't satisfy plugin(s) [NodeAffinity]. "
      "preemption: 0/5 nodes are available: 1 No preemption victims found for incoming pod, 4 Preemption is "
      "not helpful for scheduling.");
}

TEST_CASE("a host port is one pod's on a node, by protocol and address") {
  Bench bench;
  bench.node("worker-1");
  const auto withPort = [&](std::string_view port) {
    return bench.place(bench.pod("{containers: [{name: c, ports: [" + std::string(port) + "]}]}"));
  };
  CHECK(withPort("{hostPort: 80, protocol: TCP}") == "worker-1");
  CHECK(withPort("{hostPort: 80, protocol: UDP}") == "worker-1");
  CHECK(withPort("{hostPort: 80, hostIP: 10.0.0.1}") ==
        "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports. preemption: "
        "0/1 nodes are available: 1 No preemption victims found for incoming pod.");
}

TEST_CASE("a pod that never preempts is told so, and one without any node too") {
  Bench bench;
  CHECK(bench.place(bench.pod(Bench::requests("1"))) == "no nodes available to schedule pods");
  bench.node("worker-1", "{}", "{}", "1");
  CHECK(
      bench.place(
          bench.pod("{preemptionPolicy: Never, containers: [{name: c, resources: {requests: {cpu: 2}}}]}")) ==
      "0/1 nodes are available: 1 Insufficient cpu. preemption: not eligible due to preemptionPolicy=Never.");
}

TEST_CASE("as many nodes are looked at as kube-scheduler looks at, starting where it left off") {
  CHECK(feasibleNodesToFind(4) == 4);
  CHECK(feasibleNodesToFind(99) == 99);
  CHECK(feasibleNodesToFind(150) == 100);
  CHECK(feasibleNodesToFind(1000) == 420);
  CHECK(feasibleNodesToFind(5000) == 500);
  CHECK(feasibleNodesToFind(6000) == 300);
  CHECK(feasibleNodesToFind(100000) == 5000);
  Bench bench;
  for (int i = 0; i < 300; ++i) bench.node("worker-" + std::to_string(i));
  std::set<std::string> used;
  for (int i = 0; i < 30; ++i) used.insert(bench.place(bench.pod(Bench::requests("100m"))));
  CHECK(used.size() == 30);
  CHECK(bench.schedule(bench.pod(Bench::requests("100m"))).evaluated == 144);  // 48 % of 300
}
