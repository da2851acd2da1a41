#include "core/api/batch_v1/defaults.hpp"

#include <limits>

#include "core/api/core_v1/defaults.hpp"
#include "core/api/defaulting.hpp"
#include "core/api/keys.hpp"

namespace pilothouse::api {
namespace {

const Key kBackoffLimit = Key::intern("backoffLimit");
const Key kBackoffLimitPerIndex = Key::intern("backoffLimitPerIndex");
const Key kCompletionMode = Key::intern("completionMode");
const Key kCompletions = Key::intern("completions");
const Key kConcurrencyPolicy = Key::intern("concurrencyPolicy");
const Key kFailedJobsHistoryLimit = Key::intern("failedJobsHistoryLimit");
const Key kJobTemplate = Key::intern("jobTemplate");
const Key kManualSelector = Key::intern("manualSelector");
const Key kOnPodConditions = Key::intern("onPodConditions");
const Key kParallelism = Key::intern("parallelism");
const Key kPodFailurePolicy = Key::intern("podFailurePolicy");
const Key kPodReplacementPolicy = Key::intern("podReplacementPolicy");
const Key kRules = Key::intern("rules");
const Key kSuccessfulJobsHistoryLimit = Key::intern("successfulJobsHistoryLimit");
const Key kSuspend = Key::intern("suspend");

constexpr std::int64_t kBackoffLimitDefault = 6;

// What a Job and the job template of a CronJob have alike.
Value templateDefaults(const Value& sent) {
  Value spec = sent.with(keys::template_, podTemplateDefaults(sent[keys::template_]));
  changeMember(spec, kPodFailurePolicy, [](Value policy) {
    changeItems(policy, kRules, [](Value rule) {
      changeItems(rule, kOnPodConditions, [](Value pattern) {
        setDefault(pattern, keys::status, "True");
        return pattern;
      });
      return rule;
    });
    return policy;
  });
  return spec;
}

}  // namespace

Value jobDefaults(const Value& job) {
  Value spec = templateDefaults(job[keys::spec]);
  if (spec[kCompletions].isNull() && spec[kParallelism].isNull()) spec = spec.with(kCompletions, 1);
  setDefault(spec, kParallelism, 1);
  const bool eachIndex = !spec[kBackoffLimitPerIndex].isNull();
  setDefault(spec, kBackoffLimit,
             eachIndex ? std::numeric_limits<std::int32_t>::max() : kBackoffLimitDefault);
  setDefault(spec, kCompletionMode, "NonIndexed");
  setDefault(spec, kSuspend, false);
  setDefault(spec, kPodReplacementPolicy,
             spec[kPodFailurePolicy].isObject() ? "Failed" : "TerminatingOrFailed");
  setDefault(spec, kManualSelector, false);
  const Value filled = job.with(keys::spec, spec);
  const Value& labels = spec[keys::template_][keys::metadata][keys::labels];
  if (!labels.isObject() || !job[keys::metadata][keys::labels].empty()) return filled;
  return filled.withPath({keys::metadata, keys::labels}, labels);
}

Value cronJobDefaults(const Value& cronJob) {
  Value spec = cronJob[keys::spec];
  spec = spec.withPath({kJobTemplate, keys::spec}, templateDefaults(spec[kJobTemplate][keys::spec]));
  setDefault(spec, kConcurrencyPolicy, "Allow");
  setDefault(spec, kSuspend, false);
  setDefault(spec, kSuccessfulJobsHistoryLimit, 3);
  setDefault(spec, kFailedJobsHistoryLimit, 1);
  return cronJob.with(keys::spec, spec);
}

}  // namespace pilothouse::api
