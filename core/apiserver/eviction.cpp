#include "core/apiserver/eviction.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/api/schema/decode.hpp"
#include "core/value/selector.hpp"

namespace pilothouse::apiserver::eviction {
namespace {

constexpr std::int64_t kMaxDisruptedPods = 2000;  // MaxDisruptedPodSize
constexpr int kRetrySeconds = 10;

const Key kCauses = Key::intern("causes");
const Key kCurrentHealthy = Key::intern("currentHealthy");
const Key kDeleteOptions = Key::intern("deleteOptions");
const Key kDesiredHealthy = Key::intern("desiredHealthy");
const Key kDisruptedPods = Key::intern("disruptedPods");
const Key kDisruptionsAllowed = Key::intern("disruptionsAllowed");
const Key kDryRun = Key::intern("dryRun");
const Key kPreconditions = Key::intern("preconditions");
const Key kRetryAfterSeconds = Key::intern("retryAfterSeconds");
const Key kUnhealthyPodEvictionPolicy = Key::intern("unhealthyPodEvictionPolicy");

api::Status tooManyRequests(std::string cause, int retryAfterSeconds) {
  api::Status status;
  status.code = 429;
  status.reason = "TooManyRequests";
  status.message = "Cannot evict pod as it would violate the pod's disruption budget.";
  ObjectBuilder details;
  details.set(
      kCauses,
      Value::array({Value::object({{keys::message, Value(cause)}, {keys::reason, "DisruptionBudget"}})}));
  if (retryAfterSeconds > 0) details.set(kRetryAfterSeconds, retryAfterSeconds);
  status.details = details.build();
  return status;
}

api::Status forbidden(const Value& budget, std::string_view why) {
  static const api::Resource kBudget{
      "policy", "v1", Key::intern("poddisruptionbudget"), "", "PodDisruptionBudget", true, {}, {}, {}};
  return api::Status::forbidden(kBudget, api::name(budget), why);
}

// podutil.UpdatePodCondition and meta.SetStatusCondition: the time of the transition stays when nothing has.
Value withCondition(const Value& object, ObjectBuilder condition, SimTime now) {
  const Value made = condition.build();
  const Value& type = made[keys::type];
  const auto before = object.get(keys::status, keys::conditions).items();
  std::vector<Value> conditions(before.begin(), before.end());
  const auto at = std::find_if(conditions.begin(), conditions.end(),
                               [&type](const Value& c) { return c[keys::type] == type; });
  const bool stays = at != conditions.end() && (*at)[keys::status] == made[keys::status];
  const Value since = stays ? (*at)[keys::lastTransitionTime] : timestamp(now);
  const Value whole = made.with(keys::lastTransitionTime, since);
  if (at != conditions.end()) {
    *at = whole;
  } else {
    conditions.push_back(whole);
  }
  return object.withPath({keys::status, keys::conditions}, Value::array(conditions));
}

api::Status preconditionFailed(const Value& pod, const std::string& why) {
  api::Status status = api::Status::conflict(api::resources::pods, api::name(pod), why);
  status.message = "Operation cannot be fulfilled on Pod \"" + std::string(api::name(pod)) + "\": " + why;
  return status;
}

}  // namespace

Outcome deleteOptions(const Value& eviction, std::string_view podName, bool dryRun) {
  const std::string_view version = eviction[keys::apiVersion].asString();
  const std::string_view kind = eviction[keys::kind].asString();
  const bool known = (version.empty() || version == "policy/v1" || version == "policy/v1beta1") &&
                     (kind.empty() || kind == "Eviction");
  if (!eviction.isObject() || !known) {
    return Outcome::failed(
        api::Status::badRequest("the object provided is unrecognized (must be of type Eviction)"));
  }
  const api::schema::Decoded read =
      api::schema::decode(api::schema::findType("policy/v1", "Eviction"), eviction);
  if (const api::schema::Problem* problem = read.fatal()) {
    return Outcome::failed(api::Status::badRequest(
        "Eviction in version \"v1\" cannot be handled as a Eviction: " + problem->message));
  }
  if (api::name(eviction) != podName) {
    return Outcome::failed(api::Status::badRequest("name in URL does not match name in Eviction object"));
  }
  Value options = read.value[kDeleteOptions];
  if (options.isNull()) options = Value::emptyObject();
  if (dryRun && options[kDryRun].empty()) options = options.with(kDryRun, Value::array({"All"}));
  return Outcome::of(std::move(options));
}

bool ignoresBudgets(const Value& pod) {
  return api::isPodTerminal(pod) || pod.get(keys::status, keys::phase).asString() == "Pending" ||
         api::isBeingDeleted(pod);
}

bool isDeletedAsSeen(const Value& pod) { return !api::isPodTerminal(pod) && !api::isBeingDeleted(pod); }

bool hasResourceVersion(const Value& options) { return options[kPreconditions].has(keys::resourceVersion); }

Value withResourceVersion(const Value& options, const Value& pod) {
  return options.withPath({kPreconditions, keys::resourceVersion}, api::meta(pod)[keys::resourceVersion]);
}

bool covers(const Value& budget, const Value& pod) {
  const LabelSelector selector = LabelSelector::fromObject(budget.get(keys::spec, keys::selector));
  // In policy/v1 an empty selector is about every pod.
  return selector.matches(api::labels(pod));
}

bool isNotCounted(const Value& budget, const Value& pod) {
  if (api::isPodReady(pod)) return false;
  if (budget.get(keys::spec, kUnhealthyPodEvictionPolicy).asString() == "AlwaysAllow") return true;
  const Value& status = budget[keys::status];
  return status[kCurrentHealthy].asInt() >= status[kDesiredHealthy].asInt() &&
         status[kDesiredHealthy].asInt() > 0;
}

Outcome taken(const Value& budget, const Value& pod, SimTime now) {
  const Value& status = budget[keys::status];
  const std::string name(api::name(budget));
  const std::int64_t allowed = status[kDisruptionsAllowed].asInt();
  if (status[keys::observedGeneration].asInt() < api::meta(budget)[keys::generation].asInt()) {
    return Outcome::failed(stillProcessed(name));
  }
  if (allowed < 0) return Outcome::failed(forbidden(budget, "pdb disruptions allowed is negative"));
  if (static_cast<std::int64_t>(status[kDisruptedPods].size()) > kMaxDisruptedPods) {
    return Outcome::failed(
        forbidden(budget, "DisruptedPods map too big - too many evictions not confirmed by PDB controller"));
  }
  if (allowed == 0) {
    const Value& condition = api::condition(budget, "DisruptionAllowed");
    const bool unsynced =
        condition[keys::status].asString() == "False" && condition[keys::reason].asString() == "SyncFailed";
    return Outcome::failed(tooManyRequests(
        unsynced
            ? "The disruption budget " + name +
                  " does not allow evicting pods currently because it failed sync: " +
                  condition[keys::message].toString()
            : "The disruption budget " + name + " needs " + std::to_string(status[kDesiredHealthy].asInt()) +
                  " healthy pods and has " + std::to_string(status[kCurrentHealthy].asInt()) + " currently",
        0));
  }
  Value next = budget.withPath({keys::status, kDisruptionsAllowed}, allowed - 1);
  if (allowed == 1) {
    ObjectBuilder condition;
    condition.set(keys::type, "DisruptionAllowed")
        .set(keys::status, "False")
        .set(keys::reason, "InsufficientPods")
        .set(keys::message, "")
        .set(keys::observedGeneration, status[keys::observedGeneration]);
    next = withCondition(next, condition, now);
  }
  const Value named =
      next.get(keys::status, kDisruptedPods).with(Key::intern(api::name(pod)), timestamp(now));
  return Outcome::of(next.withPath({keys::status, kDisruptedPods}, named));
}

api::Status stillProcessed(std::string_view budget) {
  return tooManyRequests(
      "The disruption budget " + std::string(budget) + " is still being processed by the server.",
      kRetrySeconds);
}

api::Status tooManyBudgets() {
  api::Status status;
  status.code = 500;
  status.message =
      "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";
  return status;
}

Outcome withDisruptionTarget(const Value& pod, const Value& options, SimTime now) {
  const Value& wanted = options[kPreconditions];
  const Value& version = api::meta(pod)[keys::resourceVersion];
  if (!wanted[keys::uid].asString().empty() && wanted[keys::uid].asString() != api::uid(pod)) {
    return Outcome::failed(
        preconditionFailed(pod, "the UID in the precondition (" + wanted[keys::uid].toString() +
                                    ") does not match the UID in record (" + std::string(api::uid(pod)) +
                                    "). The object might have been deleted and then recreated"));
  }
  if (!wanted[keys::resourceVersion].asString().empty() && !(wanted[keys::resourceVersion] == version)) {
    return Outcome::failed(preconditionFailed(
        pod, "the ResourceVersion in the precondition (" + wanted[keys::resourceVersion].toString() +
                 ") does not match the ResourceVersion in record (" + version.toString() +
                 "). The object might have been modified"));
  }
  ObjectBuilder condition;
  condition.set(keys::type, "DisruptionTarget")
      .set(keys::status, "True")
      .set(keys::reason, "EvictionByEvictionAPI")
      .set(keys::message, "Eviction API: evicting");
  return Outcome::of(withCondition(pod, condition, now));
}

}  // namespace pilothouse::apiserver::eviction
