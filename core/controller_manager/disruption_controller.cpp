#include "core/controller_manager/disruption_controller.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/controller_manager/controller_utils.hpp"
#include "core/controller_manager/fields.hpp"

namespace pilothouse::controller_manager {
namespace {

namespace r = api::resources;
using Result = client::WorkQueue::Result;

const Key kCurrentHealthy = Key::intern("currentHealthy");
const Key kDesiredHealthy = Key::intern("desiredHealthy");
const Key kDisruptedPods = Key::intern("disruptedPods");
const Key kDisruptionsAllowed = Key::intern("disruptionsAllowed");
const Key kExpectedPods = Key::intern("expectedPods");
const Key kMaxUnavailable = Key::intern("maxUnavailable");
const Key kMinAvailable = Key::intern("minAvailable");
const Key kOperator = Key::intern("operator");
const Key kValues = Key::intern("values");

constexpr std::string_view kConditionType = "DisruptionAllowed";
constexpr SimDuration kPastDeletion = std::chrono::milliseconds(1);

// "30%" of a whole, rounded up; nothing when it is not a percentage.
std::optional<std::int64_t> percentOf(std::string_view text, std::int64_t whole) {
  if (text.size() < 2 || text.size() > 6 || text.back() != '%') return std::nullopt;
  std::int64_t percent = 0;
  for (const char c : text.substr(0, text.size() - 1)) {
    if (c < '0' || c > '9') return std::nullopt;
    percent = percent * 10 + (c - '0');
  }
  return (whole * percent + 99) / 100;
}

// An absent list of conditions is built up; others by type.
Value withCondition(const Value& conditions, const Value& next) {
  const auto all = conditions.items();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!(all[i][keys::type] == next[keys::type])) continue;
    const bool sameStatus = all[i][keys::status] == next[keys::status];
    return conditions.withItem(
        i, sameStatus ? next.with(keys::lastTransitionTime, all[i][keys::lastTransitionTime]) : next);
  }
  return conditions.appended(next);
}

Value condition(std::string_view status, std::string_view reason, const std::string& message,
                const Value& generation, SimTime now) {
  return Value::object({{keys::lastTransitionTime, timestamp(now)},
                        {keys::message, message},
                        {keys::observedGeneration, generation},
                        {keys::reason, Value(reason)},
                        {keys::status, Value(status)},
                        {keys::type, Value(kConditionType)}});
}

// The generated String() of metav1.LabelSelector, as %v prints it.
std::string selectorText(const Value& selector) {
  const Value& labels = selector[keys::matchLabels];
  std::string text = "&LabelSelector{MatchLabels:map[string]string{";
  for (std::size_t i = 0; i < labels.size(); ++i) {
    text.append(labels.memberKeys()[i].text()).append(": ");
    text.append(labels.memberValues()[i].asString()).append(",");
  }
  text += "},MatchExpressions:[]LabelSelectorRequirement{";
  for (const Value& expression : selector[keys::matchExpressions].items()) {
    text += "LabelSelectorRequirement{Key:" + expression[fields::key].toString() +
            ",Operator:" + expression[kOperator].toString() + ",Values:[";
    std::string values;
    for (const Value& value : expression[kValues].items()) {
      values.append(values.empty() ? "" : " ").append(value.asString());
    }
    text += values + "],},";
  }
  return text + "},}";
}

Value numberText(const Value& number) { return number.isNull() ? Value(0) : number; }

bool sameStatus(const Value& before, const Value& after) {
  for (const Key key :
       {kCurrentHealthy, kDesiredHealthy, kDisruptionsAllowed, kExpectedPods, keys::observedGeneration}) {
    if (!(numberText(before[key]) == after[key])) return false;
  }
  const Value& pods = before[kDisruptedPods];
  const bool samePods = pods.empty() ? after[kDisruptedPods].empty() : pods == after[kDisruptedPods];
  return samePods && before[keys::conditions] == after[keys::conditions];
}

}  // namespace

DisruptionController::DisruptionController(const ControllerContext& context, const api::Resource& budgets)
    : context_(context),
      resource_(budgets),
      budgets_(context.informer(budgets)),
      replicaSets_(context.informer(r::replicaSets)),
      deployments_(context.informer(r::deployments)),
      recorder_(context.client, "controllermanager"),
      queue_(
          context.simulator, 1,
          [this](const std::string& key, client::WorkQueue::Finish finish) { sync(key, std::move(finish)); }),
      pods_(budgets_, context.informer(r::pods), [this](const std::string& key) { queue_.add(key); }) {
  if (const api::Resource* sets = api::findResource("apps", "statefulsets")) {
    statefulSets_ = &context.informer(*sets);
  }
  if (const api::Resource* controllers = api::findResource("", "replicationcontrollers")) {
    replicationControllers_ = &context.informer(*controllers);
  }
}

void DisruptionController::start() {
  queue_.start();
  budgets_.store().forEach([this](const Value& budget) { queue_.add(api::namespacedName(budget)); });
}

std::optional<std::int64_t> DisruptionController::scaleOf(const Value& controller,
                                                          const std::string& ns) const {
  const std::string_view kind = controller[keys::kind].asString();
  const std::string_view apiVersion = controller[keys::apiVersion].asString();
  const auto found = [&](const client::Informer* informer) -> const Value& {
    static const Value none;
    if (informer == nullptr) return none;
    const Value& object = informer->store().find(ns, controller[keys::name].asString());
    return api::meta(object)[keys::uid] == controller[keys::uid] ? object : none;
  };
  const std::string_view group = apiVersion.substr(0, apiVersion.find('/'));
  if (kind == "ReplicationController" && apiVersion == "v1") {
    const Value& object = found(replicationControllers_);
    return object.isNull() ? std::nullopt : std::optional(specReplicas(object));
  }
  if (group != "apps") return std::nullopt;
  if (kind == "StatefulSet") {
    const Value& object = found(statefulSets_);
    return object.isNull() ? std::nullopt : std::optional(specReplicas(object));
  }
  if (kind != "ReplicaSet") return std::nullopt;
  const Value& set = found(&replicaSets_);
  if (set.isNull()) return std::nullopt;
  const Value& owner = api::controllerOf(set);
  if (owner[keys::kind].asString() != "Deployment") return specReplicas(set);
  const Value& deployment = deployments_.store().find(ns, owner[keys::name].asString());
  if (!(api::meta(deployment)[keys::uid] == owner[keys::uid])) return std::nullopt;
  return specReplicas(deployment);
}

// The sum over the controllers of all selected pods (getExpectedScale).
std::int64_t DisruptionController::expectedScale(const std::string& key, Counts& counts) {
  const std::string ns(splitKey(key).ns);
  std::map<std::string, std::int64_t> scales;  // by uid
  pods_.forEach(key, [&](const Value& pod) {
    const Value& controller = api::controllerOf(pod);
    if (controller.isNull()) {
      counts.unmanaged.emplace_back(api::name(pod));
      return;
    }
    const std::string uid = controller[keys::uid].toString();
    if (scales.count(uid) != 0 || !counts.error.empty()) return;
    if (const auto scale = scaleOf(controller, ns)) {
      scales.emplace(uid, *scale);
    } else {
      counts.error = "found no controllers for pod \"" + std::string(api::name(pod)) + "\"";
    }
  });
  std::int64_t sum = 0;
  for (const auto& [uid, scale] : scales) sum += scale;
  return sum;
}

void DisruptionController::countExpected(const Value& budget, const std::string& key, Counts& counts) {
  const Value& maxUnavailable = budget.get(keys::spec, kMaxUnavailable);
  const Value& minAvailable = budget.get(keys::spec, kMinAvailable);
  if (!maxUnavailable.isNull()) {
    counts.expected = expectedScale(key, counts);
    const std::int64_t unavailable = maxUnavailable.isInt()
                                         ? maxUnavailable.asInt()
                                         : percentOf(maxUnavailable.asString(), counts.expected).value_or(0);
    counts.desired = std::max<std::int64_t>(counts.expected - unavailable, 0);
  } else if (minAvailable.isInt()) {
    counts.desired = minAvailable.asInt();
    counts.expected = static_cast<std::int64_t>(pods_.count(key));
  } else if (minAvailable.isString()) {
    counts.expected = expectedScale(key, counts);
    counts.desired = percentOf(minAvailable.asString(), counts.expected).value_or(0);
  }
}

// buildDisruptedPodMap: pods that are about to be deleted by an eviction.
void DisruptionController::countDisrupted(const Value& budget, const std::string& key, Counts& counts) {
  const Value& stored = budget.get(keys::status, kDisruptedPods);
  const SimTime now = context_.now();
  ObjectBuilder disrupted;
  for (std::size_t i = 0; i < stored.size(); ++i) {
    const Key name = stored.memberKeys()[i];
    const Value& pod = pods_.find(key, name.text());
    const auto since = parseTimestamp(stored.memberValues()[i].asString());
    if (pod.isNull() || api::isBeingDeleted(pod) || !since) continue;
    const SimDuration left = *since + kDeletionTimeout - now;
    if (left < SimDuration::zero()) {
      recorder_.event(pod, "Warning", "NotDeleted",
                      "Pod was expected by PDB " + key + " to be deleted but it wasn't");
      continue;
    }
    disrupted.set(name, stored.memberValues()[i]);
    const SimDuration recheck = left + kPastDeletion;
    if (counts.recheck == SimDuration::zero() || recheck < counts.recheck) counts.recheck = recheck;
  }
  counts.disrupted = disrupted.build();
}

DisruptionController::Counts DisruptionController::count(const Value& budget, const std::string& key) {
  Counts counts;
  countExpected(budget, key, counts);
  if (!counts.error.empty()) return counts;
  countDisrupted(budget, key, counts);
  pods_.forEach(key, [&](const Value& pod) {
    const bool going = api::isBeingDeleted(pod) || !counts.disrupted[api::name(pod)].isNull();
    if (!going && api::isPodReady(pod)) ++counts.healthy;
  });
  return counts;
}

void DisruptionController::sync(const std::string& key, client::WorkQueue::Finish finish) {
  const NamespacedName at = splitKey(key);
  const Value budget = budgets_.store().find(at.ns, at.name);
  if (budget.isNull()) return finish(Result::Done);
  if (pods_.count(key) == 0) recorder_.event(budget, "Normal", "NoPods", "No matching pods found");
  const Counts counts = count(budget, key);
  const Value& generation = api::meta(budget)[keys::generation];
  const Value& status = budget[keys::status];
  ObjectBuilder next(status);
  next.set(keys::observedGeneration, generation);
  if (!counts.error.empty()) {
    const std::string message = "Failed to calculate the number of expected pods: " + counts.error;
    recorder_.event(budget, "Warning", "CalculateExpectedPodCountFailed", message);
    // failSafe: while nothing is known, nothing may be evicted.
    const Value failed = condition("False", "SyncFailed", counts.error, generation, context_.now());
    next.set(kDisruptionsAllowed, 0).set(keys::conditions, withCondition(status[keys::conditions], failed));
    for (const Key required : {kCurrentHealthy, kDesiredHealthy, kExpectedPods}) {
      next.set(required, numberText(status[required]));
    }
    return write(budget, next.build(),
                 [finish = std::move(finish)](Result) mutable { finish(Result::Retry); });
  }
  if (!counts.unmanaged.empty()) {
    recorder_.event(
        budget, "Warning", "UnmanagedPods",
        "Pods selected by this PodDisruptionBudget (selector: " +
            selectorText(budget.get(keys::spec, keys::selector)) +
            ") were found to be unmanaged. As a result, the status of the PDB cannot be calculated "
            "correctly, which may result in undefined behavior. To account for these pods please "
            "set \".spec.minAvailable\" field of the PDB to an integer value.");
  }
  std::int64_t allowed = counts.healthy - counts.desired;
  if (counts.expected <= 0 || allowed <= 0) allowed = 0;
  next.set(kCurrentHealthy, counts.healthy)
      .set(kDesiredHealthy, counts.desired)
      .set(kExpectedPods, counts.expected)
      .set(kDisruptionsAllowed, allowed)
      .remove(kDisruptedPods)
      .setIfAny(kDisruptedPods, counts.disrupted)
      .set(keys::conditions, withCondition(status[keys::conditions],
                                           condition(allowed > 0 ? "True" : "False",
                                                     allowed > 0 ? "SufficientPods" : "InsufficientPods", "",
                                                     generation, context_.now())));
  if (counts.recheck > SimDuration::zero()) queue_.addAfter(key, counts.recheck);
  Value wanted = next.build();
  if (sameStatus(status, wanted)) return finish(Result::Done);
  write(budget, std::move(wanted), std::move(finish));
}

void DisruptionController::write(const Value& budget, Value status, client::WorkQueue::Finish finish) {
  if (budget[keys::status] == status) return finish(Result::Done);
  context_.client.updateStatus(resource_, budget.with(keys::status, std::move(status)),
                               [finish = std::move(finish)](const client::Response& response) mutable {
                                 const bool gone = !response.ok() && api::isNotFound(response.status());
                                 finish(response.ok() || gone ? Result::Done : Result::Retry);
                               });
}

}  // namespace pilothouse::controller_manager
