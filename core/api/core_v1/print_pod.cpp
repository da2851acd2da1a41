#include "core/api/core_v1/print_pod.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "core/api/object.hpp"
#include "core/api/printing.hpp"
#include "core/value/duration.hpp"

namespace pilothouse::api {
namespace {

const Key kConditionType = Key::intern("conditionType");
const Key kExitCode = Key::intern("exitCode");
const Key kFinishedAt = Key::intern("finishedAt");
const Key kInitContainerStatuses = Key::intern("initContainerStatuses");
const Key kInitContainers = Key::intern("initContainers");
const Key kIp = Key::intern("ip");
const Key kLastState = Key::intern("lastState");
const Key kNominatedNodeName = Key::intern("nominatedNodeName");
const Key kReadinessGates = Key::intern("readinessGates");
const Key kReady = Key::intern("ready");
const Key kRestartCount = Key::intern("restartCount");
const Key kRestartPolicy = Key::intern("restartPolicy");
const Key kRunning = Key::intern("running");
const Key kSignal = Key::intern("signal");
const Key kStarted = Key::intern("started");
const Key kState = Key::intern("state");
const Key kTerminated = Key::intern("terminated");
const Key kWaiting = Key::intern("waiting");

/// How often containers were started again, and when the last time was.
struct Restarts {
  std::int64_t count = 0;
  std::optional<SimTime> last{};

  void add(const Value& status) {
    count += status[kRestartCount].asInt();
    const auto finished = parseTimestamp(status[kLastState][kTerminated][kFinishedAt].asString());
    if (finished && (!last || *last < *finished)) last = finished;
  }
  [[nodiscard]] std::string text(SimTime now) const {
    std::string text = std::to_string(count);
    if (count != 0 && last) text += " (" + humanDuration(now - *last) + " ago)";
    return text;
  }
};

struct Summary {
  std::string reason;
  std::int64_t ready = 0;
  std::int64_t total = 0;
  Restarts restarts{};
};

bool isSidecar(const Value& container) { return container[kRestartPolicy] == Value("Always"); }

const Value& initContainer(const Value& pod, const Value& status) {
  static const Value none;
  for (const Value& container : pod[keys::spec][kInitContainers].items()) {
    if (container[keys::name] == status[keys::name]) return container;
  }
  return none;
}

// "OOMKilled", "Signal:9" or "ExitCode:1".
std::string terminationReason(const Value& terminated) {
  if (!terminated[keys::reason].asString().empty()) return terminated[keys::reason].toString();
  if (const std::int64_t signal = terminated[kSignal].asInt(); signal != 0) {
    return "Signal:" + std::to_string(signal);
  }
  return "ExitCode:" + std::to_string(terminated[kExitCode].asInt());
}

std::string phaseReason(const Value& pod) {
  const Value& status = pod[keys::status];
  const Value& scheduled = condition(pod, "PodScheduled");
  if (scheduled[keys::reason] == Value("SchedulingGated")) return "SchedulingGated";
  return printing::orElse(status[keys::reason], status[keys::phase].asString()).toString();
}

// Init containers up to the first that is not done; true while the pod waits for that one.
bool addInitContainers(Summary& summary, Restarts& sidecarRestarts, const Value& pod) {
  const auto statuses = pod[keys::status][kInitContainerStatuses].items();
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    const Value& status = statuses[i];
    const Value& terminated = status[kState][kTerminated];
    const std::string_view waiting = status[kState][kWaiting][keys::reason].asString();
    const bool sidecar = isSidecar(initContainer(pod, status));
    summary.restarts.add(status);
    if (sidecar) sidecarRestarts.add(status);
    if (terminated.isObject() && terminated[kExitCode].asInt() == 0) continue;
    if (sidecar && status[kStarted].asBool()) {
      if (status[kReady].asBool()) ++summary.ready;
      continue;
    }
    if (terminated.isObject()) {
      summary.reason = "Init:" + terminationReason(terminated);
    } else if (!waiting.empty() && waiting != "PodInitializing") {
      summary.reason = "Init:" + std::string(waiting);
    } else {
      const std::size_t all = pod[keys::spec][kInitContainers].size();
      summary.reason = "Init:" + std::to_string(i) + "/" + std::to_string(all);
    }
    return true;
  }
  return false;
}

void addContainers(Summary& summary, const Value& pod) {
  const auto statuses = pod[keys::status][keys::containerStatuses].items();
  bool running = false;
  for (std::size_t i = statuses.size(); i-- > 0;) {
    const Value& status = statuses[i];
    const Value& state = status[kState];
    summary.restarts.add(status);
    if (!state[kWaiting][keys::reason].asString().empty()) {
      summary.reason = state[kWaiting][keys::reason].toString();
    } else if (state[kTerminated].isObject()) {
      summary.reason = terminationReason(state[kTerminated]);
    } else if (status[kReady].asBool() && state[kRunning].isObject()) {
      running = true;
      ++summary.ready;
    }
  }
  if (summary.reason == "Completed" && running) summary.reason = isPodReady(pod) ? "Running" : "NotReady";
}

Summary summaryOf(const Value& pod) {
  Summary summary;
  summary.reason = phaseReason(pod);
  const auto initContainers = pod[keys::spec][kInitContainers].items();
  summary.total = static_cast<std::int64_t>(pod[keys::spec][keys::containers].size()) +
                  std::count_if(initContainers.begin(), initContainers.end(), isSidecar);
  Restarts sidecarRestarts;
  const bool initializing = addInitContainers(summary, sidecarRestarts, pod);
  if (!initializing || conditionIs(pod, "Initialized", "True")) {
    summary.restarts = sidecarRestarts;
    addContainers(summary, pod);
  }
  if (!isBeingDeleted(pod)) return summary;
  if (pod[keys::status][keys::reason] == Value("NodeLost")) {
    summary.reason = "Unknown";
  } else if (!isPodTerminal(pod)) {
    summary.reason = "Terminating";
  }
  return summary;
}

std::string fraction(std::int64_t part, std::int64_t whole) {
  return std::to_string(part) + "/" + std::to_string(whole);
}

Value readinessGates(const Value& pod) {
  const auto gates = pod[keys::spec][kReadinessGates].items();
  if (gates.empty()) return printing::kNone;
  const auto met = std::count_if(gates.begin(), gates.end(), [&](const Value& gate) {
    return conditionIs(pod, gate[kConditionType].asString(), "True");
  });
  return fraction(met, static_cast<std::int64_t>(gates.size()));
}

}  // namespace

void podCells(std::vector<Value>& cells, const Value& pod, SimTime now) {
  const Summary summary = summaryOf(pod);
  const Value& status = pod[keys::status];
  cells.insert(cells.end(), {meta(pod)[keys::name], fraction(summary.ready, summary.total), summary.reason,
                             summary.restarts.text(now), printing::age(pod, now),
                             printing::orElse(status[keys::podIPs].item(0)[kIp]),
                             printing::orElse(pod[keys::spec][keys::nodeName]),
                             printing::orElse(status[kNominatedNodeName]), readinessGates(pod)});
}

}  // namespace pilothouse::api
