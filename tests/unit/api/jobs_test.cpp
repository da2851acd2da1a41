#include <string>

#include "core/api/batch_v1/index_intervals.hpp"
#include "core/api/object.hpp"
#include "tests/unit/api/kinds.hpp"

using namespace pilothouse;
using namespace pilothouse::api;

namespace {

const Resource& jobs() { return *findResource("batch", "jobs"); }

constexpr std::string_view kUid = "c9948307-e56d-4b5d-8302-ae2d7b7da67c";

// A Job with a spec of these members beside its template.
std::string job(std::string_view spec, std::string_view pod = "restartPolicy: Never",
                std::string_view labels = "") {
  return "metadata: {name: pi, namespace: default, uid: " + std::string(kUid) + "}\nspec: {" +
         std::string(spec) + (spec.empty() ? "" : ", ") + "template: {metadata: {" + std::string(labels) +
         "}, spec: {" + std::string(pod) + ", containers: [{name: pi, image: perl}]}}}";
}

Value made(std::string_view text) { return created(jobs(), text); }

Texts wrongJob(std::string_view text) { return told(validate(jobs(), made(text))); }

// What is wrong with changing the spec of a stored Job into this one, as a client who has read it would.
Texts wrongChange(const Value& stored, std::initializer_list<Key> path, const Value& value) {
  std::vector<Key> full{keys::spec};
  full.insert(full.end(), path);
  return told(validateUpdate(jobs(), stored.withPath(std::span<const Key>(full), value), stored));
}

// What is wrong with a Job's write of its status, in flow style as its spec is.
Texts wrongStatus(std::string_view spec, std::string_view now, std::string_view before = "") {
  const auto with = [&](std::string_view status) {
    return yaml("{spec: {" + std::string(spec) + "}, status: {" + std::string(status) + "}}");
  };
  return told(validateStatusUpdate(jobs(), with(now), with(before)));
}

const Key kSuspend = Key::intern("suspend");
const Key kNodeSelector = Key::intern("nodeSelector");

constexpr std::string_view kStarted = "startTime: '2026-01-01T00:00:00Z'";
constexpr std::string_view kDone =
    "startTime: '2026-01-01T00:00:00Z', completionTime: '2026-01-01T00:01:00Z', conditions: [{type: "
    "SuccessCriteriaMet, status: 'True'}, {type: Complete, status: 'True'}]";

}  // namespace

TEST_CASE("a Job runs one pod once unless told otherwise") {
  const Value spec = defaulted(jobs(), job(""))["spec"];
  CHECK(spec["completions"] == Value(1));
  CHECK(spec["parallelism"] == Value(1));
  CHECK(spec["backoffLimit"] == Value(6));
  CHECK(spec["completionMode"] == Value("NonIndexed"));
  CHECK(spec["suspend"] == Value(false));
  CHECK(spec["manualSelector"] == Value(false));
  CHECK(spec["podReplacementPolicy"] == Value("TerminatingOrFailed"));
  // A work queue has no number of completions.
  CHECK(defaulted(jobs(), job("parallelism: 3"))["spec"]["completions"].isNull());
  const Value indexed = defaulted(jobs(), job(R"(completionMode: Indexed, completions: 4,
    backoffLimitPerIndex: 1, podFailurePolicy: {rules: [{action: Ignore, onPodConditions:
    [{type: DisruptionTarget}]}]})"))["spec"];
  CHECK(indexed["backoffLimit"] == Value(2147483647));
  CHECK(indexed["podReplacementPolicy"] == Value("Failed"));
  CHECK(indexed["podFailurePolicy"]["rules"].item(0)["onPodConditions"].item(0)["status"] == Value("True"));
}

TEST_CASE("a Job selects its pods by its uid, and its labels are its template's") {
  const Value plain = made(job(""));
  const std::string uid(kUid);
  CHECK(writeJson(plain["spec"]["selector"]) ==
        R"({"matchLabels":{"batch.kubernetes.io/controller-uid":")" + uid + R"("}})");
  const std::string generated = R"("batch.kubernetes.io/controller-uid":")" + uid +
                                R"(","batch.kubernetes.io/job-name":"pi","controller-uid":")" + uid +
                                R"(","job-name":"pi")";
  CHECK(writeJson(labels(plain["spec"]["template"])) == "{" + generated + "}");
  CHECK(writeJson(labels(plain)) == "{" + generated + "}");
  CHECK(plain["metadata"]["generation"] == Value(1));
  CHECK(wrongJob(job("")) == Texts{});
  // Labels of the template are the Job's too, also those that are generated.
  const Value labelled = made(job("", "restartPolicy: Never", "labels: {app: pi}"));
  CHECK(writeJson(labels(labelled)) == R"({"app":"pi",)" + generated + "}");
  const Value own = made(
      "metadata: {name: pi, namespace: default, uid: u, labels: {mine: x}}\nspec: {template: "
      "{spec: {restartPolicy: Never, containers: [{name: pi, image: perl}]}}}");
  CHECK(writeJson(labels(own)) == R"({"mine":"x"})");
}

TEST_CASE("a selector of one's own needs manualSelector") {
  constexpr std::string_view mine = "selector: {matchLabels: {app: pi}}";
  CHECK(wrongJob(job("manualSelector: true, " + std::string(mine), "restartPolicy: Never",
                     "labels: {app: pi}")) == Texts{});
  const Value manual =
      made(job("manualSelector: true, " + std::string(mine), "restartPolicy: Never", "labels: {app: pi}"));
  CHECK(writeJson(labels(manual["spec"]["template"])) == R"({"app":"pi"})");
  const Texts errors = wrongJob(job(mine, "restartPolicy: Never", "labels: {app: pi}"));
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].find("spec.selector: Invalid value: ") == 0);
  CHECK(errors[0].find("`selector` not auto-generated") != std::string::npos);
  CHECK(wrongJob(job("manualSelector: true")) ==
        Texts{"spec.selector: Required value",
              "spec.template.metadata.labels: Invalid value: null: `selector` does not match template "
              "`labels`"});
  const Texts wrongLabel = wrongJob(job("", "restartPolicy: Never", "labels: {job-name: other}"));
  REQUIRE(wrongLabel.size() == 1);
  CHECK(wrongLabel[0].find("spec.template.metadata.labels[job-name]: Invalid value: ") == 0);
  CHECK(wrongLabel[0].find(": must be 'pi'") != std::string::npos);
}

TEST_CASE("what is wrong with a Job's spec") {
  CHECK(wrongJob(job("", "dnsPolicy: Default")) ==
        Texts{"spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", \"Never\""});
  CHECK(wrongJob(job("parallelism: -1, completions: -1, backoffLimit: -1, activeDeadlineSeconds: -1, "
                     "ttlSecondsAfterFinished: -1")) ==
        Texts{"spec.parallelism: Invalid value: -1: must be greater than or equal to 0",
              "spec.completions: Invalid value: -1: must be greater than or equal to 0",
              "spec.activeDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0",
              "spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0",
              "spec.ttlSecondsAfterFinished: Invalid value: -1: must be greater than or equal to 0"});
  CHECK(wrongJob(job("completionMode: Indexed, parallelism: 2")) ==
        Texts{"spec.completions: Required value: when completion mode is Indexed"});
  CHECK(wrongJob(job("completionMode: Sometimes")) ==
        Texts{"spec.completionMode: Unsupported value: \"Sometimes\": supported values: \"NonIndexed\", "
              "\"Indexed\""});
  CHECK(wrongJob(job("completionMode: Indexed, completions: 5, parallelism: 100001, backoffLimitPerIndex: 1, "
                     "maxFailedIndexes: 6")) ==
        Texts{"spec.parallelism: Invalid value: 100001: must be less than or equal to 100000 when completion "
              "mode is Indexed",
              "spec.maxFailedIndexes: Invalid value: 6: must be less than or equal to completions"});
  CHECK(wrongJob(job("completionMode: Indexed, completions: 100001, parallelism: 10001, "
                     "backoffLimitPerIndex: 1")) ==
        Texts{"spec.maxFailedIndexes: Required value: must be specified when completions is above 100000",
              "spec.parallelism: Invalid value: 10001: must be less than or equal to 10000 when completions "
              "are above 100000 and used with backoff limit per index"});
  CHECK(wrongJob(job("maxFailedIndexes: 1")) ==
        Texts{"spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified",
              "spec.maxFailedIndexes: Invalid value: 1: requires indexed completion mode"});
  CHECK(wrongJob(job("podReplacementPolicy: Always, managedBy: me")) ==
        Texts{"spec.managedBy: Invalid value: \"me\": must be a domain-prefixed path (such as "
              "\"acme.io/foo\")",
              "spec.podReplacementPolicy: Unsupported value: \"Always\": supported values: \"Failed\", "
              "\"TerminatingOrFailed\""});
  CHECK(wrongJob(job("managedBy: acme.io/foo")) == Texts{});
}

TEST_CASE("the pods of an Indexed Job need hostnames") {
  const std::string name(62, 'a');
  std::string text = job("completionMode: Indexed, completions: 10");
  text.replace(text.find("name: pi"), 8, "name: " + name);
  CHECK(wrongJob(text) == Texts{"metadata.name: Invalid value: \"" + name +
                                "\": will not able to create pod with invalid DNS label: " + name + "-9"});
}

TEST_CASE("what is wrong with a pod failure policy") {
  const auto rule = [](std::string_view text) {
    return wrongJob(job("podFailurePolicy: {rules: [{" + std::string(text) + "}]}"));
  };
  CHECK(rule("action: FailJob, onExitCodes: {containerName: pi, operator: In, values: [1, 2]}") == Texts{});
  CHECK(rule("action: Count, onPodConditions: [{type: DisruptionTarget}]") == Texts{});
  CHECK(rule("action: Retry") ==
        Texts{"spec.podFailurePolicy.rules[0].action: Unsupported value: \"Retry\": supported values: "
              "\"Count\", \"FailIndex\", \"FailJob\", \"Ignore\"",
              "spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and "
              "OnPodConditions is required"});
  CHECK(
      rule("onExitCodes: {operator: In, values: [2, 0, 2], containerName: x}, onPodConditions: [{type: a, "
           "status: Maybe}]") ==
      Texts{"spec.podFailurePolicy.rules[0].action: Required value: valid values: [\"Count\" "
            "\"FailIndex\" \"FailJob\" \"Ignore\"]",
            "spec.podFailurePolicy.rules[0].onExitCodes.containerName: Invalid value: \"x\": must be one of "
            "the container or initContainer names in the pod template",
            "spec.podFailurePolicy.rules[0].onExitCodes.values[1]: Invalid value: 0: must not be 0 for the "
            "In operator",
            "spec.podFailurePolicy.rules[0].onExitCodes.values[2]: Duplicate value: 2",
            "spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [2,0,2]: must be ordered",
            "spec.podFailurePolicy.rules[0].onPodConditions[0].status: Unsupported value: \"Maybe\": "
            "supported values: \"False\", \"True\", \"Unknown\"",
            "spec.podFailurePolicy.rules[0]: Invalid value: specifying both OnExitCodes and "
            "OnPodConditions is not supported"});
  CHECK(rule("action: FailIndex, onExitCodes: {operator: NotIn, values: [1]}") ==
        Texts{"spec.podFailurePolicy.rules[0].action: Invalid value: \"FailIndex\": requires the "
              "backoffLimitPerIndex to be set"});
  CHECK(wrongJob(job("podFailurePolicy: {rules: []}", "restartPolicy: OnFailure")) ==
        Texts{"spec.template.spec.restartPolicy: Invalid value: \"OnFailure\": only \"Never\" is supported "
              "when podFailurePolicy is specified"});
}

TEST_CASE("what is wrong with a success policy") {
  const auto policy = [](std::string_view rules) {
    return wrongJob(
        job("completionMode: Indexed, completions: 5, successPolicy: {rules: [" + std::string(rules) + "]}"));
  };
  CHECK(policy("{succeededIndexes: '0,2-4', succeededCount: 2}") == Texts{});
  CHECK(policy("") == Texts{"spec.successPolicy.rules: Required value: at least one rules must be specified "
                            "when the successPolicy is specified"});
  CHECK(policy("{}") ==
        Texts{"spec.successPolicy.rules[0]: Required value: at least one of succeededCount or "
              "succeededIndexes must be specified"});
  CHECK(policy("{succeededCount: 6}, {succeededIndexes: '1-2', succeededCount: 3}") ==
        Texts{"spec.successPolicy.rules[0].succeededCount: Invalid value: 6: must be less than or equal to 5 "
              "(the number of specified completions)",
              "spec.successPolicy.rules[1].succeededCount: Invalid value: 3: must be less than or equal to 2 "
              "(the number of indexes in the specified succeededIndexes field)"});
  CHECK(policy("{succeededIndexes: '3,1'}") ==
        Texts{"spec.successPolicy.rules[0].succeededIndexes: Invalid value: \"3,1\": error parsing "
              "succeededIndexes: non-increasing order, previous: 3, current: 1"});
  CHECK(wrongJob(job("successPolicy: {rules: [{succeededCount: 1}]}")) ==
        Texts{"spec.successPolicy: Invalid value: {\"rules\":[{\"succeededCount\":1}]}: requires indexed "
              "completion mode"});
}

TEST_CASE("intervals of indexes are read as Jobs write them") {
  CHECK(readIndexIntervals("", 5).total == 0);
  CHECK(readIndexIntervals("0,2-4", 5).total == 4);
  CHECK(readIndexIntervals("5", 5).error == "too large index: \"5\"");
  CHECK(readIndexIntervals("1-2-3", 5).error ==
        "the fragment \"1-2-3\" violates the requirement that an index interval can have at most two parts "
        "separated by '-'");
  CHECK(readIndexIntervals("a", 5).error == "cannot convert string to integer for index: \"a\"");
  CHECK(readIndexIntervals("-1", 5).error == "cannot convert string to integer for index: \"\"");
  CHECK(readIndexIntervals("3-3", 5).error == "non-increasing order, previous: 3, current: 3");
  CHECK(readIndexIntervals("99999999999999999999", 5).error ==
        "cannot convert string to integer for index: \"99999999999999999999\"");
  CHECK(firstCommonIndex(readIndexIntervals("0-2,6", 9), readIndexIntervals("3,5-7", 9)) == 6);
  CHECK(firstCommonIndex(readIndexIntervals("0-2", 9), readIndexIntervals("3-7", 9)) == -1);
}

TEST_CASE("little of a Job can be changed") {
  const Value stored = made(job("completions: 3"));
  const Key completions = Key::intern("completions");
  CHECK(wrongChange(stored, {Key::intern("parallelism")}, 2) == Texts{});
  CHECK(wrongChange(stored, {kSuspend}, true) == Texts{});
  CHECK(wrongChange(stored, {completions}, 5) ==
        Texts{"spec.completions: Invalid value: 5: field is immutable"});
  CHECK(wrongChange(stored, {Key::intern("completionMode")}, "Indexed") ==
        Texts{"spec.completionMode: Invalid value: \"Indexed\": field is immutable"});
  const Texts changed =
      wrongChange(stored, {keys::template_, keys::spec, kNodeSelector}, yaml("{disk: ssd}"));
  REQUIRE(changed.size() == 1);
  CHECK(changed[0].find("spec.template: Invalid value: {") == 0);
  CHECK(changed[0].find(": field is immutable") != std::string::npos);
  // An Indexed Job grows and shrinks as a whole.
  const Value indexed = made(job("completionMode: Indexed, completions: 3, parallelism: 3"));
  CHECK(wrongChange(indexed, {completions}, 5) ==
        Texts{"spec.completions: Invalid value: 5: can only be modified in tandem with spec.parallelism"});
  CHECK(wrongChange(indexed.withPath({keys::spec, Key::intern("parallelism")}, 5), {completions}, 5) ==
        Texts{});
}

TEST_CASE("a suspended Job that has not begun may be sent elsewhere") {
  const Value stored = made(job("suspend: true"));
  CHECK(wrongChange(stored, {keys::template_, keys::spec, kNodeSelector}, yaml("{disk: ssd}")) == Texts{});
  CHECK(wrongChange(stored, {keys::template_, keys::spec, keys::tolerations},
                    yaml("[{key: a, operator: Exists}]")) == Texts{});
  CHECK(
      wrongChange(stored, {keys::template_, keys::spec, Key::intern("affinity")},
                  yaml("{nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: "
                       "[{matchExpressions: [{key: a, operator: Exists}]}]}}}")) == Texts{});
  const Value begun = stored.withPath({keys::status, keys::startTime}, "2026-01-01T00:00:00Z");
  CHECK(wrongChange(begun, {keys::template_, keys::spec, kNodeSelector}, yaml("{disk: ssd}")).size() == 1);
}

TEST_CASE("a Job's status ends once, and properly") {
  CHECK(wrongStatus("completions: 1", kDone, kStarted) == Texts{});
  CHECK(wrongStatus("completions: 1", "conditions: [{type: Complete, status: 'True'}]") ==
        Texts{"status.conditions: Invalid value: cannot set Complete=True condition without the "
              "SuccessCriteriaMet=true condition",
              "status.completionTime: Required value: completionTime is required for Complete jobs",
              "status.startTime: Required value: startTime is required for finished job"});
  CHECK(
      wrongStatus("completions: 1",
                  "startTime: '2026-01-01T00:00:00Z', active: 1, terminating: 2, conditions: [{type: Failed, "
                  "status: 'True'}]",
                  kStarted) ==
      Texts{"status.conditions: Invalid value: cannot set Failed=True condition without the "
            "FailureTarget=true condition",
            "status.active: Invalid value: 1: active>0 is invalid for finished job",
            "status.terminating: Invalid value: 2: terminating>0 is invalid for finished job"});
  CHECK(wrongStatus("completions: 1", kStarted, kDone) ==
        Texts{"status.conditions: Invalid value: cannot disable the terminal Complete=True condition",
              "status.conditions: Invalid value: cannot disable the SuccessCriteriaMet=True condition"});
  CHECK(wrongStatus("completions: 1", "startTime: '2026-01-01T00:05:00Z'", kStarted) ==
        Texts{"status.startTime: Required value: startTime cannot be removed for unsuspended job"});
  CHECK(wrongStatus("completions: 1", "startTime: '2026-01-01T00:05:00Z'",
                    "startTime: '2026-01-01T00:00:00Z', conditions: [{type: Suspended, status: 'True'}]")
            .empty());
  CHECK(wrongStatus("completions: 3", "failed: 1, succeeded: 1, ready: 2, active: 1",
                    "failed: 2, succeeded: 2") ==
        Texts{"status.ready: Invalid value: 2: cannot set more ready pods than active",
              "status.failed: Invalid value: 1: cannot decrease the failed counter",
              "status.succeeded: Invalid value: 1: cannot decrease the succeeded counter"});
  CHECK(wrongStatus("completions: 3", "uncountedTerminatedPods: {succeeded: [a, ''], failed: [a]}") ==
        Texts{"status.uncountedTerminatedPods.succeeded[1]: Invalid value: \"\": must not be empty",
              "status.uncountedTerminatedPods.failed[0]: Duplicate value: \"a\""});
}

TEST_CASE("a Job's status tells indexes only of an Indexed Job, each once") {
  CHECK(wrongStatus("completions: 3", "completedIndexes: '1'") ==
        Texts{"status.completedIndexes: Invalid value: \"1\": cannot set non-empty completedIndexes when "
              "non-indexed completion mode"});
  CHECK(wrongStatus("completionMode: Indexed, completions: 3, backoffLimitPerIndex: 1",
                    "completedIndexes: '0,1', failedIndexes: '1'") ==
        Texts{"status.failedIndexes: Invalid value: \"1\": failedIndexes and completedIndexes overlap at "
              "index: 1"});
  CHECK(
      wrongStatus("completionMode: Indexed, completions: 3", "completedIndexes: '7', failedIndexes: '0'") ==
      Texts{"status.completedIndexes: Invalid value: \"7\": error parsing completedIndexes: too large index: "
            "\"7\"",
            "status.failedIndexes: Invalid value: \"0\": cannot set non-null failedIndexes when "
            "backoffLimitPerIndex is null"});
}

TEST_CASE("a Job's row") {
  CHECK(head(jobs()) == "Name | Status | Completions | Duration | Age | Containers* | Images* | Selector*");
  CHECK(row(jobs(), R"(
metadata: {name: pi, creationTimestamp: "2026-01-01T00:00:00Z"}
spec: {completions: 3, selector: {matchLabels: {a: b}}, template: {spec: {containers: [{name: c, image: i}]}}}
status: {succeeded: 1, startTime: "2026-01-01T00:01:00Z"})") ==
        "pi | Running | 1/3 | 9m | 10m | c | i | a=b");
  CHECK(row(jobs(), "{metadata: {name: pi}, spec: {parallelism: 4}, status: {" + std::string(kDone) + "}}") ==
        "pi | Complete | 0/1 of 4 | 60s | <unknown> |  |  | <none>");
  CHECK(row(jobs(), "{metadata: {name: pi}, status: {conditions: [{type: Suspended, status: 'True'}]}}") ==
        "pi | Suspended | 0/1 |  | <unknown> |  |  | <none>");
}

TEST_CASE("a Job warns of a name that is no hostname") {
  CHECK(warned(jobs(), job("")) == Texts{});
  std::string text = job("");
  text.replace(text.find("name: pi"), 8, "name: a.b");
  CHECK(
      warned(jobs(), text) ==
      Texts{
          "metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; "
          "a DNS label is recommended: [must not contain dots]"});
  CHECK(kindOf(jobs()).orphansDependents);
}
