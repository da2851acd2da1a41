#include "core/apiserver/pod_admission.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "core/api/keys.hpp"

namespace pilothouse::apiserver {
namespace {

const Key kEffect = Key::intern("effect");
const Key kKey = Key::intern("key");
const Key kOperator = Key::intern("operator");
const Key kPreemptionPolicy = Key::intern("preemptionPolicy");
const Key kPriority = Key::intern("priority");
const Key kPriorityClassName = Key::intern("priorityClassName");
const Key kServiceAccount = Key::intern("serviceAccount");
const Key kServiceAccountName = Key::intern("serviceAccountName");
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

}  // namespace

Outcome admitPodSpec(const Value& spec, std::string_view podName) {
  ObjectBuilder admitted(spec);
  const std::string_view priorityClass = spec[kPriorityClassName].asString();
  std::int64_t priority = 0;
  if (priorityClass == "system-cluster-critical") {
    priority = kSystemClusterCritical;
  } else if (priorityClass == "system-node-critical") {
    priority = kSystemNodeCritical;
  } else if (!priorityClass.empty()) {
    return Outcome::failed(
        api::Status::forbidden(api::resources::pods, podName,
                               "no PriorityClass with name " + std::string(priorityClass) + " was found"));
  }
  if (spec[kPriority].isInt() && spec[kPriority].asInt() != priority) {
    return Outcome::failed(api::Status::forbidden(
        api::resources::pods, podName,
        "the integer value of priority (" + std::to_string(spec[kPriority].asInt()) +
            ") must not be provided in pod spec; priority admission controller computed " +
            std::to_string(priority) + " from the given PriorityClass name"));
  }
  admitted.set(kPriority, priority);
  if (!spec.has(kPreemptionPolicy)) admitted.set(kPreemptionPolicy, "PreemptLowerPriority");

  Value account = spec[kServiceAccountName];
  if (account.asString().empty()) account = spec[kServiceAccount];
  if (account.asString().empty()) account = "default";
  admitted.set(kServiceAccountName, account).set(kServiceAccount, account);

  admitted.set(keys::tolerations, withDefaultTolerations(spec[keys::tolerations]));
  return Outcome::of(admitted.build());
}

}  // namespace pilothouse::apiserver
