// Probes of running containers (pkg/kubelet/prober). A timer is set only for the next probe that will be run.
#include <algorithm>
#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/kubelet/pod_worker.hpp"
#include "core/value/duration.hpp"

namespace pilothouse::kubelet {
namespace {

using Type = Probe::Type;
using Result = Probe::Result;

const Key kCommand = Key::intern("command");
const Key kContainerPort = Key::intern("containerPort");
const Key kExec = Key::intern("exec");
const Key kFailureThreshold = Key::intern("failureThreshold");
const Key kGrpc = Key::intern("grpc");
const Key kHttpGet = Key::intern("httpGet");
const Key kInitialDelaySeconds = Key::intern("initialDelaySeconds");
const Key kLivenessProbe = Key::intern("livenessProbe");
const Key kPath = Key::intern("path");
const Key kPeriodSeconds = Key::intern("periodSeconds");
const Key kReadinessProbe = Key::intern("readinessProbe");
const Key kRestartPolicy = Key::intern("restartPolicy");
const Key kScheme = Key::intern("scheme");
const Key kStartupProbe = Key::intern("startupProbe");
const Key kSuccessThreshold = Key::intern("successThreshold");
const Key kTcpSocket = Key::intern("tcpSocket");
const Key kTerminationGracePeriodSeconds = Key::intern("terminationGracePeriodSeconds");
const Key kTimeoutSeconds = Key::intern("timeoutSeconds");

constexpr std::array<std::string_view, 3> kNames = {"Startup", "Liveness", "Readiness"};
constexpr std::size_t kOutputMax = 1024;

const Value& probeSpec(const Value& container, Type type) {
  return container[type == Type::Startup    ? kStartupProbe
                   : type == Type::Liveness ? kLivenessProbe
                                            : kReadinessProbe];
}

SimDuration seconds(const Value& number, std::int64_t fallback) {
  return std::chrono::seconds(std::clamp<std::int64_t>(number.asInt(fallback), 0, 1 << 30));
}

std::size_t indexOf(Type type) { return static_cast<std::size_t>(type); }

}  // namespace

std::int64_t PodWorker::portOf(const ContainerRecord& record, const Value& port) const {
  if (port.isInt()) return port.asInt();
  for (const Value& declared : record.spec[keys::ports].items()) {
    if (declared[keys::name] == port) return declared[kContainerPort].asInt();
  }
  std::int64_t number = 0;
  for (const char c : port.asString()) {
    if (c < '0' || c > '9' || number > 65535) return 0;
    number = number * 10 + (c - '0');
  }
  return number;
}

void PodWorker::startProbes(ContainerRecord& record) {
  stopProbes(record, true);
  const bool startup = !record.spec[kStartupProbe].isNull();
  const bool readiness = !record.spec[kReadinessProbe].isNull();
  const bool liveness = !record.spec[kLivenessProbe].isNull();
  // Init containers that end have no probes; ready says that they succeeded.
  const bool once = record.init && !record.sidecar;
  record.started = once || !startup;
  record.ready = !once && !startup && !readiness;
  record.status = nullptr;
  if (once || (!startup && !readiness && !liveness)) {
    record.probes.reset();
    return;
  }
  record.probes = std::make_unique<ContainerRecord::Probes>();
  const auto index = static_cast<std::size_t>(&record - records_.data());
  for (const Type type : {Type::Startup, Type::Liveness, Type::Readiness}) {
    Probe& probe = (*record.probes)[indexOf(type)];
    probe.spec = probeSpec(record.spec, type);
    probe.exists = !probe.spec.isNull();
    probe.ticks = type == Type::Liveness ? addedAt_ : context_.simulator.now();
    probe.result = type == Type::Liveness    ? Result::Success
                   : type == Type::Readiness ? Result::Failure
                                             : Result::Unknown;
    if (probe.exists && (record.started || type == Type::Startup)) {
      scheduleProbe(index, type, type != Type::Liveness);
    }
  }
}

void PodWorker::stopProbes(ContainerRecord& record, bool readinessToo) {
  if (record.probes == nullptr) return;
  for (const Type type : {Type::Startup, Type::Liveness, Type::Readiness}) {
    if (type == Type::Readiness && !readinessToo) continue;
    context_.simulator.cancel(std::exchange((*record.probes)[indexOf(type)].timer, TimerId::None));
  }
  if (readinessToo) record.probes.reset();
}

// `atOnce`: kubelet does not wait for the ticker when the container has just started.
void PodWorker::scheduleProbe(std::size_t index, Type type, bool atOnce) {
  const ContainerRecord& record = records_[index];
  Probe& probe = (*record.probes)[indexOf(type)];
  const SimTime now = context_.simulator.now();
  const SimDuration period =
      std::max<SimDuration>(seconds(probe.spec[kPeriodSeconds], 10), std::chrono::seconds(1));
  const SimDuration initialDelay = seconds(probe.spec[kInitialDelaySeconds], 0);
  const SimTime earliest = record.startedAt + initialDelay;
  SimTime next = now;
  if (!atOnce || earliest > now) {
    const SimTime from = atOnce ? earliest : std::max(earliest, now + SimDuration(1));
    const auto passed = from - probe.ticks;
    next = probe.ticks + (passed + period - SimDuration(1)) / period * period;
  }
  context_.simulator.cancel(probe.timer);
  probe.timer = context_.simulator.at(next, [weak = weak(), index, type] {
    if (const auto self = weak.lock()) self->runProbe(index, type);
  });
}

void PodWorker::runProbe(std::size_t index, Type type) {
  const ContainerRecord& record = records_[index];
  if (record.probes == nullptr || !record.running()) return;
  Probe& probe = (*record.probes)[indexOf(type)];
  probe.timer = {};
  const RuntimeId container = record.runtimeId;
  const SimDuration timeout =
      std::max<SimDuration>(seconds(probe.spec[kTimeoutSeconds], 1), std::chrono::seconds(1));
  const auto finish = [weak = weak(), index, type, container](Result result, const std::string& output) {
    if (const auto self = weak.lock()) self->probed(index, type, container, result, output);
  };
  const auto done = [finish](bool success, const std::string& output) {
    finish(success ? Result::Success : Result::Failure, output);
  };
  const Value& spec = probe.spec;
  if (const Value& exec = spec[kExec]; !exec.isNull()) {
    std::vector<std::string> words;
    for (const Value& word : exec[kCommand].items()) words.push_back(word.toString());
    std::string line;
    for (const std::string& word : words) line += (line.empty() ? "" : " ") + word;
    return context_.runtime.execSync(
        pod_, container, std::move(words), timeout, [finish, done, line, timeout](const CriAnswer& answer) {
          if (answer.error == "rpc error: code = DeadlineExceeded") {
            return done(false,
                        "command timed out: \"" + line + "\" timed out after " + durationText(timeout));
          }
          if (!answer.ok()) return finish(Result::Unknown, answer.error);
          done(answer.number == 0, answer.output);
        });
  }
  const bool http = !spec[kHttpGet].isNull();
  const bool grpc = !spec[kGrpc].isNull();
  const Value& target = http ? spec[kHttpGet] : grpc ? spec[kGrpc] : spec[kTcpSocket];
  const std::int64_t port = portOf(record, target[keys::port]);
  if (port == 0) {
    return finish(Result::Unknown,
                  "strconv.Atoi: parsing \"" + target[keys::port].toString() + "\": invalid syntax");
  }
  const std::string address = podIp_.toString() + ":" + std::to_string(port);
  std::string path = http ? target[kPath].toString() : "";
  if (http && (path.empty() || path.front() != '/')) path.insert(0, "/");
  const std::string scheme = target[kScheme].asString() == "HTTPS" ? "https" : "http";
  const std::string url = "Get \"" + scheme + "://" + address + path + "\": ";
  const std::string within = durationText(timeout);
  context_.runtime.probe(
      pod_, podIp_.toString(), port, path, timeout,
      [done, http, grpc, address, url, within](const ProbeAnswer& answer) {
        const std::string refused = "dial tcp " + address + ": connect: connection refused";
        if (grpc) {
          if (!answer.connected || answer.timedOut) {
            return done(false, "timeout: failed to connect service \"" + address + "\" within " + within +
                                   ": context deadline exceeded");
          }
          return done(answer.grpc, answer.grpc ? ""
                                               : "error: this server does not implement the grpc health "
                                                 "protocol (grpc.health.v1.Health)");
        }
        if (!answer.connected) return done(false, http ? url + refused : refused);
        if (!http) return done(true, "");
        if (answer.timedOut) {
          return done(false,
                      url + "context deadline exceeded (Client.Timeout exceeded while awaiting headers)");
        }
        if (answer.status == 0) {
          return done(false,
                      url + "net/http: HTTP/1.x transport connection broken: malformed HTTP response \"" +
                          answer.body + "\"");
        }
        if (answer.status >= 200 && answer.status < 400) return done(true, "");
        done(false, "HTTP probe failed with statuscode: " + std::to_string(answer.status));
      });
}

void PodWorker::probed(std::size_t index, Type type, RuntimeId container, Result result,
                       const std::string& output) {
  ContainerRecord& record = records_[index];
  if (record.probes == nullptr || !record.running() || record.runtimeId != container) return;
  Probe& probe = (*record.probes)[indexOf(type)];
  const bool success = result == Result::Success;
  if (!success) {
    const std::string_view how =
        result == Result::Failure ? " probe failed: " : " probe errored and resulted in unknown state: ";
    event(record, "Warning", "Unhealthy",
          std::string(kNames[indexOf(type)]) + std::string(how) + output.substr(0, kOutputMax));
  }
  if (result == Result::Unknown) return scheduleProbe(index, type, false);  // says nothing
  if (result == probe.last) {
    ++probe.run;
  } else {
    probe.last = result;
    probe.run = 1;
  }
  const std::int64_t needed =
      success ? probe.spec[kSuccessThreshold].asInt(1) : probe.spec[kFailureThreshold].asInt(3);
  const bool decided = probe.run >= needed;
  const bool changed = decided && probe.result != result;
  if (decided) probe.result = result;
  // A startup probe has done its work once it succeeded; a container that is killed is not probed on.
  const bool over = decided && (type == Type::Startup || (type == Type::Liveness && !success));
  if (!over) scheduleProbe(index, type, false);
  if (changed) probeChanged(index, type);
}

// Now the other probes begin.
void PodWorker::startupSucceeded(std::size_t index) {
  ContainerRecord& record = records_[index];
  Probe& startup = (*record.probes)[indexOf(Type::Startup)];
  context_.simulator.cancel(std::exchange(startup.timer, TimerId::None));
  startup.result = Result::Success;
  record.started = true;
  if (!(*record.probes)[indexOf(Type::Readiness)].exists) record.ready = true;
  for (const Type next : {Type::Liveness, Type::Readiness}) {
    Probe& waiting = (*record.probes)[indexOf(next)];
    if (next == Type::Readiness) waiting.ticks = context_.simulator.now();
    if (waiting.exists) scheduleProbe(index, next, next == Type::Readiness);
  }
}

void PodWorker::probeChanged(std::size_t index, Type type) {
  ContainerRecord& record = records_[index];
  const Probe& probe = (*record.probes)[indexOf(type)];
  const bool success = probe.result == Result::Success;
  record.status = nullptr;
  if (type == Type::Readiness) {
    record.ready = success;
    if (terminating_) return publish();
  } else if (success && type == Type::Startup) {
    startupSucceeded(index);
  } else if (!success && !terminating_) {
    const Value& own = probe.spec[kTerminationGracePeriodSeconds];
    const SimDuration grace = own.isInt() ? seconds(own, 0) : gracePeriod();
    std::string message = (record.init ? "Init container " : "Container ") +
                          record.spec[keys::name].toString() + " failed " +
                          (type == Type::Liveness ? "liveness" : "startup") + " probe";
    if (!record.init && pod_.get(keys::spec, kRestartPolicy).asString() != "Never") {
      message += ", will be restarted";
    }
    return killContainer(index, grace, message);
  }
  sync();
}

}  // namespace pilothouse::kubelet
