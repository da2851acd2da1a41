#include "core/kubelet/runtime/exec_session.hpp"

#include <algorithm>
#include <utility>

#include "core/kubelet/runtime/container_runtime.hpp"

namespace pilothouse::kubelet {
namespace {

constexpr std::uint32_t kInstructionsAtOnce = 20000;
constexpr SimDuration kBusyLoopStep = std::chrono::seconds(1);
// Output is handed on in pieces of this time, not line by line.
constexpr SimDuration kPiece = std::chrono::milliseconds(10);
constexpr std::size_t kInputMax = 1024 * 1024;
constexpr std::size_t kCommandMax = 16 * 1024;  // of several lines
constexpr int kInterrupted = 130;
constexpr int kKilled = 137;

std::string_view baseName(std::string_view path) { return path.substr(path.rfind('/') + 1); }

bool isShell(std::string_view name) {
  return name == "sh" || name == "bash" || name == "ash" || name == "dash" || name == "zsh";
}

bool goesOn(std::string_view error) {
  return error.find("unexpected end of file") != std::string_view::npos ||
         error.find("unterminated quoted string") != std::string_view::npos;
}

shell::ScriptPtr nothing() { return shell::parse("").script; }

}  // namespace

ExecSession::ExecSession(ExecOptions options, Handler handler)
    : options_(std::move(options)), handler_(std::move(handler)) {}

ExecSession::~ExecSession() {
  if (simulator_ != nullptr) simulator_->cancel(timer_);
}

// `sh`, `sh -c text`, `sh file`, or any other command as it is. False when nothing is left to run.
bool ExecSession::plan(shell::Environment& environment) {
  const std::vector<std::string>& words = options_.command;
  const SimTime now = simulator_->now();
  if (!isShell(baseName(words.front()))) {
    machine_ = std::make_unique<shell::Machine>(shell::fromWords(words), now);
    return true;
  }
  std::size_t i = 1;
  bool command = false;
  bool errexit = false;
  for (; i < words.size() && words[i].size() > 1 && words[i][0] == '-'; ++i) {
    if (words[i][1] == '-') continue;
    command = command || words[i].find('c') != std::string::npos;
    errexit = errexit || words[i].find('e') != std::string::npos;
  }
  if (i >= words.size()) {
    interactive_ = true;
    machine_ = std::make_unique<shell::Machine>(nothing(), now);
    if (!options_.withStdin) input_.ended = true;
    return true;
  }
  std::string text = words[i];
  if (!command) {
    auto content = environment.files.read(words[i]);
    if (!content) {
      write(now, 2, "sh: can't open '" + words[i] + "': No such file or directory\n");
      exitCode_ = 2;
      return false;
    }
    text = std::move(*content);
  }
  const shell::Parsed parsed = shell::parse(errexit ? "set -e\n" + text : text);
  if (parsed.script == nullptr) {
    write(now, 2, "sh: " + parsed.error + "\n");
    exitCode_ = 2;
    return false;
  }
  machine_ = std::make_unique<shell::Machine>(parsed.script, now);
  const std::size_t arguments = command ? i + 2 : i + 1;  // after -c comes $0
  if (words.size() > arguments) {
    machine_->setArguments({words.begin() + static_cast<std::ptrdiff_t>(arguments), words.end()});
  }
  return true;
}

void ExecSession::start(const std::shared_ptr<ContainerRuntime>& runtime, RuntimeId container) {
  runtime_ = runtime;
  container_ = container;
  simulator_ = &runtime->simulator();
  runtime->withEnvironment(container, [this](shell::Environment& environment) {
    ending_ = !plan(environment);
    if (machine_ != nullptr && options_.withStdin) machine_->attach(&input_);
  });
  run();
}

void ExecSession::run() {
  const auto self = shared_from_this();  // a handler may let go of it
  const auto runtime = runtime_.lock();
  if (over_ || runtime == nullptr) return;
  simulator_->cancel(std::exchange(timer_, TimerId::None));
  wake_ = SimTime::max();
  bool mainSignalled = false;
  runtime->withEnvironment(container_, [this, &mainSignalled](shell::Environment& environment) {
    environment.output = this;
    environment.mainSignalled = &mainSignalled;
    environment.terminal = options_.tty;
    environment.lenient = false;
    while (!ending_ && step(environment)) {
    }
  });
  if (mainSignalled) runtime->signalMain(container_);
  flush();
  if (over_ || wake_ == SimTime::max()) return;
  timer_ = simulator_->at(wake_, [weak = weak_from_this()] {
    const auto session = weak.lock();
    if (session == nullptr) return;
    session->timer_ = {};
    session->run();
  });
}

// One stretch of the command; false when it has to wait.
bool ExecSession::step(shell::Environment& environment) {
  const SimTime now = simulator_->now();
  shell::Machine& machine = *machine_;
  if (machine.ended()) {
    if (machine.clock() > now) {
      wake_ = machine.clock();
      return false;
    }
    return next(environment);
  }
  switch (machine.run(environment, now + kPiece, kInstructionsAtOnce)) {
    case shell::Machine::Stop::Ended:
      return true;
    case shell::Machine::Stop::Budget:
      machine.skipTo(now + kBusyLoopStep);
      break;
    case shell::Machine::Stop::AtInput:
      return false;
    default:
      break;
  }
  if (!machine.waitsForever()) wake_ = machine.clock();
  return false;
}

// The shell's next command line. False when there is none, or no more.
bool ExecSession::next(shell::Environment& environment) {
  if (!interactive_ || machine_->exited()) {
    exitCode_ = machine_->exitCode();
    ending_ = true;
    return false;
  }
  prompt(environment);
  const std::size_t eol = input_.text.find('\n');
  if (eol == std::string::npos && !input_.ended) return false;
  if (eol == std::string::npos && input_.text.empty()) {
    exitCode_ = unfinished_.empty() ? machine_->lastStatus() : 2;
    ending_ = true;
    return false;
  }
  unfinished_ += input_.text.substr(0, eol) + "\n";
  input_.text.erase(0, eol == std::string::npos ? input_.text.size() : eol + 1);
  prompted_ = false;
  const shell::Parsed parsed = shell::parse(unfinished_);
  if (parsed.script == nullptr && goesOn(parsed.error) && unfinished_.size() < kCommandMax) return true;
  unfinished_.clear();
  if (parsed.script == nullptr) {
    write(simulator_->now(), 2, "sh: " + parsed.error + "\n");
    return true;
  }
  machine_->resume(parsed.script, simulator_->now());
  return true;
}

void ExecSession::prompt(shell::Environment& environment) {
  if (!options_.tty || std::exchange(prompted_, true)) return;
  std::string folder = machine_->variable(environment, "PWD");
  if (folder == machine_->variable(environment, "HOME")) folder = "~";
  const std::string_view name = baseName(options_.command.front());
  prompt_ = "# ";
  if (environment.busybox) prompt_ = folder + " # ";
  if (name == "bash") prompt_ = "root@" + std::string(environment.hostname) + ":" + folder + "# ";
  if (!unfinished_.empty()) prompt_ = "> ";
  write(simulator_->now(), 1, prompt_);
}

void ExecSession::write(SimTime when, int fd, std::string_view text) {
  if (!chunks_.empty() && chunks_.back().fd == fd && when - chunks_.back().when < kPiece) {
    chunks_.back().text += text;
  } else {
    chunks_.push_back({when, fd, std::string(text)});
  }
}

void ExecSession::flush() {
  const SimTime now = simulator_->now();
  while (!over_ && !chunks_.empty() && chunks_.front().when <= now) {
    Chunk chunk = std::move(chunks_.front());
    chunks_.pop_front();
    send(chunk.fd, std::move(chunk.text));
  }
  if (over_) return;
  if (!chunks_.empty()) {
    wake_ = std::min(wake_, chunks_.front().when);
  } else if (ending_) {
    finish(exitCode_);
  }
}

void ExecSession::send(int fd, std::string text) {
  if (options_.tty) {
    text = terminalText(text);
    fd = 1;
  }
  if (spoken_) spoken_(text);
  const bool wanted = fd == 1 ? options_.withStdout : options_.withStderr;
  if (wanted && handler_.output) handler_.output(fd, std::move(text));
}

void ExecSession::input(std::string_view data) {
  if (over_ || !options_.withStdin || machine_ == nullptr) return;
  if (!options_.tty) {
    if (input_.text.size() < kInputMax) input_.text += data;
    return run();
  }
  Terminal::Typed typed = terminal_.type(data, prompt_);
  if (!typed.echo.empty() && handler_.output) handler_.output(1, std::move(typed.echo));
  if (typed.interrupted) {
    interrupt();
    if (over_) return;
  }
  for (const std::string& line : typed.lines) input_.text += line;
  const bool reading = !machine_->ended();
  if (typed.ended) input_.ended = true;
  run();
  // The end of one command's input, not the shell's own.
  if (typed.ended && reading && interactive_) input_.ended = false;
}

void ExecSession::interrupt() {
  input_.text.clear();
  unfinished_.clear();
  chunks_.clear();
  prompted_ = false;
  if (!interactive_) return finish(kInterrupted);
  machine_->interrupt(nothing(), simulator_->now());
}

void ExecSession::endInput() {
  if (over_ || machine_ == nullptr) return;
  input_.ended = true;
  run();
}

void ExecSession::hangUp() {
  handler_ = {};
  if (mainEnded_) return;
  over_ = true;
  if (simulator_ != nullptr) simulator_->cancel(std::exchange(timer_, TimerId::None));
}

void ExecSession::containerEnded() {
  mainEnded_ = nullptr;
  finish(kKilled);
}

void ExecSession::finish(int exitCode) {
  if (std::exchange(over_, true)) return;
  if (simulator_ != nullptr) simulator_->cancel(std::exchange(timer_, TimerId::None));
  auto main = std::move(mainEnded_);
  auto ended = std::move(handler_.ended);
  handler_ = {};
  if (main) main(exitCode);
  if (ended) ended(exitCode);
}

}  // namespace pilothouse::kubelet
