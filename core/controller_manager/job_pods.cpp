#include "core/controller_manager/job_pods.hpp"

#include <algorithm>
#include <limits>

#include "core/controller_manager/job_indexes.hpp"
#include "core/controller_manager/job_keys.hpp"
#include "core/value/number_text.hpp"

namespace pilothouse::controller_manager {
namespace {

const Key kAction = Key::intern("action");
const Key kContainerName = Key::intern("containerName");
const Key kExitCode = Key::intern("exitCode");
const Key kFinishedAt = Key::intern("finishedAt");
const Key kOnExitCodes = Key::intern("onExitCodes");
const Key kOnPodConditions = Key::intern("onPodConditions");
const Key kOperator = Key::intern("operator");
const Key kRules = Key::intern("rules");
const Key kState = Key::intern("state");
const Key kTerminated = Key::intern("terminated");
const Key kValues = Key::intern("values");

std::int64_t countOf(const Value& pod, Key annotation) {
  const auto count = parseInt64(api::annotations(pod)[annotation].asString());
  if (!count || *count < 0 || *count > std::numeric_limits<std::int32_t>::max()) return 0;
  return *count;
}

bool exitCodeMatches(std::int64_t code, const Value& requirement) {
  const std::string_view op = requirement[kOperator].asString();
  const auto values = requirement[kValues].items();
  const bool listed =
      std::any_of(values.begin(), values.end(), [code](const Value& v) { return v.asInt() == code; });
  return op == "In" ? listed : op == "NotIn" && !listed;
}

// The first terminated container with such an exit code, or null.
const Value& matchExitCodes(const Value& statuses, const Value& requirement) {
  static const Value none;
  for (const Value& status : statuses.items()) {
    const Value& terminated = status.get(kState, kTerminated);
    if (!terminated.isObject()) continue;
    const Value& wanted = requirement[kContainerName];
    if (!wanted.isNull() && !(wanted == status[keys::name])) continue;
    const std::int64_t code = terminated[kExitCode].asInt();
    if (code != 0 && exitCodeMatches(code, requirement)) return status;
  }
  return none;
}

const Value& matchConditions(const Value& pod, const Value& patterns) {
  static const Value none;
  for (const Value& condition : pod.get(keys::status, keys::conditions).items()) {
    for (const Value& pattern : patterns.items()) {
      if (condition[keys::type] == pattern[keys::type] && condition[keys::status] == pattern[keys::status]) {
        return condition;
      }
    }
  }
  return none;
}

// Why a rule matches; "" when it does not.
std::string matchRule(const Value& rule, std::size_t index, const Value& pod) {
  const std::string where = api::namespacedName(pod);
  const std::string tail =
      " matching " + rule[kAction].toString() + " rule at index " + std::to_string(index);
  if (const Value& codes = rule[kOnExitCodes]; codes.isObject()) {
    const Value& status = pod[keys::status];
    const Value* matched = &matchExitCodes(status[keys::containerStatuses], codes);
    if (matched->isNull()) matched = &matchExitCodes(status[job::kInitContainerStatuses], codes);
    if (matched->isNull()) return {};
    return "Container " + (*matched)[keys::name].toString() + " for pod " + where +
           " failed with exit code " + std::to_string(matched->get(kState, kTerminated, kExitCode).asInt()) +
           tail;
  }
  const Value& condition = matchConditions(pod, rule[kOnPodConditions]);
  if (condition.isNull()) return {};
  return "Pod " + where + " has condition " + condition[keys::type].toString() + tail;
}

}  // namespace

bool isJobFinished(const Value& job) {
  return api::conditionIs(job, "Complete", "True") || api::conditionIs(job, "Failed", "True");
}

bool isIndexedJob(const Value& job) {
  return job.get(keys::spec, job::kCompletionMode).asString() == "Indexed";
}

bool isJobSuspended(const Value& job) { return job.get(keys::spec, job::kSuspend).asBool(); }

bool hasBackoffLimitPerIndex(const Value& job) {
  return !job.get(keys::spec, job::kBackoffLimitPerIndex).isNull();
}

bool onlyReplacesFailedPods(const Value& job) {
  const Value& spec = job[keys::spec];
  return spec[job::kPodReplacementPolicy].asString() == "Failed" || spec[job::kPodFailurePolicy].isObject();
}

bool isManagedElsewhere(const Value& job) {
  const Value& manager = job.get(keys::spec, job::kManagedBy);
  return !manager.isNull() && manager.asString() != job::kControllerName;
}

bool hasTrackingFinalizer(const Value& pod) {
  const auto finalizers = api::meta(pod)[keys::finalizers].items();
  return std::any_of(finalizers.begin(), finalizers.end(),
                     [](const Value& f) { return f.asString() == job::kTrackingFinalizer; });
}

bool isPodTerminating(const Value& pod) { return api::isBeingDeleted(pod) && !api::isPodTerminal(pod); }

bool isPodFailed(const Value& pod, const Value& job) {
  const std::string_view phase = pod.get(keys::status, keys::phase).asString();
  if (phase == "Failed") return true;
  return !onlyReplacesFailedPods(job) && api::isBeingDeleted(pod) && phase != "Succeeded";
}

SimTime finishedTime(const Value& pod) {
  std::optional<SimTime> latest;
  bool allEnded = true;
  for (const Value& status : pod.get(keys::status, keys::containerStatuses).items()) {
    const auto ended = parseTimestamp(status.get(kState, kTerminated, kFinishedAt).asString());
    allEnded = allEnded && ended.has_value();
    if (ended && (!latest || *latest < *ended)) latest = ended;
  }
  if (allEnded && latest) return *latest;
  if (const Value& ready = api::condition(pod, "Ready"); ready[keys::status].asString() == "False") {
    if (const auto since = parseTimestamp(ready[keys::lastTransitionTime].asString())) return *since;
  }
  const Value& metadata = api::meta(pod);
  if (const auto deleted = parseTimestamp(metadata[keys::deletionTimestamp].asString())) {
    return *deleted - std::chrono::seconds(metadata[keys::deletionGracePeriodSeconds].asInt());
  }
  return parseTimestamp(metadata[keys::creationTimestamp].asString()).value_or(SimTime{});
}

std::int64_t indexFailures(const Value& pod) { return countOf(pod, job::kIndexFailureCount); }

std::int64_t indexIgnoredFailures(const Value& pod) { return countOf(pod, job::kIndexIgnoredFailureCount); }

PodFailureMatch matchPodFailurePolicy(const Value& policy, const Value& pod) {
  const auto rules = policy[kRules].items();
  for (std::size_t i = 0; i < rules.size(); ++i) {
    std::string why = matchRule(rules[i], i, pod);
    if (why.empty()) continue;
    PodFailureMatch match;
    match.action = rules[i][kAction].asString();
    match.counts = match.action != "Ignore";
    if (match.action == "FailJob") match.failJob = std::move(why);
    return match;
  }
  return {};
}

bool isIndexFailed(const Value& job, const Value& pod) {
  if (!isPodFailed(pod, job)) return false;
  const PodFailureMatch match = matchPodFailurePolicy(job.get(keys::spec, job::kPodFailurePolicy), pod);
  if (match.action == "FailIndex") return true;
  return match.counts && indexFailures(pod) >= job.get(keys::spec, job::kBackoffLimitPerIndex).asInt();
}

void JobBackoff::count(std::vector<Value> newSucceeded, std::vector<Value> newFailed) {
  if (newSucceeded.empty() && newFailed.empty()) return;
  if (!newSucceeded.empty()) failuresAfterLastSuccess = 0;
  SimTime lastSuccess = SimTime::min();
  for (const Value& pod : newSucceeded) lastSuccess = std::max(lastSuccess, finishedTime(pod));
  for (const Value& pod : newFailed) {
    const SimTime failed = finishedTime(pod);
    if (failed <= lastSuccess) continue;
    lastFailure = failuresAfterLastSuccess == 0 ? failed : std::max(lastFailure, failed);
    ++failuresAfterLastSuccess;
  }
}

SimDuration JobBackoff::remaining(SimTime now, SimDuration initial, SimDuration max) const {
  if (failuresAfterLastSuccess == 0) return SimDuration::zero();
  SimDuration wait = initial;
  for (std::int64_t i = 1; i < failuresAfterLastSuccess && wait < max; ++i) wait *= 2;
  return std::max(std::min(wait, max) - (now - lastFailure), SimDuration::zero());
}

}  // namespace pilothouse::controller_manager
