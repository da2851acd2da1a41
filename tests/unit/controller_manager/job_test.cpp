#include "tests/unit/controller_manager/job_fixture.hpp"

using namespace pilothouse;
using namespace pilothouse::controller_manager;
using namespace std::chrono_literals;

namespace {

const Key kFailed = Key::intern("failed");

const Key kActive = Key::intern("active");

}  // namespace

TEST_CASE("a Job runs its pods to completion, and says so") {
  JobFixture f;
  f.applyJob("completions: 2, parallelism: 1");
  f.settle();
  std::vector<Value> pods = f.active();
  REQUIRE(pods.size() == 1);
  CHECK(api::name(pods[0]).substr(0, 5) == "work-");
  CHECK(api::meta(pods[0])[keys::finalizers].item(0).toString() == "batch.kubernetes.io/job-tracking");
  f.start(pods[0]);
  f.run(2s);
  CHECK(f.status("active").asInt() == 1);
  CHECK(f.status("ready").asInt() == 1);
  f.end(pods[0], 0);
  f.run(3s);
  CHECK(f.status("succeeded").asInt() == 1);
  CHECK(f.get(r::pods, api::name(pods[0])).get(keys::metadata, keys::finalizers).empty());
  pods = f.active();
  REQUIRE(pods.size() == 1);
  f.end(pods[0], 0);
  f.run(3s);
  CHECK(f.conditions() ==
        Texts{"SuccessCriteriaMet True CompletionsReached: Reached expected number of succeeded pods",
              "Complete True CompletionsReached: Reached expected number of succeeded pods"});
  CHECK(f.status("succeeded").asInt() == 2);
  CHECK_FALSE(f.status("completionTime").isNull());
  CHECK(f.status("uncountedTerminatedPods").empty());
  CHECK(f.hasEvent("work", "Completed: Job completed"));
  CHECK(f.list(r::pods).size() == 2);
}

TEST_CASE("failed pods are replaced after 10 s, 20 s, 40 s, until backoffLimit is passed") {
  JobFixture f;
  f.applyJob("backoffLimit: 2");
  f.settle();
  for (const SimDuration wait : {10s, 20s}) {
    REQUIRE(f.active().size() == 1);
    f.end(f.active()[0], 1);
    f.run(wait - 1s);
    CHECK(f.active().empty());
    f.run(2s);
  }
  CHECK(f.status("failed").asInt() == 2);
  REQUIRE(f.active().size() == 1);
  f.end(f.active()[0], 1);
  f.run(3s);
  CHECK(f.conditions() ==
        Texts{"FailureTarget True BackoffLimitExceeded: Job has reached the specified backoff limit",
              "Failed True BackoffLimitExceeded: Job has reached the specified backoff limit"});
  CHECK(f.status("failed").asInt() == 3);
  CHECK(f.hasEvent("work", "BackoffLimitExceeded: Job has reached the specified backoff limit"));
  f.run(60s);
  CHECK(f.active().empty());
}

TEST_CASE("pods that still run when a Job fails are deleted, and it has failed when they are gone") {
  JobFixture f;
  f.applyJob("parallelism: 2, completions: 2, backoffLimit: 0");
  f.settle();
  const std::vector<Value> pods = f.active();
  REQUIRE(pods.size() == 2);
  f.createNode("n1");
  f.bind(pods[1], "n1");
  f.start(pods[1]);
  f.end(pods[0], 1);
  f.run(3s);
  CHECK(f.conditions() ==
        Texts{"FailureTarget True BackoffLimitExceeded: Job has reached the specified backoff limit"});
  CHECK(api::isBeingDeleted(f.get(r::pods, api::name(pods[1]))));
  CHECK(f.status("terminating").asInt() == 1);
  f.end(pods[1], 137);
  f.run(3s);
  CHECK(f.conditions().size() == 2);
  CHECK(f.status("failed").asInt() == 2);
  CHECK(f.hasEvent("work", "SuccessfulDelete: Deleted pod: " + std::string(api::name(pods[1]))));
}

TEST_CASE("activeDeadlineSeconds ends a Job whatever its pods do") {
  JobFixture f;
  f.applyJob("activeDeadlineSeconds: 20");
  f.settle();
  f.start(f.active().at(0));
  f.run(16s);
  CHECK(f.conditions().empty());
  f.run(6s);
  CHECK(f.conditions() ==
        Texts{"FailureTarget True DeadlineExceeded: Job was active longer than specified deadline",
              "Failed True DeadlineExceeded: Job was active longer than specified deadline"});
  CHECK(f.active().empty());
}

TEST_CASE("a suspended Job has no pods; its time begins when it is resumed") {
  JobFixture f;
  f.applyJob("suspend: true, activeDeadlineSeconds: 60");
  f.run(2s);
  CHECK(f.active().empty());
  CHECK(f.status("startTime").isNull());
  CHECK(f.conditions() == Texts{"Suspended True JobSuspended: Job suspended"});
  f.run(100s);
  f.patch(f.jobs, "work", "{spec: {suspend: false}}");
  f.run(2s);
  REQUIRE(f.active().size() == 1);
  CHECK(f.conditions() == Texts{"Suspended False JobResumed: Job resumed"});
  const Value started = f.status("startTime");
  f.start(f.active()[0]);
  f.run(5s);
  f.patch(f.jobs, "work", "{spec: {suspend: true}}");
  f.run(2s);
  CHECK(f.active().empty());
  CHECK(f.status("failed").asInt() == 0);
  f.patch(f.jobs, "work", "{spec: {suspend: false}}");
  f.run(3s);
  CHECK(f.active().size() == 1);
  CHECK_FALSE(f.status("startTime") == started);
  CHECK(f.hasEvent("work", "Suspended: Job suspended"));
  CHECK(f.hasEvent("work", "Resumed: Job resumed"));
}

TEST_CASE("a work queue: one success is enough, and the other pods may end in peace") {
  JobFixture f;
  f.applyJob("parallelism: 3");
  f.settle();
  std::vector<Value> pods = f.active();
  REQUIRE(pods.size() == 3);
  f.end(pods[0], 0);
  f.run(3s);
  CHECK(f.active().size() == 2);
  CHECK(f.conditions().empty());
  f.end(pods[1], 0);
  f.end(pods[2], 0);
  f.run(3s);
  CHECK(f.conditions().size() == 2);
  CHECK(f.status("succeeded").asInt() == 3);
}

TEST_CASE("an Indexed Job gives each pod its index, and repeats those that failed") {
  JobFixture f;
  f.applyJob("completionMode: Indexed, completions: 5, parallelism: 3");
  f.settle();
  CHECK(f.activeIndexes() == std::vector<std::int64_t>{0, 1, 2});
  const Value first = f.activeWithIndex(0);
  CHECK(api::name(first).substr(0, 7) == "work-0-");
  CHECK(first.get(keys::spec, Key::intern("hostname")).toString() == "work-0");
  CHECK(api::labels(first)["batch.kubernetes.io/job-completion-index"].toString() == "0");
  const Value& variable = first[keys::spec][keys::containers].item(0)["env"].item(0);
  CHECK(variable[keys::name].toString() == "JOB_COMPLETION_INDEX");
  CHECK(variable["valueFrom"]["fieldRef"]["fieldPath"].toString() ==
        "metadata.labels['batch.kubernetes.io/job-completion-index']");
  f.end(f.activeWithIndex(0), 0);
  f.end(f.activeWithIndex(2), 0);
  f.run(3s);
  CHECK(f.status("completedIndexes").toString() == "0,2");
  CHECK(f.activeIndexes() == std::vector<std::int64_t>{1, 3, 4});
  f.end(f.activeWithIndex(3), 1);
  f.run(12s);
  CHECK(f.activeIndexes() == std::vector<std::int64_t>{1, 3, 4});
  for (const Value& pod : f.active()) f.end(pod, 0);
  f.run(3s);
  CHECK(f.status("completedIndexes").toString() == "0-4");
  CHECK(f.status("failed").asInt() == 1);
  CHECK(f.conditions().size() == 2);
}

TEST_CASE("with backoffLimitPerIndex one bad index does not spoil the others") {
  JobFixture f;
  f.applyJob("completionMode: Indexed, completions: 3, parallelism: 3, backoffLimitPerIndex: 1");
  f.settle();
  f.end(f.activeWithIndex(1), 1);
  f.run(12s);
  const Value again = f.activeWithIndex(1);
  CHECK(api::annotations(again)["batch.kubernetes.io/job-index-failure-count"].toString() == "1");
  f.end(again, 1);
  f.end(f.activeWithIndex(0), 0);
  f.run(3s);
  CHECK(f.status("failedIndexes").toString() == "1");
  CHECK(f.conditions().empty());
  f.end(f.activeWithIndex(2), 0);
  f.run(3s);
  CHECK(f.status("completedIndexes").toString() == "0,2");
  CHECK(f.conditions() == Texts{"FailureTarget True FailedIndexes: Job has failed indexes",
                                "Failed True FailedIndexes: Job has failed indexes"});
}

TEST_CASE("maxFailedIndexes stops the whole Job") {
  JobFixture f;
  f.applyJob(
      "completionMode: Indexed, completions: 4, parallelism: 4, backoffLimitPerIndex: 0, maxFailedIndexes: "
      "1");
  f.settle();
  f.end(f.activeWithIndex(0), 1);
  f.run(3s);
  CHECK(f.status("failedIndexes").toString() == "0");
  CHECK(f.active().size() == 3);
  f.end(f.activeWithIndex(3), 1);
  f.run(3s);
  CHECK(f.conditions().at(0) ==
        "FailureTarget True MaxFailedIndexesExceeded: Job has exceeded the specified maximal number of "
        "failed indexes");
  CHECK(f.active().empty());
  CHECK(f.status("failedIndexes").toString() == "0,3");
}

TEST_CASE("a podFailurePolicy ignores disruptions, fails the Job on an exit code") {
  JobFixture f;
  f.applyJob(
      "backoffLimit: 0, podFailurePolicy: {rules: [{action: Ignore, onPodConditions: [{type: "
      "DisruptionTarget}]}, {action: FailJob, onExitCodes: {containerName: main, operator: In, values: "
      "[42]}}]}");
  f.settle();
  Value pod = f.active().at(0);
  f.patch(r::pods, api::name(pod),
          "{status: {conditions: [{type: DisruptionTarget, status: \"True\", reason: Evicted}], phase: "
          "Failed}}",
          Key::intern("status"));
  f.run(13s);
  CHECK(f.status("failed").asInt() == 0);
  REQUIRE(f.active().size() == 1);
  pod = f.active()[0];
  f.end(pod, 42);
  f.run(3s);
  const std::string why = "PodFailurePolicy: Container main for pod default/" + std::string(api::name(pod)) +
                          " failed with exit code 42 matching FailJob rule at index 1";
  CHECK(f.conditions() == Texts{"FailureTarget True " + why, "Failed True " + why});
}

TEST_CASE("a successPolicy ends the Job when the leader has succeeded") {
  JobFixture f;
  f.applyJob(
      "completionMode: Indexed, completions: 3, parallelism: 3, successPolicy: {rules: [{succeededIndexes: "
      "\"0\"}]}");
  f.settle();
  f.end(f.activeWithIndex(0), 0);
  f.run(3s);
  CHECK(f.conditions() == Texts{"SuccessCriteriaMet True SuccessPolicy: Matched rules at index 0",
                                "Complete True SuccessPolicy: Matched rules at index 0"});
  CHECK(f.active().empty());
}

TEST_CASE("podReplacementPolicy Failed waits for the end of a pod that is being deleted") {
  JobFixture f;
  f.createNode("n1");
  for (const bool waits : {false, true}) {
    const std::string name = waits ? "waits" : "hurries";
    f.applyJob(waits ? "podReplacementPolicy: Failed" : "", "restartPolicy: Never", name);
    f.settle();
    const Value pod = f.active().back();
    f.bind(pod, "n1");
    f.start(pod);
    f.remove(r::pods, api::name(pod));
    f.run(25s);
    CHECK(f.get(f.jobs, name)[keys::status]["terminating"].asInt() == 1);
    CHECK(f.get(f.jobs, name)[keys::status][kActive].asInt() == (waits ? 0 : 1));
    CHECK(f.get(f.jobs, name)[keys::status][kFailed].asInt() == (waits ? 0 : 1));
    for (const Value& one : f.active()) f.remove(r::pods, api::name(one));
    f.remove(f.jobs, name);
    f.settle();
    f.end(pod, 137);
    f.run(2s);
  }
}

TEST_CASE("a Job that another controller manages is left alone") {
  JobFixture f;
  f.applyJob("managedBy: example.com/mine");
  f.run(3s);
  CHECK(f.active().empty());
  CHECK(f.job()[keys::status].empty());
}

TEST_CASE("the finalizer goes from pods whose Job was deleted without them") {
  JobFixture f;
  f.applyJob("parallelism: 2, completions: 2");
  f.settle();
  REQUIRE(f.active().size() == 2);
  f.remove(f.jobs, "work", "Orphan");
  f.run(3s);
  REQUIRE(f.active().size() == 2);
  for (const Value& pod : f.active()) CHECK(api::meta(pod)[keys::finalizers].empty());
}

TEST_CASE("a new controller-manager goes on where the old one stopped, and counts no pod twice") {
  JobFixture f;
  f.applyJob("completions: 3, parallelism: 3");
  f.settle();
  const std::vector<Value> pods = f.active();
  f.end(pods[0], 0);
  f.run(1100ms);
  f.manager.stop();
  f.end(pods[1], 0);
  f.run(5s);
  f.manager.start();
  f.run(5s);
  CHECK(f.status("succeeded").asInt() == 2);
  f.end(pods[2], 0);
  f.run(3s);
  CHECK(f.status("succeeded").asInt() == 3);
  CHECK(f.conditions().size() == 2);
  CHECK(f.list(r::pods).size() == 3);
}

TEST_CASE("parallelism may change while a Job runs") {
  JobFixture f;
  f.applyJob("completions: 10, parallelism: 2");
  f.settle();
  f.patch(f.jobs, "work", "{spec: {parallelism: 5}}");
  f.run(2s);
  CHECK(f.active().size() == 5);
  f.patch(f.jobs, "work", "{spec: {parallelism: 1}}");
  f.run(3s);
  CHECK(f.active().size() == 1);
  CHECK(f.status("failed").asInt() == 0);
}
