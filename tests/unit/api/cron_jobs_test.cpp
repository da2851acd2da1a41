#include <string>

#include "core/api/batch_v1/cron_schedule.hpp"
#include "core/api/batch_v1/time_zone.hpp"
#include "tests/unit/api/kinds.hpp"

using namespace pilothouse;
using namespace pilothouse::api;

namespace {

const Resource& cronJobs() { return *findResource("batch", "cronjobs"); }

constexpr std::string_view kJob =
    "jobTemplate: {spec: {template: {spec: {restartPolicy: OnFailure, containers: [{name: a, image: a}]}}}}";

std::string cronJob(std::string_view spec, std::string_view jobTemplate = kJob) {
  return "metadata: {name: hello, namespace: default}\nspec: {" + std::string(spec) + ", " +
         std::string(jobTemplate) + "}";
}

Texts schedule(std::string_view text) {
  return wrong(cronJobs(), cronJob("schedule: '" + std::string(text) + "'"));
}

std::string scheduleError(std::string_view text) { return readCronSchedule(text).error; }

}  // namespace

TEST_CASE("schedules are read as cron reads them") {
  const CronSchedule odd = readCronSchedule("*/20 1-3,5 1 jan-MAR sun");
  CHECK(odd.error.empty());
  CHECK(odd.minutes == (1ull | 1ull << 20 | 1ull << 40));
  CHECK(odd.hours == (1ull << 1 | 1ull << 2 | 1ull << 3 | 1ull << 5));
  CHECK(odd.daysOfMonth == 1ull << 1);
  CHECK(odd.months == (1ull << 1 | 1ull << 2 | 1ull << 3));
  CHECK(odd.daysOfWeek == 1);
  CHECK_FALSE(odd.anyDayOfMonth);
  const CronSchedule daily = readCronSchedule("@daily");
  CHECK(daily.hours == 1);
  CHECK(daily.anyDayOfMonth);
  CHECK(readCronSchedule("0 0 ? * *").anyDayOfMonth);
  CHECK(readCronSchedule("5/15 * * * *").minutes == (1ull << 5 | 1ull << 20 | 1ull << 35 | 1ull << 50));
  CHECK(readCronSchedule("@every 90m").everySeconds == 5400);
  CHECK(readCronSchedule("TZ=Asia/Seoul 0 9 * * *").hours == 1ull << 9);
}

TEST_CASE("what is wrong with a schedule is told in cron's words") {
  CHECK(scheduleError("") == "empty spec string");
  CHECK(scheduleError("* * *") == "expected exactly 5 fields, found 3: [* * *]");
  CHECK(scheduleError("0 0 0 * * *") == "expected exactly 5 fields, found 6: [0 0 0 * * *]");
  CHECK(scheduleError("60 * * * *") == "end of range (60) above maximum (59): 60");
  CHECK(scheduleError("* * 0 * *") == "beginning of range (0) below minimum (1): 0");
  CHECK(scheduleError("* * * * 7") == "end of range (7) above maximum (6): 7");
  CHECK(scheduleError("5-1 * * * *") == "beginning of range (5) beyond end of range (1): 5-1");
  CHECK(scheduleError("*/0 * * * *") == "step of range should be a positive number: */0");
  CHECK(scheduleError("1-2-3 * * * *") == "too many hyphens: 1-2-3");
  CHECK(scheduleError("1/2/3 * * * *") == "too many slashes: 1/2/3");
  CHECK(scheduleError("x * * * *") ==
        "failed to parse int from x: strconv.Atoi: parsing \"x\": invalid syntax");
  CHECK(
      scheduleError("99999999999999999999 * * * *") ==
      "failed to parse int from 99999999999999999999: strconv.Atoi: parsing \"99999999999999999999\": value "
      "out of range");
  CHECK(scheduleError("@sometimes") == "unrecognized descriptor: @sometimes");
  CHECK(scheduleError("@every soon") ==
        "failed to parse duration @every soon: time: invalid duration \"soon\"");
  CHECK(scheduleError("TZ=Mars/Base 0 0 * * *") ==
        "provided bad location Mars/Base: unknown time zone Mars/Base");
}

TEST_CASE("a CronJob allows overlaps and keeps three successes and one failure") {
  const Value made = defaulted(cronJobs(), cronJob("schedule: '* * * * *'"));
  const Value& spec = made["spec"];
  CHECK(spec["concurrencyPolicy"] == Value("Allow"));
  CHECK(spec["suspend"] == Value(false));
  CHECK(spec["successfulJobsHistoryLimit"] == Value(3));
  CHECK(spec["failedJobsHistoryLimit"] == Value(1));
  // The Job's own defaults come when it is created.
  CHECK(spec["jobTemplate"]["spec"]["completions"].isNull());
  CHECK(spec["jobTemplate"]["spec"]["template"]["spec"]["dnsPolicy"] == Value("ClusterFirst"));
  CHECK(schedule("* * * * *") == Texts{});
  CHECK(writeJson(created(cronJobs(), cronJob("schedule: '* * * * *'"))["status"]) == "{}");
}

TEST_CASE("what is wrong with a CronJob") {
  CHECK(schedule("") == Texts{"spec.schedule: Required value"});
  CHECK(
      schedule("every day") ==
      Texts{"spec.schedule: Invalid value: \"every day\": expected exactly 5 fields, found 2: [every day]"});
  CHECK(schedule("TZ=UTC 0 0 * * *") ==
        Texts{"spec.schedule: Invalid value: \"TZ=UTC 0 0 * * *\": cannot use TZ or CRON_TZ in schedule, use "
              "timeZone field instead"});
  const auto zone = [](std::string_view text) {
    return wrong(cronJobs(), cronJob("schedule: '@daily', timeZone: '" + std::string(text) + "'"));
  };
  CHECK(zone("Asia/Seoul") == Texts{});
  CHECK(zone("Mars/Base") ==
        Texts{"spec.timeZone: Invalid value: \"Mars/Base\": unknown time zone Mars/Base"});
  CHECK(zone("local") ==
        Texts{"spec.timeZone: Invalid value: \"local\": timeZone must be an explicit time zone as defined in "
              "https://www.iana.org/time-zones"});
  CHECK(zone("") == Texts{"spec.timeZone: Invalid value: \"\": timeZone must be nil or non-empty string"});
  CHECK(
      wrong(cronJobs(), cronJob("schedule: '@daily', concurrencyPolicy: Queue, startingDeadlineSeconds: -1, "
                                "failedJobsHistoryLimit: -1")) ==
      Texts{"spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0",
            "spec.concurrencyPolicy: Unsupported value: \"Queue\": supported values: \"Allow\", \"Forbid\", "
            "\"Replace\"",
            "spec.failedJobsHistoryLimit: Invalid value: -1: must be greater than or equal to 0"});
  CHECK(
      wrong(cronJobs(), cronJob("schedule: '@daily'",
                                "jobTemplate: {spec: {manualSelector: true, selector: {matchLabels: {a: b}}, "
                                "template: {spec: {containers: [{name: a, image: a}]}}}}")) ==
      Texts{"spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", "
            "\"Never\"",
            "spec.jobTemplate.spec.selector: Invalid value: {\"matchLabels\":{\"a\":\"b\"}}: `selector` will "
            "be auto-generated",
            "spec.jobTemplate.spec.manualSelector: Unsupported value: true: supported values: \"nil\", "
            "\"false\""});
  const std::string name(53, 'a');
  std::string text = cronJob("schedule: '@daily'");
  text.replace(text.find("hello"), 5, name);
  CHECK(wrong(cronJobs(), text) ==
        Texts{"metadata.name: Invalid value: \"" + name + "\": must be no more than 52 characters"});
}

TEST_CASE("a CronJob from before time zones may keep its TZ") {
  CHECK(wrongUpdate(cronJobs(), cronJob("schedule: 'TZ=UTC 0 0 * * *'"),
                    cronJob("schedule: 'TZ=UTC 0 1 * * *'")) == Texts{});
  CHECK(wrongUpdate(cronJobs(), cronJob("schedule: 'TZ=UTC 0 0 * * *'"),
                    cronJob("schedule: 'TZ=UTC 0 1 * * *', timeZone: UTC")) ==
        Texts{"spec.schedule: Invalid value: \"TZ=UTC 0 1 * * *\": cannot use both timeZone field and TZ or "
              "CRON_TZ in schedule"});
  CHECK(isTimeZone("America/Argentina/Buenos_Aires"));
  CHECK(isTimeZone("UTC"));
  CHECK_FALSE(isTimeZone("../etc/passwd"));
  CHECK_FALSE(isTimeZone("Nowhere"));
}

TEST_CASE("a CronJob's row") {
  CHECK(head(cronJobs()) ==
        "Name | Schedule | Timezone | Suspend | Active | Last Schedule | Age | Containers* | Images* | "
        "Selector*");
  CHECK(row(cronJobs(), R"(
metadata: {name: hello, creationTimestamp: "2026-01-01T00:00:00Z"}
spec: {schedule: "* * * * *", suspend: false, jobTemplate: {spec: {template: {spec: {containers: [{name: c,
  image: i}]}}}}}
status: {active: [{name: x}], lastScheduleTime: "2026-01-01T00:09:00Z"})") ==
        "hello | * * * * * | <none> | False | 1 | 60s | 10m | c | i | <none>");
}
