#include "core/api/batch_v1/strategies.hpp"

#include "core/api/batch_v1/limits.hpp"
#include "core/api/core_v1/warnings_pod.hpp"
#include "core/api/object.hpp"
#include "core/api/strategy.hpp"
#include "core/api/validation/formats.hpp"

namespace pilothouse::api {
namespace {

const Key kJobTemplate = Key::intern("jobTemplate");
const Key kManualSelector = Key::intern("manualSelector");

struct Labelled {
  Key label;
  Key value;  ///< of the Job's metadata
};

const Labelled kGenerated[] = {{Key::intern("job-name"), keys::name},
                               {Key::intern("batch.kubernetes.io/job-name"), keys::name},
                               {Key::intern("controller-uid"), keys::uid},
                               {Key::intern("batch.kubernetes.io/controller-uid"), keys::uid}};
const Key kSelected = Key::intern("batch.kubernetes.io/controller-uid");

// A label that the client has set stays, and validation refuses it when it is another.
Value generatedSpec(const Value& job) {
  Value spec = job[keys::spec];
  for (const Labelled& generated : kGenerated) {
    if (labels(spec[keys::template_]).has(generated.label)) continue;
    spec = spec.withPath({keys::template_, keys::metadata, keys::labels, generated.label},
                         meta(job)[generated.value]);
  }
  if (spec[keys::selector][keys::matchLabels].has(kSelected)) return spec;
  return spec.withPath({keys::selector, keys::matchLabels, kSelected}, meta(job)[keys::uid]);
}

void jobSpecWarnings(std::vector<std::string>& warnings, const FieldPath& path, const Value& spec) {
  if (spec["completionMode"].asString() == "Indexed" && spec["completions"].asInt() > kCompletionsSoftLimit &&
      spec["parallelism"].asInt() > kParallelismOfManyCompletions) {
    warnings.emplace_back(
        "In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, "
        "Kubernetes might not be able to track completedIndexes when a big number of indexes fail");
  }
  warnAboutPodTemplate(warnings, path.child("template"), spec[keys::template_], Value());
}

bool sameGeneration(const Value& object, const Value& stored) {
  return !stored.isNull() && meta(object)[keys::generation] == meta(stored)[keys::generation];
}

}  // namespace

Value prepareJobCreate(const Value& job) {
  Value prepared = begun(job, Value::emptyObject());
  if (job[keys::spec][kManualSelector].asBool()) return prepared;
  // Labels that were the template's stay the template's.
  const bool shared = labels(job).empty() || labels(job).sameAs(labels(job[keys::spec][keys::template_]));
  const Value spec = generatedSpec(job);
  prepared = prepared.with(keys::spec, spec);
  if (!shared) return prepared;
  return prepared.withPath({keys::metadata, keys::labels}, labels(spec[keys::template_]));
}

Value prepareCronJobCreate(const Value& cronJob) { return begun(cronJob, Value::emptyObject()); }

void jobWarnings(std::vector<std::string>& warnings, const Value& job, const Value& stored) {
  if (stored.isNull()) warnAboutName(warnings, job);
  if (!sameGeneration(job, stored)) jobSpecWarnings(warnings, FieldPath("spec"), job[keys::spec]);
}

void cronJobWarnings(std::vector<std::string>& warnings, const Value& cronJob, const Value& stored) {
  if (stored.isNull()) warnAboutName(warnings, cronJob);
  if (sameGeneration(cronJob, stored)) return;
  const Value& spec = cronJob[keys::spec];
  jobSpecWarnings(warnings, FieldPath("spec.jobTemplate.spec"), spec[kJobTemplate][keys::spec]);
  if (contains(spec["schedule"].asString(), "TZ")) {
    warnings.emplace_back(
        "CRON_TZ or TZ used in spec.schedule is not officially supported, see "
        "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details");
  }
}

}  // namespace pilothouse::api
