// What people see of a running container: its log, commands run in it, what it uses.
#include <algorithm>
#include <utility>

#include "core/api/keys.hpp"
#include "core/kubelet/runtime/container_runtime.hpp"
#include "core/value/quantity.hpp"

namespace pilothouse::kubelet {
namespace {

constexpr SimDuration kExecStart = std::chrono::milliseconds(30);
constexpr std::size_t kSaidMax = 200;
constexpr std::int64_t kMebibyte = 1024 * 1024;
constexpr std::int64_t kIdleBytes = 400 * 1024;  // a shell or sleep(1)
constexpr SimDuration kStartupWork = std::chrono::milliseconds(40);

const Key kCpu = Key::intern("cpu");
const Key kLimits = Key::intern("limits");
const Key kMemory = Key::intern("memory");
const Key kStdin = Key::intern("stdin");
const Key kTty = Key::intern("tty");

std::size_t lineCount(std::string_view text) {
  if (text.empty()) return 0;
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
}

std::string lineAt(std::string_view text, std::uint64_t index) {
  for (; index > 0; --index) text.remove_prefix(text.find('\n') + 1);
  return std::string(text.substr(0, text.find('\n')));
}

/// What an image's own program says at its start: some lines, spread over its start-up.
struct ProgramLog {
  std::string_view text;
  SimTime since{};
  SimDuration takes{};
  std::size_t lines = 0;

  [[nodiscard]] SimTime when(std::uint64_t index) const {
    return since + takes * static_cast<std::int64_t>(index + 1) / static_cast<std::int64_t>(lines + 1);
  }
};

ProgramLog programLog(const ContainerRuntime::Container& container) {
  ProgramLog log;
  if (container.state == ContainerRuntime::State::Created || container.startFailed) return log;
  if (container.machine != nullptr) {
    if (!container.machine->serving()) return log;
    log.since = container.machine->servingSince();
  } else {
    if (container.kind == ProcessPlan::Kind::Sleeps) return log;
    log.since = container.started;
  }
  const bool failed = container.kind == ProcessPlan::Kind::Ends && !container.image->needsLog.empty();
  log.text = failed ? container.image->needsLog : container.image->log;
  log.lines = lineCount(log.text);
  if (container.kind == ProcessPlan::Kind::Server || container.machine != nullptr) {
    log.takes = std::chrono::milliseconds(container.image->startupMs);
  }
  return log;
}

std::string execError(const std::string& session, const std::string& program) {
  const bool path = program.find('/') != std::string::npos;
  return "failed to exec in container: failed to start exec \"" + session +
         "\": OCI runtime exec failed: exec failed: unable to start container process: exec: \"" + program +
         "\": " +
         (path ? "stat " + program + ": no such file or directory" : "executable file not found in $PATH") +
         ": unknown";
}

// Debian images of servers come without what people miss there.
constexpr std::string_view kNotInServerImages =
    "dig free ifconfig ip less nano nc netcat netstat nslookup ping ps ss telnet top vi wget";
bool isServerImage(const Image& image) {
  return image.program == Image::Program::Server && image.userland == Image::Userland::Debian;
}

bool inList(std::string_view list, std::string_view word) {
  word = word.substr(word.rfind('/') + 1);
  while (!list.empty()) {
    const std::size_t blank = list.find(' ');
    if (list.substr(0, blank) == word) return true;
    if (blank == std::string_view::npos) return false;
    list.remove_prefix(blank + 1);
  }
  return false;
}

}  // namespace

void ContainerRuntime::withEnvironment(RuntimeId id, const std::function<void(shell::Environment&)>& use) {
  Container* container = find(id);
  if (container == nullptr || container->state != State::Running) return;
  if (container->machine != nullptr) advance(*container);
  shell::Environment env = environment(*container, true);
  const std::string ip = ipv4Text(sandboxes_.at(container->sandbox).ip);
  env.caller.podIp = ip;
  SystemView system = env.files.system();
  system.podIp = ip;
  env.files.setSystem(system);
  use(env);
}

void ContainerRuntime::exec(RuntimeId id, const std::vector<std::string>& command, CriDone done) {
  CriAnswer answer;
  const Container* container = find(id);
  if (container == nullptr || container->state != State::Running || command.empty()) {
    answer.error = "container is in CONTAINER_EXITED state";
    return answerLater(kExecStart, std::move(done), std::move(answer));
  }
  const std::string& program = command.front();
  bool known = false;
  if (container->image->userland != Image::Userland::None) {
    const shell::Utility* utility = shell::findUtility(program);
    const bool busybox = container->image->userland == Image::Userland::Busybox;
    known = utility != nullptr && !(busybox && utility->notInBusybox) &&
            !(isServerImage(*container->image) && inList(kNotInServerImages, program));
    withEnvironment(id, [&](shell::Environment& env) { known = known || env.files.exists(program); });
  }
  known = known || inList(container->image->programs, program);
  if (!known) {
    answer.error = execError(idText((id << 20) + nextExec_++), program);
    return answerLater(kExecStart, std::move(done), std::move(answer));
  }
  answerLater(kExecStart, std::move(done), std::move(answer));
}

void ContainerRuntime::setVolume(RuntimeId sandbox, std::string_view name, Value content) {
  const auto at = sandboxes_.find(sandbox);
  if (at != sandboxes_.end()) files(at->second).setVolume(Value(name), std::move(content));
}

void ContainerRuntime::startExec(RuntimeId id, const std::shared_ptr<ExecSession>& session) {
  if (!isRunning(id)) return session->containerEnded();
  follow(id, session);
  session->start(shared_from_this(), id);
}

void ContainerRuntime::signalMain(RuntimeId id) {
  Container* container = find(id);
  if (container != nullptr && container->state == State::Running) terminate(*container);
}

// A shell without commands, with a stdin that stays open.
bool ContainerRuntime::readsCommands(const Container& container) const {
  return container.state == State::Running && container.kind == ProcessPlan::Kind::Sleeps &&
         container.image->program != Image::Program::Pause && container.spec[kStdin].asBool();
}

std::shared_ptr<ExecSession> ContainerRuntime::mainSession(RuntimeId id) {
  Container* container = find(id);
  if (container == nullptr || !readsCommands(*container)) return nullptr;
  if (container->session != nullptr) return container->session;
  ExecOptions options;
  options.command = commandLine(container->spec, container->env);
  if (options.command.empty()) options.command.emplace_back("sh");
  options.withStdin = true;
  options.tty = container->spec[kTty].asBool();
  auto session = std::make_shared<ExecSession>(std::move(options), ExecSession::Handler{});
  session->setMain(
      [weak = weak_from_this(), id](int exitCode) {
        const auto self = weak.lock();
        Container* main = self == nullptr ? nullptr : self->find(id);
        if (main != nullptr) self->exited(*main, exitCode, false);
      },
      [weak = weak_from_this(), id](std::string_view text) {
        const auto self = weak.lock();
        Container* main = self == nullptr ? nullptr : self->find(id);
        if (main != nullptr) self->say(*main, text);
      });
  container->session = session;
  follow(id, session);
  return session;
}

void ContainerRuntime::startMain(RuntimeId id) {
  const auto session = mainSession(id);
  if (session != nullptr && !session->begun()) session->start(shared_from_this(), id);
}

void ContainerRuntime::say(Container& container, std::string_view text) {
  if (container.said == nullptr) container.said = std::make_unique<std::deque<shell::LogLine>>();
  std::deque<shell::LogLine>& said = *container.said;
  while (!text.empty()) {
    const std::size_t eol = text.find('\n');
    said.push_back({simulator_.now(), std::string(text.substr(0, eol)), false});
    if (said.size() > kSaidMax) {
      said.pop_front();
      ++container.saidDropped;
    }
    if (eol == std::string_view::npos) break;
    text.remove_prefix(eol + 1);
  }
  tellStreams(container.id, false);
}

std::vector<shell::LogLine> ContainerRuntime::readLog(RuntimeId id, LogCursor& cursor) {
  Container* container = find(id);
  if (container == nullptr) return {};
  if (container->machine != nullptr && container->state == State::Running) advance(*container);
  return logOf(*container, cursor);
}

std::vector<shell::LogLine> ContainerRuntime::logOf(const Container& container, LogCursor& cursor) const {
  std::vector<shell::LogLine> lines;
  if (container.machine != nullptr) {
    const shell::Machine& machine = *container.machine;
    const std::uint64_t dropped = machine.logDropped();
    for (std::uint64_t i = std::max(cursor.script, dropped) - dropped; i < machine.log().size(); ++i) {
      lines.push_back(machine.log()[static_cast<std::size_t>(i)]);
    }
    cursor.script = dropped + machine.log().size();
  }
  const auto own = static_cast<std::ptrdiff_t>(lines.size());
  const ProgramLog program = programLog(container);
  const SimTime now = container.state == State::Exited ? container.finished : simulator_.now();
  for (; cursor.program < program.lines && program.when(cursor.program) <= now; ++cursor.program) {
    lines.push_back({program.when(cursor.program), lineAt(program.text, cursor.program), false});
  }
  if (container.said != nullptr && cursor.program >= program.lines) {
    const std::uint64_t before = program.lines + container.saidDropped;
    const std::uint64_t from = std::max(cursor.program, before) - before;
    for (std::uint64_t i = from; i < container.said->size(); ++i) {
      lines.push_back((*container.said)[static_cast<std::size_t>(i)]);
    }
    cursor.program = before + container.said->size();
  }
  std::inplace_merge(lines.begin(), lines.begin() + own, lines.end(),
                     [](const shell::LogLine& a, const shell::LogLine& b) { return a.when < b.when; });
  return lines;
}

SimTime ContainerRuntime::nextWord(RuntimeId id) const {
  const auto at = containers_.find(id);
  if (at == containers_.end() || at->second.state != State::Running) return SimTime::max();
  const Container& container = at->second;
  SimTime next = SimTime::max();
  if (container.machine != nullptr && !container.machine->waitsForever()) next = container.machine->clock();
  const ProgramLog program = programLog(container);
  for (std::uint64_t i = 0; i < program.lines; ++i) {
    if (program.when(i) > simulator_.now()) {
      next = std::min(next, program.when(i));
      break;
    }
  }
  return next;
}

void ContainerRuntime::follow(RuntimeId id, std::weak_ptr<ContainerStream> stream) {
  auto& list = streams_[id];
  list.erase(std::remove_if(list.begin(), list.end(), [](const auto& old) { return old.expired(); }),
             list.end());
  list.push_back(std::move(stream));
}

void ContainerRuntime::tellStreams(RuntimeId id, bool ended) {
  const auto at = streams_.find(id);
  if (at == streams_.end()) return;
  const auto list = at->second;
  if (ended) streams_.erase(at);
  for (const auto& weak : list) {
    const auto stream = weak.lock();
    if (stream == nullptr) continue;
    if (ended) {
      stream->containerEnded();
    } else {
      stream->containerSpoke();
    }
  }
}

RuntimeId ContainerRuntime::findId(std::string_view text) const {
  constexpr std::string_view kScheme = "containerd://";
  if (text.substr(0, kScheme.size()) == kScheme) text.remove_prefix(kScheme.size());
  for (const auto& [id, container] : containers_) {
    if (idText(id) == text) return id;
  }
  return 0;
}

bool ContainerRuntime::isRunning(RuntimeId id) const {
  const auto at = containers_.find(id);
  return at != containers_.end() && at->second.state == State::Running;
}

ContainerRuntime::Usage ContainerRuntime::usage(const Container& container) const {
  Usage used;
  if (container.state != State::Running) return used;
  const SimDuration age = simulator_.now() - container.started;
  const Image& image = *container.image;
  used.memoryBytes = kIdleBytes;
  const shell::Machine* machine = container.machine.get();
  if (machine != nullptr) used.cpu = machine->busy();
  if (container.kind == ProcessPlan::Kind::Server || (machine != nullptr && machine->serving())) {
    used.cpu += kStartupWork + age / 1000 * image.cpuMilli +
                std::chrono::microseconds(image.requestUs) * static_cast<std::int64_t>(container.requests);
    used.memoryBytes =
        image.memoryMi * kMebibyte + static_cast<std::int64_t>(container.id * 7919 % 97) * 8192;
  }
  const std::int64_t limit = quantityMilli(container.spec.get(keys::resources, kLimits, kCpu));
  if (machine != nullptr && machine->hogs() > 0) {
    const std::int64_t milli = machine->hogs() * 1000;
    used.cpu +=
        (simulator_.now() - machine->waitingSince()) / 1000 * (limit > 0 ? std::min(limit, milli) : milli);
    used.memoryBytes += 256 * kMebibyte;
  }
  if (limit > 0) used.cpu = std::min(used.cpu, age / 1000 * limit + kStartupWork);
  const std::int64_t most = quantityValue(container.spec.get(keys::resources, kLimits, kMemory));
  if (most > 0) used.memoryBytes = std::min(used.memoryBytes, most * 9 / 10);
  return used;
}

}  // namespace pilothouse::kubelet
