// What a running shell holds: its outputs, its waits, its variables.
#include <algorithm>

#include "core/kubelet/shell/machine.hpp"

namespace pilothouse::kubelet::shell {
namespace {

constexpr ClusterVariable kClusterVariables[] = {
    {"KUBERNETES_PORT", "tcp://10.96.0.1:443"},
    {"KUBERNETES_PORT_443_TCP", "tcp://10.96.0.1:443"},
    {"KUBERNETES_PORT_443_TCP_ADDR", "10.96.0.1"},
    {"KUBERNETES_PORT_443_TCP_PORT", "443"},
    {"KUBERNETES_PORT_443_TCP_PROTO", "tcp"},
    {"KUBERNETES_SERVICE_HOST", "10.96.0.1"},
    {"KUBERNETES_SERVICE_PORT", "443"},
    {"KUBERNETES_SERVICE_PORT_HTTPS", "443"},
};

}  // namespace

std::span<const ClusterVariable> clusterVariables() { return kClusterVariables; }

// A command that waits for input is run again: what it says without it is not said.
void Machine::print(Environment& environment, std::string_view text) {
  if (starved_) return;
  if (outputs_.empty()) return write(environment, 1, text);
  Output& output = outputs_.back();
  switch (output.kind) {
    case Output::Kind::Log:
      return write(environment, 1, text);
    case Output::Kind::Error:
      return write(environment, 2, text);
    case Output::Kind::Capture:
      if (output.text.size() + text.size() <= kTextMax) output.text += text;
      return;
    case Output::Kind::File:
      static_cast<void>(environment.files.write(output.text, text, true));
      return;
    case Output::Kind::Nowhere:
      return;
  }
}

void Machine::printError(Environment& environment, std::string_view text) {
  if (starved_) return;
  switch (redirections_.empty() ? Errors::Log : redirections_.back().errors) {
    case Errors::Output:
      return print(environment, text);
    case Errors::Log:
      return write(environment, 2, text);
    case Errors::Nowhere:
      return;
  }
}

void Machine::write(Environment& environment, int fd, std::string_view text) {
  if (environment.output == nullptr) return logText(text, fd == 2);
  if (!text.empty()) environment.output->write(clock_, fd, text);
}

void Machine::interrupt(ScriptPtr script, SimTime now) {
  clock_ = now;
  resume(std::move(script), now);
  status_ = 130;
}

std::string* Machine::input() {
  if (!inputs_.empty()) return &inputs_.back();
  if (standardInput_ == nullptr) return nullptr;
  if (!standardInput_->ended) {
    starved_ = true;
    return nullptr;
  }
  return &standardInput_->text;
}

std::string* Machine::inputLine() {
  if (!inputs_.empty() || standardInput_ == nullptr) return input();
  return standardInput_->text.find('\n') != std::string::npos ? &standardInput_->text : input();
}

std::string* Machine::inputSome() {
  if (!inputs_.empty() || standardInput_ == nullptr) return input();
  return &standardInput_->text;
}

void Machine::wantMoreInput() {
  starved_ = inputs_.empty() && standardInput_ != nullptr && !standardInput_->ended;
}

void Machine::resume(ScriptPtr script, SimTime now) {
  replaceBy(std::move(script));
  ended_ = false;
  exited_ = false;
  background_ = false;
  starved_ = false;
  clock_ = clock_ == SimTime::max() ? now : std::max(clock_, now);
}

void Machine::logText(std::string_view text, bool error) {
  while (!text.empty()) {
    const std::size_t eol = text.find('\n');
    if (partial_.size() < kTextMax) partial_ += text.substr(0, eol);
    if (eol == std::string_view::npos) return;
    log_.push_back({clock_, std::move(partial_), error});
    partial_.clear();
    if (log_.size() > kLogLinesMax) {
      log_.pop_front();
      ++logDropped_;
    }
    text.remove_prefix(eol + 1);
  }
}

void Machine::sleep(SimDuration duration) {
  // What runs in the background does not hold the script up.
  if (background_) {
    pc_ = backgroundEnd_;
    background_ = false;
    return;
  }
  clock_ = duration >= SimTime::max() - clock_ ? SimTime::max() : clock_ + duration;
}

void Machine::listen(Listener listener) {
  listeners_.push_back(std::move(listener));
  if (background_) {
    pc_ = backgroundEnd_;
    background_ = false;
  } else {
    waitForever();
  }
}

void Machine::setTrap(std::string_view signal, std::string command) {
  if (signal == "TERM" || signal == "SIGTERM" || signal == "15") trap_ = std::move(command);
}

bool Machine::hasVariable(const Environment& environment, std::string_view name) const {
  for (const auto& [known, value] : variables_) {
    if (known == name) return true;
  }
  if (environment.variables == nullptr) return false;
  for (const Value& variable : environment.variables->items()) {
    if (variable["name"].asString() == name) return true;
  }
  return name == "HOSTNAME" || name == "PATH" || name == "HOME" || name == "PWD";
}

std::string Machine::variable(const Environment& environment, std::string_view name) const {
  for (const auto& [known, value] : variables_) {
    if (known == name) return value;
  }
  if (environment.variables != nullptr) {
    for (const Value& variable : environment.variables->items()) {
      if (variable["name"].asString() == name) return variable["value"].toString();
    }
  }
  if (name == "HOSTNAME") return std::string(environment.hostname);
  for (const ClusterVariable& known : kClusterVariables) {
    if (known.name == name) return std::string(known.value);
  }
  if (name == "PATH") return "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  if (name == "HOME") return "/root";
  if (name == "PWD") {
    return environment.workingFolder.empty() ? "/" : std::string(environment.workingFolder);
  }
  if (name == "?") return std::to_string(status_);
  if (name == "$") return "1";
  if (name == "#") return std::to_string(arguments_.size());
  if (name == "@" || name == "*") {
    std::string all;
    for (const std::string& argument : arguments_) all += (all.empty() ? "" : " ") + argument;
    return all;
  }
  if (name.size() == 1 && name[0] >= '1' && name[0] <= '9') {
    const auto index = static_cast<std::size_t>(name[0] - '1');
    return index < arguments_.size() ? arguments_[index] : "";
  }
  if (name == "0") return "sh";
  return "";
}

void Machine::setVariable(std::string_view name, std::string value) {
  if (value.size() > kTextMax) value.resize(kTextMax);
  for (auto& [known, old] : variables_) {
    if (known == name) {
      old = std::move(value);
      return;
    }
  }
  if (variables_.size() < 256) variables_.emplace_back(std::string(name), std::move(value));
}

void Machine::unsetVariable(std::string_view name) {
  variables_.erase(std::remove_if(variables_.begin(), variables_.end(),
                                  [name](const auto& variable) { return variable.first == name; }),
                   variables_.end());
}

}  // namespace pilothouse::kubelet::shell
