#include <string>

#include "core/api/batch_v1/cron_schedule.hpp"
#include "core/api/batch_v1/limits.hpp"
#include "core/api/batch_v1/time_zone.hpp"
#include "core/api/batch_v1/validation.hpp"
#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/api/validation/object_meta.hpp"

namespace pilothouse::api {
namespace {

void validateSchedule(Errors& errors, const FieldPath& path, const Value& spec, const Value& stored) {
  const Value& schedule = spec["schedule"];
  const std::string_view text = schedule.asString();
  if (text.empty()) return errors.required(path);
  if (const CronSchedule read = readCronSchedule(text); !read.error.empty()) {
    errors.invalid(path, schedule, read.error);
  }
  if (!contains(text, "TZ")) return;
  if (!contains(stored["schedule"].asString(), "TZ")) {
    errors.invalid(path, schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
  } else if (!spec["timeZone"].isNull()) {
    errors.invalid(path, schedule, "cannot use both timeZone field and TZ or CRON_TZ in schedule");
  }
}

void validateTimeZone(Errors& errors, const FieldPath& path, const Value& zone) {
  if (zone.isNull()) return;
  const std::string name = zone.toString();
  const std::string unknown = "unknown time zone " + name;
  if (name.empty()) return errors.invalid(path, zone, "timeZone must be nil or non-empty string");
  if (!isTimeZoneName(name)) return errors.invalid(path, zone, unknown);
  if (lowered(name) == "local") {
    errors.invalid(path, zone,
                   "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones");
  } else if (!isTimeZone(name)) {
    errors.invalid(path, zone, unknown);
  }
}

void validateSpec(Errors& errors, const Value& spec, const Value& stored) {
  const FieldPath path("spec");
  const FieldPath templatePath = path.child("jobTemplate.spec");
  validateSchedule(errors, path.child("schedule"), spec, stored);
  errors.nonNegative(path.child("startingDeadlineSeconds"), spec["startingDeadlineSeconds"]);
  if (stored.isNull() || !(spec["timeZone"] == stored["timeZone"])) {
    validateTimeZone(errors, path.child("timeZone"), spec["timeZone"]);
  }
  errors.requiredOneOf(path.child("concurrencyPolicy"), spec["concurrencyPolicy"],
                       {"Allow", "Forbid", "Replace"});
  const Value& job = spec["jobTemplate"][keys::spec];
  validateJobSpec(errors, templatePath, job);
  if (!job[keys::selector].isNull()) {
    errors.invalid(templatePath.child("selector"), job[keys::selector], "`selector` will be auto-generated");
  }
  if (job["manualSelector"].asBool()) {
    errors.notSupported(templatePath.child("manualSelector"), job["manualSelector"], {"nil", "false"});
  }
  for (const std::string_view field : {"successfulJobsHistoryLimit", "failedJobsHistoryLimit"}) {
    errors.nonNegative(path.child(field), spec[field]);
  }
}

}  // namespace

void validateCronJob(Errors& errors, const Value& cronJob) {
  validateObjectMeta(errors, cronJob, true, &nameIsDnsSubdomain);
  validateSpec(errors, cronJob[keys::spec], Value());
  // The Jobs are named after it and their time.
  if (name(cronJob).size() > kCronJobNameMax) {
    errors.invalid(FieldPath("metadata.name"), meta(cronJob)[keys::name],
                   "must be no more than 52 characters");
  }
}

void validateCronJobUpdate(Errors& errors, const Value& cronJob, const Value& stored) {
  validateObjectMetaUpdate(errors, cronJob, stored);
  if (cronJob[keys::spec].sameAs(stored[keys::spec])) return;
  validateSpec(errors, cronJob[keys::spec], stored[keys::spec]);
}

}  // namespace pilothouse::api
