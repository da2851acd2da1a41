#include "core/api/batch_v1/defaults.hpp"
#include "core/api/batch_v1/strategies.hpp"
#include "core/api/batch_v1/validation.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"
#include "core/value/duration.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kAll[] = {"all"};
constexpr std::string_view kSubresources[] = {"status"};
constexpr SelectableField kFields[] = {
    {"metadata.name", ""}, {"metadata.namespace", ""}, {"status.successful", "0", "status.succeeded"}};

const Key kCompletionTime = Key::intern("completionTime");
const Key kCompletions = Key::intern("completions");
const Key kParallelism = Key::intern("parallelism");
const Key kSucceeded = Key::intern("succeeded");

constexpr Column kColumns[] = {
    printing::kNameColumn,
    {"Status", "string", "", "Status of the job."},
    {"Completions", "string", "", "The number of pods which reached phase Succeeded."},
    {"Duration", "string", "", "Time required to complete the job."},
    printing::kAgeColumn,
    printing::kContainersColumn,
    printing::kImagesColumn,
    {"Selector", "string", "", "A label query over pods that should match the pod count.", 1}};

std::string completions(const Value& job) {
  const Value& spec = job[keys::spec];
  const std::string succeeded = std::to_string(job[keys::status][kSucceeded].asInt()) + "/";
  if (spec[kCompletions].isInt()) return succeeded + std::to_string(spec[kCompletions].asInt());
  const std::int64_t parallelism = spec[kParallelism].asInt();
  return parallelism > 1 ? succeeded + "1 of " + std::to_string(parallelism) : succeeded + "1";
}

std::string duration(const Value& status, SimTime now) {
  const auto start = parseTimestamp(status[keys::startTime].asString());
  if (!start) return {};
  return humanDuration(parseTimestamp(status[kCompletionTime].asString()).value_or(now) - *start);
}

std::string_view statusWord(const Value& job) {
  if (conditionIs(job, "Complete", "True")) return "Complete";
  if (conditionIs(job, "Failed", "True")) return "Failed";
  if (isBeingDeleted(job)) return "Terminating";
  if (conditionIs(job, "Suspended", "True")) return "Suspended";
  if (conditionIs(job, "FailureTarget", "True")) return "FailureTarget";
  return "Running";
}

void cells(std::vector<Value>& cells, const Value& job, SimTime now) {
  const Value& spec = job[keys::spec];
  const printing::ContainerCells containers =
      printing::containers(spec.get(keys::template_, keys::spec, keys::containers));
  cells.insert(cells.end(), {meta(job)[keys::name], statusWord(job), completions(job),
                             duration(job[keys::status], now), printing::age(job, now), containers.names,
                             containers.images, printing::selector(spec[keys::selector])});
}

const Resource kResource{"batch", "v1", Key::intern("jobs"), "job", "Job", true, {}, kAll, kSubresources};

}  // namespace

namespace kinds {

extern const Kind job;
const Kind job{
    .resource = &kResource,
    .setDefaults = &jobDefaults,
    .validate = &validateJob,
    .validateUpdate = &validateJobUpdate,
    .validateStatusUpdate = &validateJobStatusUpdate,
    .prepareForCreate = &prepareJobCreate,
    .countsGeneration = true,
    .orphansDependents = true,
    .warnings = &jobWarnings,
    .selectableFields = kFields,
    .columns = kColumns,
    .cells = &cells,
};

}  // namespace kinds

}  // namespace pilothouse::api
