#include "core/apiserver/pod_admission.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "core/api/object.hpp"
#include "core/apiserver/auth/known_resources.hpp"

namespace pilothouse::apiserver {
namespace {

const Key kEffect = Key::intern("effect");
const Key kGlobalDefault = Key::intern("globalDefault");
const Key kKey = Key::intern("key");
const Key kOperator = Key::intern("operator");
const Key kPreemptionPolicy = Key::intern("preemptionPolicy");
const Key kPriority = Key::intern("priority");
const Key kPriorityClassName = Key::intern("priorityClassName");
const Key kTolerationSeconds = Key::intern("tolerationSeconds");

constexpr std::int64_t kDefaultTolerationSeconds = 300;
constexpr std::int64_t kSystemClusterCritical = 2000000000;
constexpr std::int64_t kSystemNodeCritical = 2000001000;

Value noExecuteToleration(std::string_view taint) {
  return Value::object({{kEffect, "NoExecute"},
                        {kKey, Value(taint)},
                        {kOperator, "Exists"},
                        {kTolerationSeconds, kDefaultTolerationSeconds}});
}

bool toleratesNoExecute(const Value& tolerations, std::string_view taint) {
  const auto all = tolerations.items();
  return std::any_of(all.begin(), all.end(), [taint](const Value& t) {
    const std::string_view key = t[kKey].asString();
    const std::string_view effect = t[kEffect].asString();
    return (key.empty() || key == taint) && (effect.empty() || effect == "NoExecute");
  });
}

Value withDefaultTolerations(const Value& tolerations) {
  static const Value notReady = noExecuteToleration("node.kubernetes.io/not-ready");
  static const Value unreachable = noExecuteToleration("node.kubernetes.io/unreachable");
  static const Value both = Value::array({notReady, unreachable});
  if (tolerations.empty()) return both;
  Value all = tolerations;
  for (const Value* added : {&notReady, &unreachable}) {
    if (!toleratesNoExecute(tolerations, (*added)[kKey].asString())) all = all.appended(*added);
  }
  return all;
}

// The two that every cluster has are known before their objects are there.
Value priorityClass(const CachedObjects& objects, std::string_view name) {
  const Value& found = objects.find(known().priorityClasses, "", name);
  if (!found.isNull()) return found;
  static const Value cluster = Value::object({{keys::value, kSystemClusterCritical}});
  static const Value node = Value::object({{keys::value, kSystemNodeCritical}});
  if (name == "system-cluster-critical") return cluster;
  return name == "system-node-critical" ? node : Value();
}

// Of several, the one of lowest value, as the plugin takes it.
Value globalDefault(const CachedObjects& objects) {
  Value chosen;
  objects.forEach(known().priorityClasses, "", [&chosen](const Value& candidate) {
    if (!candidate[kGlobalDefault].asBool()) return true;
    const bool lower = chosen.isNull() || candidate[keys::value].asInt() < chosen[keys::value].asInt();
    if (lower) chosen = candidate;
    return true;
  });
  return chosen;
}

}  // namespace

Outcome admitPodSpec(const Value& spec, std::string_view podName, const CachedObjects& objects) {
  ObjectBuilder admitted(spec);
  Value chosen;
  const std::string_view wanted = spec[kPriorityClassName].asString();
  if (wanted.empty()) {
    chosen = globalDefault(objects);
    if (!chosen.isNull()) admitted.set(kPriorityClassName, api::meta(chosen)[keys::name]);
  } else {
    chosen = priorityClass(objects, wanted);
    if (chosen.isNull()) {
      return Outcome::failed(api::Status::forbidden(
          api::resources::pods, podName, "no PriorityClass with name " + std::string(wanted) + " was found"));
    }
  }
  const std::int64_t priority = chosen[keys::value].asInt(0);
  if (spec[kPriority].isInt() && spec[kPriority].asInt() != priority) {
    return Outcome::failed(api::Status::forbidden(
        api::resources::pods, podName,
        "the integer value of priority (" + std::to_string(spec[kPriority].asInt()) +
            ") must not be provided in pod spec; priority admission controller computed " +
            std::to_string(priority) + " from the given PriorityClass name"));
  }
  admitted.set(kPriority, priority);
  if (!spec.has(kPreemptionPolicy)) {
    const Value& policy = chosen[kPreemptionPolicy];
    admitted.set(kPreemptionPolicy, policy.isNull() ? Value("PreemptLowerPriority") : policy);
  }
  admitted.set(keys::tolerations, withDefaultTolerations(spec[keys::tolerations]));
  return Outcome::of(admitted.build());
}

}  // namespace pilothouse::apiserver
