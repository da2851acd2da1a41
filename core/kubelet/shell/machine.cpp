#include "core/kubelet/shell/machine.hpp"

#include <algorithm>
#include <utility>

#include "core/kubelet/shell/pattern.hpp"

namespace pilothouse::kubelet::shell {
namespace {

constexpr SimDuration kInstructionTime = std::chrono::microseconds(10);
constexpr SimDuration kCommandTime = std::chrono::milliseconds(1);
constexpr std::size_t kFramesMax = 64;
constexpr int kNotFound = 127;

bool isOwnProgram(std::string_view programs, std::string_view name) {
  name = name.substr(name.rfind('/') + 1);
  while (!programs.empty()) {
    const std::size_t blank = programs.find(' ');
    if (programs.substr(0, blank) == name) return true;
    if (blank == std::string_view::npos) return false;
    programs.remove_prefix(blank + 1);
  }
  return false;
}

}  // namespace

Machine::Machine(ScriptPtr script, SimTime start) : script_(std::move(script)), clock_(start) {}

Machine::Stop Machine::run(Environment& environment, SimTime until, std::uint32_t instructions) {
  environment.files.enter(variable(environment, "PWD"));
  while (!ended_ && clock_ <= until && !waitsForever()) {
    if (instructions-- == 0) return Stop::Budget;
    if (!step(environment)) return std::exchange(starved_, false) ? Stop::AtInput : Stop::AtNetwork;
  }
  return ended_ ? Stop::Ended : Stop::Waiting;
}

void Machine::endScript(int code) {
  if (!partial_.empty()) logText("\n");
  ended_ = true;
  exitCode_ = code;
}

void Machine::exit(int code) {
  exited_ = true;
  endScript(code & 255);
}

void Machine::killedForMemory() {
  outOfMemory_ = true;
  endScript(137);
}

// One instruction; false when it must not be run now (a network command while looking ahead).
bool Machine::step(Environment& environment) {
  if (pc_ >= script_->code.size()) {
    endScript(status_);
    return true;
  }
  if (background_ && pc_ >= backgroundEnd_) background_ = false;
  const Instruction instruction = script_->code[pc_];
  const std::uint32_t at = pc_++;
  clock_ += kInstructionTime;
  busy_ += kInstructionTime;
  switch (instruction.op) {
    case Op::Run:
      if (!runCommand(environment, script_->commands[instruction.argument])) {
        pc_ = at;
        return false;
      }
      break;
    case Op::LoopBegin:
    case Op::LoopEnd:
    case Op::Restore:
    case Op::ForBegin:
    case Op::ForNext:
    case Op::ForDrop:
      loopStep(environment, instruction);
      break;
    case Op::RedirectBegin:
    case Op::RedirectEnd:
    case Op::PipeBegin:
    case Op::PipeNext:
    case Op::PipeLast:
    case Op::PipeEnd:
      ioStep(environment, instruction);
      break;
    default:
      flowStep(environment, instruction);
  }
  return true;
}

void Machine::flowStep(Environment& environment, const Instruction& instruction) {
  switch (instruction.op) {
    case Op::Jump:
      pc_ = instruction.argument;
      break;
    case Op::JumpIfOk:
      if (status_ == 0) pc_ = instruction.argument;
      break;
    case Op::JumpIfFail:
      if (status_ != 0) pc_ = instruction.argument;
      break;
    case Op::Not:
      status_ = status_ == 0 ? 1 : 0;
      break;
    case Op::Ok:
      status_ = 0;
      break;
    case Op::Errexit:
      if (errexit_ && status_ != 0) endScript(status_);
      break;
    case Op::CaseBegin:
      cases_.push_back(expandText(environment, script_->loops[instruction.argument].words.front()));
      break;
    case Op::CaseMatch: {
      status_ = 1;
      for (const Word& pattern : script_->loops[instruction.argument].words) {
        if (!cases_.empty() && matchesPattern(expandText(environment, pattern), cases_.back())) status_ = 0;
      }
      break;
    }
    case Op::CaseEnd:
      if (!cases_.empty()) cases_.pop_back();
      break;
    case Op::Return:
      returnFromFunction(status_);
      break;
    case Op::Background:
      background_ = true;
      backgroundEnd_ = instruction.argument;
      break;
    case Op::BackgroundEnd:
      background_ = false;
      status_ = 0;
      break;
    default:
      break;
  }
}

void Machine::loopStep(Environment& environment, const Instruction& instruction) {
  switch (instruction.op) {
    case Op::LoopBegin:
      if (frames_.size() >= kFramesMax) return endScript(2);
      frames_.push_back(frame());
      break;
    case Op::LoopEnd:
      if (!frames_.empty()) frames_.pop_back();
      break;
    case Op::Restore:
      if (!frames_.empty()) restore(frames_.back());
      break;
    case Op::ForBegin: {
      const Loop& loop = script_->loops[instruction.argument];
      iterations_.push_back({loop.name, expandWords(environment, loop.words), 0});
      break;
    }
    case Op::ForNext: {
      Iteration& iteration = iterations_.back();
      if (iteration.next < iteration.values.size()) {
        setVariable(iteration.name, iteration.values[iteration.next++]);
      } else {
        iterations_.pop_back();
        status_ = 0;
        pc_ = instruction.argument;
      }
      break;
    }
    default:
      if (!iterations_.empty()) iterations_.pop_back();
  }
}

void Machine::ioStep(Environment& environment, const Instruction& instruction) {
  switch (instruction.op) {
    case Op::RedirectBegin:
      static_cast<void>(redirect(environment, script_->commands[instruction.argument].redirects));
      break;
    case Op::RedirectEnd:
      unredirect();
      break;
    case Op::PipeBegin:
      outputs_.push_back({Output::Kind::Capture, ""});
      inputs_.emplace_back();
      break;
    case Op::PipeNext:
    case Op::PipeLast:
      if (outputs_.empty() || inputs_.empty()) return endScript(2);
      inputs_.back() = std::move(outputs_.back().text);
      outputs_.pop_back();
      if (instruction.op == Op::PipeNext) outputs_.push_back({Output::Kind::Capture, ""});
      break;
    default:
      if (!inputs_.empty()) inputs_.pop_back();
  }
}

Machine::Frame Machine::frame() const {
  return {outputs_.size(), redirections_.size(), inputs_.size(), cases_.size(), iterations_.size(), 0, false};
}

void Machine::restore(const Frame& frame) {
  outputs_.resize(std::min(outputs_.size(), frame.outputs));
  redirections_.resize(std::min(redirections_.size(), frame.redirections));
  inputs_.resize(std::min(inputs_.size(), frame.inputs));
  cases_.resize(std::min(cases_.size(), frame.cases));
  iterations_.resize(std::min(iterations_.size(), frame.iterations));
}

void Machine::returnFromFunction(int status) {
  while (!frames_.empty() && !frames_.back().function) frames_.pop_back();
  if (frames_.empty()) return endScript(status);
  const Frame back = frames_.back();
  frames_.pop_back();
  restore(back);
  pc_ = back.returnTo;
  status_ = status;
}

// Each redirected command opens one output, so that all close alike. False when a file cannot be opened.
bool Machine::redirect(Environment& environment, const std::vector<Redirect>& redirects) {
  Output output;
  if (!outputs_.empty() && outputs_.back().kind == Output::Kind::File) output = outputs_.back();
  if (!outputs_.empty()) output.kind = outputs_.back().kind;
  Redirection redirection;
  if (!redirections_.empty()) redirection.errors = redirections_.back().errors;
  std::string input;
  bool ok = true;
  for (const Redirect& redirect : redirects) {
    const std::string target = expandText(environment, redirect.target);
    if (redirect.kind == Redirect::Kind::Read) {
      const auto content = environment.files.read(target);
      if (!content && target != "/dev/null") {
        printError(environment, "sh: can't open " + target + ": no such file\n");
        ok = false;
      }
      input = content.value_or("");
      redirection.input = true;
    } else if (redirect.kind == Redirect::Kind::Text) {
      input = target;
      redirection.input = true;
    } else if (redirect.kind == Redirect::Kind::Duplicate) {
      if (redirect.fd == 2 && target == "1") redirection.errors = Errors::Output;
      if (redirect.fd == 1 && target == "2") output = {Output::Kind::Error, ""};
    } else if (redirect.fd == 2) {
      redirection.errors = Errors::Nowhere;
    } else {
      ok = redirectOutput(environment, redirect, target, output) && ok;
      if (redirect.fd == 3) redirection.errors = Errors::Output;
    }
  }
  outputs_.push_back(std::move(output));
  redirections_.push_back(redirection);
  if (redirection.input) inputs_.push_back(std::move(input));
  return ok;
}

bool Machine::redirectOutput(Environment& environment, const Redirect& redirect, const std::string& target,
                             Output& output) {
  if (target == "/dev/stdout" || target == "/proc/1/fd/1") {
    output = {Output::Kind::Log, ""};
    return true;
  }
  if (target == "/dev/stderr" || target == "/proc/1/fd/2") {
    output = {Output::Kind::Error, ""};
    return true;
  }
  if (target == "/dev/null") {
    output = {Output::Kind::Nowhere, ""};
    return true;
  }
  output = {Output::Kind::File, target};
  if (environment.files.write(target, "", retrying_ || redirect.kind == Redirect::Kind::Append)) return true;
  printError(environment, "sh: can't create " + target + ": Read-only file system\n");
  return false;
}

void Machine::unredirect() {
  if (outputs_.empty() || redirections_.empty()) return;
  const Output closed = std::move(outputs_.back());
  outputs_.pop_back();
  if (closed.kind == Output::Kind::Capture && !outputs_.empty()) outputs_.back().text += closed.text;
  if (redirections_.back().input && !inputs_.empty()) inputs_.pop_back();
  redirections_.pop_back();
}

bool Machine::runCommand(Environment& environment, const Command& command) {
  std::vector<std::string> words = expandWords(environment, command.words);
  if (ended_) return true;
  const Utility* utility = words.empty() ? nullptr : findUtility(words.front());
  if (utility != nullptr && utility->network && environment.lookAhead) return false;

  const bool redirected = !command.redirects.empty();
  const bool ok = !redirected || redirect(environment, command.redirects);
  for (const auto& [name, word] : command.assignments) {
    status_ = 0;
    setVariable(name, expandText(environment, word));
  }
  if (!ok) {
    status_ = 1;
  } else if (!words.empty() && !call(environment, words)) {
    clock_ += kCommandTime;
    busy_ += kCommandTime;
    if (utility == nullptr || (environment.busybox && utility->notInBusybox)) {
      runUnknown(environment, words);
    } else {
      status_ = utility->run(*this, environment, words);
    }
  }
  if (redirected) unredirect();
  retrying_ = starved_;
  return !starved_;
}

bool Machine::atLastCommand() const {
  if (depth_ > 0) return false;
  for (std::size_t i = pc_; i < script_->code.size(); ++i) {
    const Op op = script_->code[i].op;
    if (op != Op::Errexit && op != Op::Jump && op != Op::BackgroundEnd && op != Op::RedirectEnd) return false;
  }
  return true;
}

// A program of the image that is not interpreted here: its server, or a step before it.
void Machine::runUnknown(Environment& environment, const std::vector<std::string>& words) {
  if (isOwnProgram(environment.programs, words.front())) {
    if (environment.checking) return askOwnProgram(environment, words);
    // nginx goes into the background unless it is told not to.
    bool foreground = words.front().find("nginx") == std::string::npos;
    for (const std::string& word : words) {
      foreground = foreground || word.find("daemon off") != std::string::npos;
    }
    return serve(!foreground);
  }
  if (!environment.lenient) {
    printError(environment, (environment.busybox ? "sh: " : "sh: 1: ") + words.front() + ": not found\n");
    status_ = kNotFound;
    return;
  }
  if (!environment.checking && atLastCommand()) return serve(false);
  status_ = environment.serverUp ? 0 : 1;
}

// The image's program beside the one that runs: it checks its configuration, or says its version.
void Machine::askOwnProgram(Environment& environment, const std::vector<std::string>& words) {
  const bool nginx = words.front().find("nginx") != std::string::npos;
  const std::string option = words.size() > 1 ? words[1] : "";
  if (nginx && option == "-v") printError(environment, "nginx version: nginx/1.27.5\n");
  if (nginx && option == "-t") {
    printError(environment,
               "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n"
               "nginx: configuration file /etc/nginx/nginx.conf test is successful\n");
  }
  status_ = 0;
}

void Machine::serve(bool inBackground) {
  serving_ = true;
  servingSince_ = clock_;
  status_ = 0;
  if (background_) {
    pc_ = backgroundEnd_;
    background_ = false;
  } else if (!inBackground) {
    waitForever();
  }
}

// A function of the script; false when there is none of that name.
bool Machine::call(Environment&, const std::vector<std::string>& words) {
  for (const auto& [name, first] : script_->functions) {
    if (name != words.front()) continue;
    if (frames_.size() >= kFramesMax) {
      endScript(2);
      return true;
    }
    Frame back = frame();
    back.function = true;
    back.returnTo = pc_;
    frames_.push_back(back);
    arguments_.assign(words.begin() + 1, words.end());
    pc_ = first;
    return true;
  }
  return false;
}

bool Machine::terminate(SimTime now) {
  if (ended_ || trap_.empty()) return false;
  Parsed parsed = parse(trap_);
  if (parsed.script == nullptr) return false;
  replaceBy(parsed.script);
  trap_.clear();
  clock_ = std::max(now, clock_ == SimTime::max() ? now : std::min(clock_, now));
  return true;
}

void Machine::replaceBy(ScriptPtr script) {
  script_ = std::move(script);
  pc_ = 0;
  frames_.clear();
  outputs_.clear();
  redirections_.clear();
  inputs_.clear();
  cases_.clear();
  iterations_.clear();
}

}  // namespace pilothouse::kubelet::shell
