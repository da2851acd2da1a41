#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/kubelet/container_network.hpp"
#include "core/kubelet/runtime/files.hpp"
#include "core/kubelet/shell/script.hpp"
#include "core/sim/time.hpp"

namespace pilothouse::kubelet::shell {

/// What a program in a container can see. Everything outlives the call that gets it.
struct Environment {
  explicit Environment(ContainerFiles f) : files(f) {}

  ContainerFiles files;
  const Value* variables = nullptr;  ///< the container's env: an array of {name, value}
  ContainerNetwork* network = nullptr;
  ContainerNetwork::Caller caller;
  std::string_view hostname;
  std::int64_t memoryLimit = 0;  ///< bytes; 0 for none
  std::string_view programs;     ///< the image's own server programs, separated by blanks
  bool lenient = false;          ///< the image has programs that are not known here
  bool checking = false;         ///< a probe or hook, not the main process
  bool serverUp = true;          ///< for lenient checks: what they ask about is there
  bool busybox = false;          ///< a small userland: no curl, no bash
  bool lookAhead = false;        ///< nothing outside may be asked or changed: stops before network commands
};

struct LogLine {
  SimTime when{};
  std::string text;
};

/// A running shell (or one command) of a container. It is a value: a copy can be run ahead to see when it
/// ends.
///
/// Its clock runs ahead of the simulation only while it sleeps; `run` stops when the clock is past `until`.
/// So an idle loop needs no timer, and its log is made when somebody reads it. A command costs 1 ms of
/// virtual time, an instruction 10 µs.
class Machine {
 public:
  Machine(ScriptPtr script, SimTime start);

  enum class Stop : std::uint8_t { Ended, Waiting, AtNetwork, Budget };
  /// Runs what is due by `until`, at most `instructions`.
  Stop run(Environment& environment, SimTime until, std::uint32_t instructions);

  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] int exitCode() const { return exitCode_; }
  [[nodiscard]] bool outOfMemory() const { return outOfMemory_; }
  [[nodiscard]] bool waitsForever() const { return clock_ == SimTime::max(); }
  [[nodiscard]] SimTime waitingSince() const { return waitingSince_; }
  /// When it goes on (or ended).
  [[nodiscard]] SimTime clock() const { return clock_; }
  /// Its clock jumps: a loop that never sleeps does not keep the simulation busy.
  void skipTo(SimTime time) {
    if (clock_ < time) clock_ = time;
  }
  /// SIGTERM: true when a trap of the script takes it (the machine goes on with the trap's commands).
  bool terminate(SimTime now);

  [[nodiscard]] const std::deque<LogLine>& log() const { return log_; }
  /// The image's own server was started by the script.
  [[nodiscard]] bool serving() const { return serving_; }
  [[nodiscard]] SimTime servingSince() const { return servingSince_; }
  /// A port on which it listens (nc -l, httpd -p), with what it answers; null when it does not.
  struct Listener {
    std::int64_t port = 0;
    std::string answer;
    bool http = false;
  };
  [[nodiscard]] const std::vector<Listener>& listeners() const { return listeners_; }

  // For the commands of shell/commands_*.cpp.
  void print(Environment& environment, std::string_view text);
  void printError(Environment& environment, std::string_view text);
  [[nodiscard]] std::string variable(const Environment& environment, std::string_view name) const;
  [[nodiscard]] bool hasVariable(const Environment& environment, std::string_view name) const;
  void setVariable(std::string_view name, std::string value);
  void unsetVariable(std::string_view name);
  void sleep(SimDuration duration);
  void waitForever() {
    waitingSince_ = clock_;
    clock_ = SimTime::max();
  }
  void exit(int code);
  void killedForMemory();
  void listen(Listener listener);
  void returnFromFunction(int status);
  void setErrexit(bool on) { errexit_ = on; }
  void setTrap(std::string_view signal, std::string command);
  void replaceBy(ScriptPtr script);                           ///< exec
  bool evaluate(Environment& environment, ScriptPtr script);  ///< eval, sh -c: runs it to its end at once
  std::string* input() { return inputs_.empty() ? nullptr : &inputs_.back(); }
  [[nodiscard]] int lastStatus() const { return status_; }

  static constexpr std::size_t kLogLinesMax = 200;
  static constexpr std::size_t kTextMax = 64 * 1024;

 private:
  struct Output {
    enum class Kind : std::uint8_t { Log, Capture, File, Nowhere } kind{};
    std::string text;  ///< captured text, or the file's path
  };
  enum class Errors : std::uint8_t { Log, Output, Nowhere };
  struct Redirection {
    Errors errors{};
    bool input = false;  ///< it opened an input too
  };
  struct Frame {  ///< what is open when a loop or function begins
    std::size_t outputs = 0;
    std::size_t redirections = 0;
    std::size_t inputs = 0;
    std::size_t cases = 0;
    std::size_t iterations = 0;
    std::uint32_t returnTo = 0;
    bool function = false;
  };
  struct Iteration {
    std::string name;
    std::vector<std::string> values;
    std::size_t next = 0;
  };

  bool step(Environment& environment);
  void loopStep(Environment& environment, const Instruction& instruction);
  void flowStep(Environment& environment, const Instruction& instruction);
  void ioStep(Environment& environment, const Instruction& instruction);
  bool runCommand(Environment& environment, const Command& command);
  void runUnknown(Environment& environment, const std::vector<std::string>& words);
  void serve(bool inBackground);
  [[nodiscard]] bool atLastCommand() const;
  bool call(Environment& environment, const std::vector<std::string>& words);
  void restore(const Frame& frame);
  [[nodiscard]] Frame frame() const;
  bool redirect(Environment& environment, const std::vector<Redirect>& redirects);
  bool redirectOutput(Environment& environment, const Redirect& redirect, const std::string& target,
                      Output& output);
  void unredirect();

  // shell/expansion.cpp
  std::vector<std::string> expandWords(Environment& environment, const std::vector<Word>& words);
  void expandWord(Environment& environment, const Word& word, std::vector<std::string>& out);
  std::string expandText(Environment& environment, const Word& word);
  std::string expandPart(Environment& environment, const Part& part);
  std::string expandVariable(Environment& environment, const Part& part);
  std::string expandArgument(Environment& environment, const std::string& text);
  std::string substitute(Environment& environment, const ScriptPtr& script);
  std::int64_t arithmetic(Environment& environment, std::string_view expression);

  void logText(std::string_view text);
  void endScript(int code);

  ScriptPtr script_;
  std::uint32_t pc_ = 0;
  int status_ = 0;
  int exitCode_ = 0;
  int depth_ = 0;  ///< of substitutions
  bool ended_ = false;
  bool errexit_ = false;
  bool outOfMemory_ = false;
  bool background_ = false;
  bool serving_ = false;
  SimTime servingSince_{};
  SimTime waitingSince_{};
  std::uint32_t backgroundEnd_ = 0;
  SimTime clock_;
  std::vector<std::pair<std::string, std::string>> variables_;
  std::vector<Output> outputs_;
  std::vector<Redirection> redirections_;
  std::vector<std::string> inputs_;
  std::vector<std::string> cases_;
  std::vector<Iteration> iterations_;
  std::vector<Frame> frames_;
  std::vector<Listener> listeners_;
  std::vector<std::string> arguments_;
  std::string trap_;
  std::string partial_;  ///< a line without its end
  std::deque<LogLine> log_;
};

/// A command of the shell or of the userland: its status. Commands that wait move the machine's clock.
using CommandFunction = int (*)(Machine&, Environment&, const std::vector<std::string>& words);
struct Utility {
  std::string_view name;
  CommandFunction run;
  bool network = false;  ///< asks others: not while looking ahead
  bool notInBusybox = false;
};
/// Null when there is no such command.
const Utility* findUtility(std::string_view name);

}  // namespace pilothouse::kubelet::shell
