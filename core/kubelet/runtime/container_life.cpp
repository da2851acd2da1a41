// The life of a container's main process: its steps, its end, what it says and what it answers.
#include <algorithm>

#include "core/api/keys.hpp"
#include "core/kubelet/runtime/container_runtime.hpp"
#include "core/value/quantity.hpp"

namespace pilothouse::kubelet {
namespace {

constexpr std::uint32_t kInstructionsAtOnce = 20000;
constexpr std::uint32_t kInstructionsAhead = 2000;
constexpr SimDuration kBusyLoopStep = std::chrono::seconds(1);
constexpr SimDuration kKillTime = std::chrono::milliseconds(10);
constexpr int kSigkill = 137;

const Key kAttempt = Key::intern("attempt");
const Key kCreatedAt = Key::intern("createdAt");
const Key kExitCode = Key::intern("exitCode");
const Key kId = Key::intern("id");
const Key kLimits = Key::intern("limits");
const Key kMemory = Key::intern("memory");
const Key kPod = Key::intern("pod");
const Key kState = Key::intern("state");
const Key kWorkingDir = Key::intern("workingDir");

}  // namespace

shell::Environment ContainerRuntime::environment(const Container& container, bool checking) {
  Sandbox& sandbox = sandboxes_.at(container.sandbox);
  shell::Environment environment(ContainerFiles(&files(sandbox), container.spec));
  environment.variables = &container.env;
  environment.network = &network_;
  environment.caller.node = options_.nodeName;
  environment.caller.ns = sandbox.ns.asString();
  environment.caller.pod = sandbox.name.asString();
  environment.hostname = sandbox.hostname.asString();
  environment.files.setSystem({container.image, environment.hostname, {}, environment.caller.ns});
  environment.workingFolder = container.spec[kWorkingDir].asString();
  environment.memoryLimit = quantityValue(container.spec.get(keys::resources, kLimits, kMemory));
  environment.programs = container.image->programs;
  environment.lenient = container.image->program == Image::Program::Server &&
                        container.image->userland == Image::Userland::Debian;
  environment.busybox = container.image->userland == Image::Userland::Busybox;
  environment.checking = checking;
  const SimDuration startup = std::chrono::milliseconds(container.image->startupMs);
  environment.serverUp = simulator_.now() >= container.started + startup;
  return environment;
}

void ContainerRuntime::begin(Container& container, ProcessPlan plan) {
  container.state = State::Running;
  container.started = simulator_.now();
  container.kind = plan.kind;
  container.exitCode = plan.exitCode;
  if (plan.kind == ProcessPlan::Kind::Server) startActing(container);
  if (plan.kind == ProcessPlan::Kind::Script) {
    container.machine = std::make_unique<shell::Machine>(std::move(plan.script), container.started);
    // Not now: whoever started it hears of the start before the end.
  }
  if (plan.kind == ProcessPlan::Kind::Ends || plan.kind == ProcessPlan::Kind::Script) {
    container.timer = simulator_.after(plan.runs, [weak = weak_from_this(), id = container.id] {
      if (const auto self = weak.lock()) self->runTimer(id);
    });
  }
}

void ContainerRuntime::runTimer(RuntimeId id) {
  Container* container = find(id);
  if (container == nullptr || container->state != State::Running) return;
  container->timer = {};
  if (container->kind == ProcessPlan::Kind::Ends) return exited(*container, container->exitCode, false);
  if (container->machine == nullptr) return;
  advance(*container);
  if (container->machine->ended()) {
    return exited(*container, container->machine->exitCode(), container->machine->outOfMemory());
  }
  schedule(*container);
}

// Runs the program up to now.
void ContainerRuntime::advance(Container& container) {
  shell::Environment env = environment(container, false);
  const std::string ip = ipv4Text(sandboxes_.at(container.sandbox).ip);
  env.caller.podIp = ip;
  const auto stop = container.machine->run(env, simulator_.now(), kInstructionsAtOnce);
  if (stop == shell::Machine::Stop::Budget) container.machine->skipTo(simulator_.now() + kBusyLoopStep);
  if (container.machine->serving()) startActing(container);
}

// Looks ahead on a copy for the next moment that anybody could notice: its end, or a word to others.
void ContainerRuntime::schedule(Container& container) {
  const shell::Machine& machine = *container.machine;
  if (machine.waitsForever()) return;
  shell::Environment env = environment(container, false);
  PodFiles copy = *env.files.pod();
  env.files = env.files.over(&copy);
  env.lookAhead = true;
  shell::Machine ahead = machine;
  const auto stop = ahead.run(env, SimTime::max() - std::chrono::hours(1), kInstructionsAhead);
  if (stop == shell::Machine::Stop::Waiting && !ahead.waitsForever()) return;
  SimTime at = ahead.waitsForever() ? ahead.waitingSince() : ahead.clock();
  if (stop == shell::Machine::Stop::Budget) at = std::max(at, simulator_.now() + kBusyLoopStep);
  container.timer = simulator_.at(at, [weak = weak_from_this(), id = container.id] {
    if (const auto self = weak.lock()) self->runTimer(id);
  });
}

void ContainerRuntime::exited(Container& container, int exitCode, bool outOfMemory) {
  if (container.state != State::Running) return;
  simulator_.cancel(container.timer);
  container.timer = {};
  endedCpu_ += usage(container).cpu;
  container.state = State::Exited;
  container.exitCode = exitCode;
  container.outOfMemory = outOfMemory;
  container.finished = simulator_.now();
  const RuntimeId id = container.id;
  const Sandbox& sandbox = sandboxes_.at(container.sandbox);
  if (exited_) {
    exited_({container.id, sandbox.uid, container.spec[keys::name], exitCode, outOfMemory,
             container.finished, terminationMessage(container)});
  }
  if (container.stopping != nullptr) {
    const auto stopping = std::move(container.stopping);
    simulator_.cancel(stopping->kill);
    for (CriDone& done : stopping->waiting) done({});
  }
  tellStreams(id, true);
}

void ContainerRuntime::stopContainer(RuntimeId id, SimDuration timeout, CriDone done) {
  Container* container = find(id);
  if (container == nullptr || container->state != State::Running) {
    return answerLater(kKillTime, std::move(done), {});
  }
  const bool first = container->stopping == nullptr;
  if (first) container->stopping = std::make_unique<Container::Stopping>();
  Container::Stopping& stopping = *container->stopping;
  stopping.waiting.push_back(std::move(done));
  const SimTime deadline = simulator_.now() + timeout + kKillTime;
  if (first || deadline < stopping.deadline) {
    simulator_.cancel(stopping.kill);
    stopping.deadline = deadline;
    stopping.kill = simulator_.at(deadline, [weak = weak_from_this(), id] {
      const auto self = weak.lock();
      Container* running = self == nullptr ? nullptr : self->find(id);
      if (running != nullptr) self->exited(*running, kSigkill, false);
    });
  }
  if (first && timeout > SimDuration::zero()) terminate(*container);
}

// SIGTERM. As process 1 a shell or sleep(1) has no handler, so the kernel drops the signal.
void ContainerRuntime::terminate(Container& container) {
  if (container.machine != nullptr && !container.machine->serving()) {
    advance(container);
    if (container.machine->terminate(simulator_.now())) {
      simulator_.cancel(container.timer);
      container.timer = {};
      runTimer(container.id);
    }
    return;
  }
  const bool pause = container.image->program == Image::Program::Pause;
  const bool server = container.kind == ProcessPlan::Kind::Server || container.machine != nullptr;
  if ((!server && !pause) || container.image->stopMs < 0) return;
  simulator_.after(jittered(std::chrono::milliseconds(container.image->stopMs)),
                   [weak = weak_from_this(), id = container.id, code = container.image->stopExitCode] {
                     const auto self = weak.lock();
                     Container* running = self == nullptr ? nullptr : self->find(id);
                     if (running != nullptr) self->exited(*running, code, false);
                   });
}

void ContainerRuntime::execSync(RuntimeId id, std::vector<std::string> command, SimDuration timeout,
                                CriDone done) {
  CriAnswer answer;
  Container* container = find(id);
  if (container == nullptr || container->state != State::Running || command.empty()) {
    answer.error = "rpc error: code = NotFound desc = failed to find running container";
    return answerLater(kKillTime, std::move(done), std::move(answer));
  }
  if (container->machine != nullptr) advance(*container);
  shell::Environment env = environment(*container, true);
  const std::string ip = ipv4Text(sandboxes_.at(container->sandbox).ip);
  env.caller.podIp = ip;
  const SimTime now = simulator_.now();
  const bool known =
      env.lenient || shell::findUtility(command.front()) != nullptr || env.files.exists(command.front());
  if (!known || container->image->userland == Image::Userland::None) {
    answer.error =
        "rpc error: code = Unknown desc = failed to exec in container: failed to start exec: OCI runtime "
        "exec "
        "failed: exec failed: unable to start container process: exec: \"" +
        command.front() + "\": " +
        (command.front().find('/') == std::string::npos
             ? "executable file not found in $PATH"
             : "stat " + command.front() + ": no such file or directory") +
        ": unknown";
    return answerLater(kKillTime, std::move(done), std::move(answer));
  }
  shell::Machine machine(shell::fromWords(command), now);
  const auto stop = machine.run(env, now + timeout, kInstructionsAtOnce);
  if (stop != shell::Machine::Stop::Ended) {
    answer.error = "rpc error: code = DeadlineExceeded";
    answer.took = timeout;
  } else {
    answer.number = machine.exitCode();
    answer.took = machine.clock() - now;
    for (const shell::LogLine& line : machine.log()) answer.output += line.text + "\n";
  }
  const SimDuration took = std::min(std::max(answer.took, SimDuration::zero()), timeout);
  answerLater(took, std::move(done), std::move(answer));
}

bool ContainerRuntime::kill(std::string_view ns, std::string_view pod, std::string_view name, int exitCode) {
  Container* container = find(ns, pod, name);
  if (container == nullptr || container->state != State::Running) return false;
  exited(*container, exitCode, false);
  return true;
}

std::string ContainerRuntime::log(std::string_view ns, std::string_view pod, std::string_view name) {
  Container* container = find(ns, pod, name);
  if (container == nullptr) return "";
  LogCursor cursor;
  std::string text;
  for (const shell::LogLine& line : readLog(container->id, cursor)) text += line.text + "\n";
  return text;
}

Value ContainerRuntime::describe() const {
  std::vector<Value> list;
  for (const auto& [id, container] : containers_) {
    const auto sandbox = sandboxes_.find(container.sandbox);
    if (sandbox == sandboxes_.end()) continue;
    constexpr std::string_view kStates[] = {"Created", "Running", "Exited"};
    list.push_back(Value::object({{kId, idText(id)},
                                  {keys::name, container.spec[keys::name]},
                                  {kPod, sandbox->second.name},
                                  {keys::namespace_, sandbox->second.ns},
                                  {keys::image, container.spec[keys::image]},
                                  {kState, kStates[static_cast<std::size_t>(container.state)]},
                                  {kAttempt, container.attempt},
                                  {kExitCode, container.exitCode},
                                  {kCreatedAt, timestamp(container.created)}}));
  }
  return Value::array(list);
}

}  // namespace pilothouse::kubelet
