// The pod's status as kubelet sees it (pkg/kubelet/kubelet_pods.go generateAPIPodStatus, status/generate.go).
#include <algorithm>
#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/kubelet/pod_worker.hpp"

namespace pilothouse::kubelet {
namespace {

const Key kAllocatedResources = Key::intern("allocatedResources");
const Key kConditionType = Key::intern("conditionType");
const Key kContainerId = Key::intern("containerID");
const Key kHostIPs = Key::intern("hostIPs");
const Key kHostNetwork = Key::intern("hostNetwork");
const Key kImageId = Key::intern("imageID");
const Key kInitContainerStatuses = Key::intern("initContainerStatuses");
const Key kIp = Key::intern("ip");
const Key kLastState = Key::intern("lastState");
const Key kQosClass = Key::intern("qosClass");
const Key kReadinessGates = Key::intern("readinessGates");
const Key kReady = Key::intern("ready");
const Key kRestartCount = Key::intern("restartCount");
const Key kRestartPolicy = Key::intern("restartPolicy");
const Key kRunning = Key::intern("running");
const Key kStarted = Key::intern("started");
const Key kStartedAt = Key::intern("startedAt");
const Key kState = Key::intern("state");
const Key kTerminated = Key::intern("terminated");
const Key kWaiting = Key::intern("waiting");

/// A condition before it has its time.
struct Condition {
  std::string_view type;
  bool status = false;
  std::string_view reason;
  std::string message;
};

// Conditions of pods that change within one second are alike: a small ring of the last ones is shared.
Value makeCondition(const Condition& condition, const Value& since) {
  constexpr std::size_t kShared = 16;
  static std::array<Value, kShared> recent;
  static std::size_t next = 0;
  const std::string_view status = condition.status ? "True" : "False";
  if (condition.message.empty()) {
    for (const Value& known : recent) {
      if (known[keys::type].asString() == condition.type && known[keys::status].asString() == status &&
          known[keys::reason].asString() == condition.reason && known[keys::lastTransitionTime] == since) {
        return known;
      }
    }
  }
  ObjectBuilder built;
  built.set(keys::lastTransitionTime, since)
      .setIfAny(keys::message, condition.message)
      .setIfAny(keys::reason, Value(condition.reason))
      .set(keys::status, Value(status))
      .set(keys::type, Value(condition.type));
  Value made = built.build();
  if (condition.message.empty()) {
    recent[next] = made;
    next = (next + 1) % kShared;
  }
  return made;
}

// {"running":{"startedAt":…}} of containers started within one second.
Value runningState(SimTime startedAt) {
  static Value shared;
  const Value when = timestamp(startedAt);
  if (!(shared[kRunning][kStartedAt] == when)) {
    shared = Value::object({{kRunning, Value::object({{kStartedAt, when}})}});
  }
  return shared;
}

Value waitingState(const Value& reason, const Value& message) {
  ObjectBuilder waiting;
  waiting.set(keys::reason, reason).setIfAny(keys::message, message);
  return Value::object({{kWaiting, waiting.build()}});
}

const Value& ofType(const Value& conditions, std::string_view type) {
  static const Value none;
  for (const Value& condition : conditions.items()) {
    if (condition[keys::type].asString() == type) return condition;
  }
  return none;
}

std::string bracketed(const std::vector<std::string_view>& names) {
  std::string text = "[";
  for (const std::string_view name : names) {
    if (text.size() > 1) text += ' ';
    text += name;
  }
  return text + "]";
}

constexpr std::array<std::string_view, 5> kOwnTypes = {"PodReadyToStartContainers", "Initialized", "Ready",
                                                       "ContainersReady", "PodScheduled"};

}  // namespace

void PodWorker::publish() { setStatus(computeStatus()); }

// getPhase
std::string_view PodWorker::phase() const {
  if (ending_ != nullptr && stopped_) return "Failed";
  const std::string_view policy = pod_.get(keys::spec, kRestartPolicy).asString();
  std::size_t waiting = 0, running = 0, stopped = 0, succeeded = 0;
  bool pendingInit = false;
  bool failedInit = false;
  for (const ContainerRecord& record : records_) {
    const bool lastFailed = record.trouble != nullptr && !record.trouble->last.isNull();
    if (record.init) {
      if (record.sidecar) {
        pendingInit = pendingInit || (!record.started && !record.ended());
      } else if (record.ended()) {
        failedInit = failedInit || record.exitCode() != 0;
      } else {
        pendingInit = true;
      }
    } else if (record.running()) {
      ++running;
    } else if (record.ended()) {
      ++stopped;
      if (record.exitCode() == 0) ++succeeded;
    } else if (lastFailed) {
      ++stopped;
    } else {
      ++waiting;
    }
  }
  if (failedInit && policy == "Never") return "Failed";
  if ((pendingInit || failedInit) && !anyRegularStarted()) return "Pending";
  if (waiting > 0) return "Pending";
  if (running > 0) return "Running";
  if (stopped == 0) return "Pending";
  const bool terminal = stopped_;
  if (policy == "Always" && !terminal) return "Running";
  if (stopped == succeeded) return "Succeeded";
  return policy == "Never" || terminal ? "Failed" : "Running";
}

Value PodWorker::containerStatus(ContainerRecord& record) {
  if (!record.status.isNull()) return record.status;
  static const Value creating("ContainerCreating");
  static const Value initializing("PodInitializing");
  static const Value nothing = Value::emptyObject();
  const ContainerRecord::Trouble* trouble = record.trouble.get();
  Value state;
  if (record.running()) {
    state = runningState(record.startedAt);
  } else if (trouble != nullptr && !trouble->waitingReason.isNull()) {
    state = waitingState(trouble->waitingReason, trouble->waitingMessage);
  } else if (record.ended()) {
    state = Value::object({{kTerminated, trouble->terminated}});
  } else {
    const bool hasInit = records_.front().init;
    state = waitingState(hasInit ? initializing : creating, {});
  }
  Value last = nothing;
  if (trouble != nullptr) {
    // Of a container that waits for its next start, the last state is how it ended.
    const bool waits = record.ended() && !trouble->waitingReason.isNull();
    const Value& ended = waits ? trouble->terminated : trouble->last;
    if (!ended.isNull()) last = Value::object({{kTerminated, ended}});
  }
  ObjectBuilder status;
  const Value& resources = record.spec[keys::resources];
  if (record.running() && !resources.empty()) {
    status.setIfAny(kAllocatedResources, resources[keys::requests]).set(keys::resources, resources);
  }
  status.setIfAny(kContainerId, record.id)
      .set(keys::image, record.image.isNull() ? record.spec[keys::image] : record.image)
      .set(kImageId, record.imageId.isNull() ? Value("") : record.imageId)
      .set(kLastState, std::move(last))
      .set(keys::name, record.spec[keys::name])
      .set(kReady, record.ready)
      .set(kRestartCount, record.restarts)
      .set(kStarted, record.started)
      .set(kState, std::move(state));
  record.status = status.build();
  return record.status;
}

Value PodWorker::conditions(std::string_view phase) {
  std::vector<std::string_view> unready, incomplete;
  for (const ContainerRecord& record : records_) {
    const std::string_view name = record.spec[keys::name].asString();
    if (!record.init || record.sidecar) {
      if (!record.ready) unready.push_back(name);
    }
    if (record.init && !(record.sidecar ? record.started : record.ready)) incomplete.push_back(name);
  }
  const bool failed = phase == "Failed";
  const bool succeeded = phase == "Succeeded";
  Condition sandbox{"PodReadyToStartContainers", sandboxReady_, "", ""};
  Condition initialized{"Initialized", true, "", ""};
  if (succeeded) {
    initialized.reason = "PodCompleted";
  } else if (!incomplete.empty() && !anyRegularStarted()) {
    initialized = {"Initialized", false, "ContainersNotInitialized",
                   "containers with incomplete status: " + bracketed(incomplete)};
  }
  Condition containers{"ContainersReady", true, "", ""};
  if (succeeded || failed) {
    containers = {"ContainersReady", false, succeeded ? "PodCompleted" : "PodFailed", ""};
  } else if (!unready.empty()) {
    containers = {"ContainersReady", false, "ContainersNotReady",
                  "containers with unready status: " + bracketed(unready)};
  }
  const Value& before = status_.isNull() ? known_[keys::conditions] : status_[keys::conditions];
  const Value& others = known_[keys::conditions];
  Condition ready = containers;
  ready.type = "Ready";
  for (const Value& gate : pod_.get(keys::spec, kReadinessGates).items()) {
    const std::string_view type = gate[kConditionType].asString();
    const Value& condition = ofType(others, type);
    if (!containers.status || condition[keys::status].asString() == "True") continue;
    ready.status = false;
    ready.reason = "ReadinessGatesNotReady";
    if (!ready.message.empty()) ready.message += ", ";
    ready.message += condition.isNull() ? "corresponding condition of pod readiness gate \"" +
                                              std::string(type) + "\" does not exist."
                                        : "the status of pod readiness gate \"" + std::string(type) +
                                              "\" is not \"True\", but " + condition[keys::status].toString();
  }
  const Condition scheduled{"PodScheduled", true, "", ""};
  const Value now = timestamp(context_.simulator.now());
  std::vector<Value> all;
  for (const Condition* condition :
       std::array<const Condition*, 5>{&sandbox, &initialized, &ready, &containers, &scheduled}) {
    const Value& old = ofType(before, condition->type);
    const bool same = !old.isNull() && (old[keys::status].asString() == "True") == condition->status;
    const bool unchanged = same && old[keys::reason].asString() == condition->reason &&
                           old[keys::message].asString() == condition->message;
    // The tree that is there already, whatever else it has.
    all.push_back(unchanged ? old : makeCondition(*condition, same ? old[keys::lastTransitionTime] : now));
  }
  const bool disrupted = ending_ != nullptr && stopped_ && !ending_->disruption.isNull();
  if (disrupted) {
    Condition target{"DisruptionTarget", true, "TerminationByKubelet", ending_->disruption.toString()};
    const Value& old = ofType(before, target.type);
    all.push_back(old.isNull() ? makeCondition(target, now) : old);
  }
  for (const Value& condition : others.items()) {
    const std::string_view type = condition[keys::type].asString();
    if (disrupted && type == "DisruptionTarget") continue;
    if (std::find(kOwnTypes.begin(), kOwnTypes.end(), type) == kOwnTypes.end()) all.push_back(condition);
  }
  return Value::array(all);
}

Value PodWorker::computeStatus() {
  const std::string_view now = phase();
  ObjectBuilder status(known_);
  status.set(keys::phase, Value(now)).set(keys::conditions, conditions(now));
  if (ending_ != nullptr && stopped_) {
    status.set(keys::reason, ending_->reason).set(keys::message, ending_->message);
  }
  status.set(keys::hostIP, context_.hostIp).set(kHostIPs, context_.hostIps);
  if (!podIp_.isNull()) {
    status.set(keys::podIP, podIp_);
    const Value& ips = known_[keys::podIPs];
    const bool same = ips.size() == 1 && ips.item(0)[kIp] == podIp_;
    status.set(keys::podIPs, same ? ips : Value::array({Value::object({{kIp, podIp_}})}));
  }
  if (!known_.has(keys::startTime)) status.set(keys::startTime, timestamp(addedAt_));
  std::vector<Value> init, regular;
  for (ContainerRecord& record : records_) (record.init ? init : regular).push_back(containerStatus(record));
  if (!init.empty()) status.set(kInitContainerStatuses, Value::array(init));
  status.set(keys::containerStatuses, Value::array(regular));
  return status.build();
}

}  // namespace pilothouse::kubelet
