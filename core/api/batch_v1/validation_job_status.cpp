#include <optional>
#include <string>
#include <unordered_set>

#include "core/api/batch_v1/index_intervals.hpp"
#include "core/api/batch_v1/validation.hpp"
#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/api/validation/object_meta.hpp"

namespace pilothouse::api {
namespace {

const Key kActive = Key::intern("active");
const Key kCompletedIndexes = Key::intern("completedIndexes");
const Key kCompletionTime = Key::intern("completionTime");
const Key kCompletions = Key::intern("completions");
const Key kFailed = Key::intern("failed");
const Key kFailedIndexes = Key::intern("failedIndexes");
const Key kReady = Key::intern("ready");
const Key kSucceeded = Key::intern("succeeded");
const Key kTerminating = Key::intern("terminating");
const Key kUncounted = Key::intern("uncountedTerminatedPods");

/// Where a Job is in its life, as its conditions say.
struct Conditions {
  explicit Conditions(const Value& job)
      : complete(conditionIs(job, "Complete", "True")),
        failed(conditionIs(job, "Failed", "True")),
        failureTarget(conditionIs(job, "FailureTarget", "True")),
        successCriteriaMet(conditionIs(job, "SuccessCriteriaMet", "True")),
        suspended(conditionIs(job, "Suspended", "True")) {}
  [[nodiscard]] bool finished() const { return complete || failed; }

  bool complete;
  bool failed;
  bool failureTarget;
  bool successCriteriaMet;
  bool suspended;
};

/// One write of a Job's status. Most rules look at what the write changes, so that a status that is wrong
/// already does not hold up what has nothing to do with it.
class StatusUpdate {
 public:
  StatusUpdate(Errors& errors, const Value& job, const Value& stored)
      : errors_(errors),
        spec_(job[keys::spec]),
        status_(job[keys::status]),
        old_(stored[keys::status]),
        now_(job),
        before_(stored) {}

  void validate() {
    numbers();
    uncounted();
    conditions();
    times();
    finished();
    indexes();
    transitions();
  }

 private:
  [[nodiscard]] bool changed(Key field) const { return !semanticallyEqual(status_[field], old_[field]); }
  [[nodiscard]] FieldPath at(Key field) const { return path_.child(field.text()); }
  void refuse(std::string_view why) { errors_.invalidPart(path_.child("conditions"), why); }

  void numbers() {
    for (const Key field : {kActive, kSucceeded, kFailed, kReady, kTerminating}) {
      errors_.nonNegative(at(field), status_[field]);
    }
    if ((changed(kReady) || changed(kActive)) && status_[kReady].asInt() > status_[kActive].asInt()) {
      errors_.invalid(at(kReady), status_[kReady], "cannot set more ready pods than active");
    }
  }

  void uncounted() {
    std::unordered_set<std::string_view> seen;
    const FieldPath path = at(kUncounted);
    for (const Key list : {kSucceeded, kFailed}) {
      const Value& uids = status_[kUncounted][list];
      for (std::size_t i = 0; i < uids.size(); ++i) {
        const FieldPath item = path.item(list.text(), i);
        const std::string_view uid = uids.item(i).asString();
        if (uid.empty()) {
          errors_.invalid(item, "", "must not be empty");
        } else if (!seen.insert(uid).second) {
          errors_.duplicate(item, uids.item(i));
        }
      }
    }
  }

  void conditions() {
    const bool completes = now_.complete != before_.complete;
    const bool fails = now_.failed != before_.failed;
    const bool targets = now_.failureTarget != before_.failureTarget;
    const bool succeeds = now_.successCriteriaMet != before_.successCriteriaMet;
    if ((completes || fails) && now_.complete && now_.failed) {
      refuse("cannot set Complete=True and Failed=true conditions");
    }
    if ((completes || targets) && now_.complete && now_.failureTarget) {
      refuse("cannot set Complete=True and FailureTarget=true conditions");
    }
    if ((fails || changed(kFailedIndexes)) && now_.failed && !now_.failureTarget) {
      refuse("cannot set Failed=True condition without the FailureTarget=true condition");
    }
    if ((completes || succeeds) && now_.complete && !now_.successCriteriaMet) {
      refuse("cannot set Complete=True condition without the SuccessCriteriaMet=true condition");
    }
    if (now_.successCriteriaMet && now_.failed) {
      refuse("cannot set SuccessCriteriaMet=True and Failed=true conditions");
    }
    if (now_.successCriteriaMet && now_.failureTarget) {
      refuse("cannot set SuccessCriteriaMet=True and FailureTarget=true conditions");
    }
    if (spec_["successPolicy"].isObject() && !now_.successCriteriaMet && now_.complete) {
      refuse("cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True");
    }
  }

  void times() {
    const Value& start = status_[keys::startTime];
    const Value& completion = status_[kCompletionTime];
    const bool completes = now_.complete != before_.complete || changed(kCompletionTime);
    if (completes && !completion.isNull() && !now_.complete) {
      errors_.invalid(at(kCompletionTime), completion,
                      "cannot set completionTime when there is no Complete=True condition");
    }
    if (completes && completion.isNull() && now_.complete) {
      errors_.required(at(kCompletionTime), "completionTime is required for Complete jobs");
    }
    if (!changed(keys::startTime) && !changed(kCompletionTime)) return;
    const auto begun = parseTimestamp(start.asString());
    const auto ended = parseTimestamp(completion.asString());
    if (begun && ended && *ended < *begun) {
      errors_.invalid(at(kCompletionTime), completion, "must be equal to or after `startTime`");
    }
  }

  void finished() {
    if (!now_.finished()) return;
    const bool finishes = !before_.finished();
    if ((finishes || changed(kActive)) && status_[kActive].asInt() > 0) {
      errors_.invalid(at(kActive), status_[kActive], "active>0 is invalid for finished job");
    }
    if ((finishes || changed(keys::startTime)) && status_[keys::startTime].isNull()) {
      errors_.required(at(keys::startTime), "startTime is required for finished job");
    }
    const Value& uncounted = status_[kUncounted];
    if ((finishes || changed(kUncounted)) && uncounted[kFailed].size() + uncounted[kSucceeded].size() > 0) {
      errors_.invalid(at(kUncounted), uncounted, "must be empty for finished job");
    }
    if ((finishes || changed(kTerminating)) && status_[kTerminating].asInt() > 0) {
      errors_.invalid(at(kTerminating), status_[kTerminating], "terminating>0 is invalid for finished job");
    }
  }

  void indexes() {
    const bool newCompleted = changed(kCompletedIndexes);
    const bool newFailed = changed(kFailedIndexes);
    if (!newCompleted && !newFailed) return;
    const Value& completed = status_[kCompletedIndexes];
    const Value& failed = status_[kFailedIndexes];
    const bool eachIndex = !spec_["backoffLimitPerIndex"].isNull();
    const bool counted = !spec_[kCompletions].isNull();
    const std::int64_t completions = spec_[kCompletions].asInt();
    const IndexIntervals done = readIndexIntervals(completed.asString(), completions);
    const IndexIntervals lost = readIndexIntervals(failed.asString(), completions);
    if (newCompleted && counted && !done.error.empty()) {
      errors_.invalid(at(kCompletedIndexes), completed, "error parsing completedIndexes: " + done.error);
    }
    if (newFailed && counted && eachIndex && !lost.error.empty()) {
      errors_.invalid(at(kFailedIndexes), failed, "error parsing failedIndexes: " + lost.error);
    }
    if (newCompleted && !completed.asString().empty() && spec_["completionMode"].asString() != "Indexed") {
      errors_.invalid(at(kCompletedIndexes), completed,
                      "cannot set non-empty completedIndexes when non-indexed completion mode");
    }
    if (newFailed && !eachIndex && !failed.isNull()) {
      errors_.invalid(at(kFailedIndexes), failed,
                      "cannot set non-null failedIndexes when backoffLimitPerIndex is null");
    }
    const std::int64_t common = firstCommonIndex(done, lost);
    if (counted && common >= 0) {
      errors_.invalid(at(kFailedIndexes), failed,
                      "failedIndexes and completedIndexes overlap at index: " + std::to_string(common));
    }
  }

  void transitions() {
    const auto keeps = [this](bool was, bool is, std::string_view condition) {
      if (was && !is) refuse("cannot disable the terminal " + std::string(condition) + "=True condition");
    };
    keeps(before_.failed, now_.failed, "Failed");
    keeps(before_.complete, now_.complete, "Complete");
    keeps(before_.failureTarget, now_.failureTarget, "FailureTarget");
    counter(kFailed, true, "cannot decrease the failed counter");
    const bool elastic =
        spec_["completionMode"].asString() == "Indexed" && spec_[kCompletions] == spec_["parallelism"];
    counter(kSucceeded, !elastic, "cannot decrease the succeeded counter");
    if (!status_[kCompletionTime].isNull() && !old_[kCompletionTime].isNull() && changed(kCompletionTime)) {
      errors_.invalid(at(kCompletionTime), status_[kCompletionTime], "completionTime cannot be mutated");
    }
    // A Job that is resumed starts anew.
    if (!old_[keys::startTime].isNull() && changed(keys::startTime) && !spec_["suspend"].asBool() &&
        !before_.suspended) {
      errors_.required(at(keys::startTime), "startTime cannot be removed for unsuspended job");
    }
    if (before_.successCriteriaMet && !now_.successCriteriaMet) {
      refuse("cannot disable the SuccessCriteriaMet=True condition");
    }
    if (before_.complete && !before_.successCriteriaMet && now_.successCriteriaMet) {
      refuse("cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions");
    }
  }

  void counter(Key field, bool mayNotFall, std::string_view why) {
    if (mayNotFall && status_[field].asInt() < old_[field].asInt()) {
      errors_.invalid(at(field), Value(status_[field].asInt()), why);
    }
  }

  Errors& errors_;
  const FieldPath path_{"status"};
  const Value& spec_;
  const Value& status_;
  const Value& old_;
  Conditions now_;
  Conditions before_;
};

}  // namespace

void validateJobStatusUpdate(Errors& errors, const Value& job, const Value& stored) {
  validateObjectMetaUpdate(errors, job, stored);
  StatusUpdate(errors, job, stored).validate();
}

}  // namespace pilothouse::api
