#include "core/api/batch_v1/defaults.hpp"
#include "core/api/batch_v1/strategies.hpp"
#include "core/api/batch_v1/validation.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kShort[] = {"cj"};
constexpr std::string_view kAll[] = {"all"};
constexpr std::string_view kSubresources[] = {"status"};

const Key kActive = Key::intern("active");
const Key kJobTemplate = Key::intern("jobTemplate");
const Key kLastScheduleTime = Key::intern("lastScheduleTime");
const Key kSchedule = Key::intern("schedule");
const Key kSuspend = Key::intern("suspend");
const Key kTimeZone = Key::intern("timeZone");

constexpr Column kColumns[] = {
    printing::kNameColumn,
    {"Schedule", "string", "", "The schedule in Cron format, see https://en.wikipedia.org/wiki/Cron."},
    {"Timezone", "string", "",
     "The time zone name for the given schedule, see "
     "https://en.wikipedia.org/wiki/List_of_tz_database_time_zones."},
    {"Suspend", "boolean", "", "This flag tells the controller to suspend subsequent executions."},
    {"Active", "integer", "", "A list of pointers to currently running jobs."},
    {"Last Schedule", "string", "", "Information when was the last time the job was successfully scheduled."},
    printing::kAgeColumn,
    printing::kContainersColumn,
    printing::kImagesColumn,
    {"Selector", "string", "", "A label query over pods that should match the pod count.", 1}};

void cells(std::vector<Value>& cells, const Value& cronJob, SimTime now) {
  const Value& spec = cronJob[keys::spec];
  const Value& status = cronJob[keys::status];
  const Value& job = spec[kJobTemplate][keys::spec];
  const printing::ContainerCells containers =
      printing::containers(job.get(keys::template_, keys::spec, keys::containers));
  const Value& last = status[kLastScheduleTime];
  const Value suspend =
      spec[kSuspend].isBool() ? (spec[kSuspend].asBool() ? "True" : "False") : printing::kUnset;
  cells.insert(cells.end(),
               {meta(cronJob)[keys::name], spec[kSchedule], printing::orElse(spec[kTimeZone]), suspend,
                status[kActive].size(), last.isNull() ? Value(printing::kNone) : printing::since(last, now),
                printing::age(cronJob, now), containers.names, containers.images,
                printing::selector(job[keys::selector])});
}

const Resource kResource{"batch", "v1",         Key::intern("cronjobs"), "cronjob", "CronJob", true, kShort,
                         kAll,    kSubresources};

}  // namespace

namespace kinds {

extern const Kind cron_job;
const Kind cron_job{
    .resource = &kResource,
    .setDefaults = &cronJobDefaults,
    .validate = &validateCronJob,
    .validateUpdate = &validateCronJobUpdate,
    .prepareForCreate = &prepareCronJobCreate,
    .countsGeneration = true,
    .warnings = &cronJobWarnings,
    .columns = kColumns,
    .cells = &cells,
};

}  // namespace kinds

}  // namespace pilothouse::api
