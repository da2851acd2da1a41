#include "core/scheduler/scheduler.hpp"

#include <map>

#include "tests/unit/apiserver/cluster_fixture.hpp"

using namespace pilothouse;
using namespace std::chrono_literals;

namespace {

/// A cluster of etcd, kube-apiserver and kube-scheduler; nodes and pods are written by the test.
struct SchedulerFixture : apiserver::ClusterFixture {
  ComponentId schedulerId = network.join("kube-scheduler", "control-plane");
  scheduler::Scheduler scheduler{network, schedulerId, server};

  void node(const std::string& name, std::string_view cpu = "4", std::string_view spec = "{}") {
    const auto made =
        create(api::resources::nodes,
               yaml("apiVersion: v1\nkind: Node\nmetadata: {name: " + name +
                    ", labels: {kubernetes.io/hostname: " + name + "}}\nspec: " + std::string(spec) +
                    "\nstatus: {allocatable: {cpu: '" + std::string(cpu) + "', memory: 8Gi, pods: '110'}}"));
    INFO(made.body[keys::message].asString());
    REQUIRE(made.code == 201);
  }
  void pod(const std::string& name, std::string_view cpu = "1", std::string_view more = "") {
    const auto made =
        create(api::resources::pods,
               yaml("apiVersion: v1\nkind: Pod\nmetadata: {name: " + name +
                    "}\nspec: {containers: [{name: c, image: nginx, resources: {requests: {cpu: '" +
                    std::string(cpu) + "'}}}]" + std::string(more) + "}"));
    INFO(made.body[keys::message].asString());
    REQUIRE(made.code == 201);
  }
  Value stored(const std::string& name) { return get(api::resources::pods, name).body; }
  std::string nodeOf(const std::string& name) {
    const Value pod = stored(name);
    return pod[keys::spec][keys::nodeName].toString();
  }
  /// "Reason message" of the events about a pod, with their counts.
  std::vector<std::string> events(const std::string& pod) {
    std::vector<std::string> told;
    const Value listed = list(api::resources::events).body;
    for (const Value& event : listed[keys::items].items()) {
      if (event["involvedObject"][keys::name].asString() != pod) continue;
      CHECK(event["source"]["component"].asString() == "default-scheduler");
      told.push_back(event[keys::type].toString() + " " + event[keys::reason].toString() + " " +
                     event[keys::message].toString());
    }
    return told;
  }
};

}  // namespace

TEST_CASE("pods are bound to nodes, spread, and say so") {
  SchedulerFixture cluster;
  for (const char* name : {"worker-1", "worker-2", "worker-3"}) cluster.node(name);
  cluster.scheduler.start();
  for (int i = 0; i < 6; ++i) cluster.pod("web-" + std::to_string(i));
  cluster.simulator.runFor(1s);
  std::map<std::string, int> count;
  for (int i = 0; i < 6; ++i) ++count[cluster.nodeOf("web-" + std::to_string(i))];
  REQUIRE(count.size() == 3);
  for (const auto& [node, pods] : count) CHECK(pods == 2);
  const Value bound = cluster.stored("web-0");
  CHECK(api::conditionIs(bound, "PodScheduled", "True"));
  CHECK(cluster.events("web-0") ==
        std::vector<std::string>{"Normal Scheduled Successfully assigned default/web-0 to " +
                                 cluster.nodeOf("web-0")});
  const Value decision = cluster.scheduler.lastDecision("default", "web-0");
  CHECK(decision["node"].asString() == cluster.nodeOf("web-0"));
  CHECK(decision["nodes"].size() == 3);
}

TEST_CASE("a pod that fits nowhere says why, and is bound when a node appears") {
  SchedulerFixture cluster;
  cluster.node("control-plane", "4",
               "{taints: [{key: node-role.kubernetes.io/control-plane, effect: NoSchedule}]}");
  cluster.node("worker-1", "1");
  cluster.scheduler.start();
  cluster.pod("big", "2");
  cluster.simulator.runFor(2s);
  const std::string message =
      "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint "
      "{node-role.kubernetes.io/control-plane: }. preemption: 0/2 nodes are available: 1 No preemption "
      "victims "
      "found for incoming pod, 1 Preemption is not helpful for scheduling.";
  const Value waiting = cluster.stored("big");
  const Value& condition = api::condition(waiting, "PodScheduled");
  CHECK(condition[keys::status].asString() == "False");
  CHECK(condition[keys::reason].asString() == "Unschedulable");
  CHECK(condition[keys::message].asString() == message);
  CHECK(cluster.events("big") == std::vector<std::string>{"Warning FailedScheduling " + message});

  cluster.node("worker-2");
  cluster.simulator.runFor(100ms);
  CHECK(cluster.nodeOf("big") == "worker-2");
  CHECK(api::conditionIs(cluster.stored("big"), "PodScheduled", "True"));
}

TEST_CASE("a pod that waits for room gets it when another goes") {
  SchedulerFixture cluster;
  cluster.node("worker-1", "1");
  cluster.scheduler.start();
  cluster.pod("first");
  cluster.simulator.runFor(1s);
  cluster.pod("second");
  cluster.simulator.runFor(1s);
  CHECK(cluster.nodeOf("second").empty());
  cluster.remove(api::resources::pods, "first",
                 cluster.yaml("{apiVersion: v1, kind: DeleteOptions, gracePeriodSeconds: 0}"));
  cluster.simulator.runFor(1s);
  CHECK(cluster.nodeOf("second") == "worker-1");
}

TEST_CASE("a restarted scheduler knows what runs where, and takes up those that wait") {
  SchedulerFixture cluster;
  cluster.node("worker-1", "1");
  cluster.scheduler.start();
  cluster.pod("first");
  cluster.simulator.runFor(1s);
  cluster.scheduler.stop();
  cluster.network.setUp(cluster.schedulerId, false);
  cluster.pod("second");
  cluster.simulator.runFor(5s);
  CHECK(cluster.stored("second")[keys::status][keys::conditions].empty());
  cluster.network.setUp(cluster.schedulerId, true);
  cluster.scheduler.start();
  cluster.simulator.runFor(2s);
  CHECK(api::conditionIs(cluster.stored("second"), "PodScheduled", "False"));
  cluster.node("worker-2", "1");
  cluster.simulator.runFor(1s);
  CHECK(cluster.nodeOf("second") == "worker-2");
  CHECK(cluster.nodeOf("first") == "worker-1");
}

TEST_CASE("pods of other schedulers, and those that name their node, are let alone") {
  SchedulerFixture cluster;
  cluster.node("worker-1");
  cluster.scheduler.start();
  cluster.pod("own", "1", ", schedulerName: mine");
  cluster.pod("named", "3", ", nodeName: worker-1");
  cluster.pod("plain", "2");
  cluster.simulator.runFor(1s);
  CHECK(cluster.nodeOf("own").empty());
  CHECK(cluster.events("named").empty());
  // What the named pod takes counts.
  CHECK(api::conditionIs(cluster.stored("plain"), "PodScheduled", "False"));
}

TEST_CASE("a gated pod waits for its gate") {
  SchedulerFixture cluster;
  cluster.node("worker-1");
  cluster.scheduler.start();
  cluster.pod("gated", "1", ", schedulingGates: [{name: example.com/wait}]");
  cluster.simulator.runFor(1s);
  CHECK(cluster.nodeOf("gated").empty());
  const auto opened = cluster.patch(api::resources::pods, "gated", apiserver::PatchType::Merge,
                                    cluster.yaml("{spec: {schedulingGates: null}}"));
  CHECK(opened.code == 200);
  cluster.simulator.runFor(1s);
  CHECK(cluster.nodeOf("gated") == "worker-1");
}

TEST_CASE("a pod deleted at any instant of its scheduling leaves nothing taken") {
  SchedulerFixture cluster;
  cluster.node("worker-1", "1");
  cluster.scheduler.start();
  cluster.simulator.runFor(1s);
  for (int i = 0; i < 60; ++i) {
    const std::string name = "gone-" + std::to_string(i);
    auto made = cluster.request(apiserver::Verb::Create, api::resources::pods);
    made.body =
        cluster.yaml("apiVersion: v1\nkind: Pod\nmetadata: {name: " + name +
                     "}\nspec: {containers: [{name: c, image: nginx, resources: {requests: {cpu: 1}}}]}");
    cluster.server.handle(std::move(made), [](apiserver::Response) {});
    cluster.simulator.runFor(4ms + i * 100us);
    cluster.remove(api::resources::pods, name, cluster.yaml("{gracePeriodSeconds: 0}"));
    cluster.simulator.runFor(50ms);
    CHECK(cluster.get(api::resources::pods, name).code == 404);
  }
  cluster.pod("next");
  cluster.simulator.runFor(15s);
  CHECK(cluster.nodeOf("next") == "worker-1");
}
