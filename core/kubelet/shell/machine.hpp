#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/kubelet/container_network.hpp"
#include "core/kubelet/runtime/files.hpp"
#include "core/kubelet/shell/script.hpp"
#include "core/sim/time.hpp"

namespace pilothouse::kubelet::shell {

/// Where a command's output goes when somebody listens to it (exec): raw, with its streams.
class OutputSink {
 public:
  virtual ~OutputSink() = default;
  /// `fd` is 1 or 2; `when` the machine's clock.
  virtual void write(SimTime when, int fd, std::string_view text) = 0;
};

/// stdin of a command: what has come and was not yet read.
struct StandardInput {
  std::string text;
  bool ended = false;
};

/// What a program in a container can see. Everything outlives the call that gets it.
struct Environment {
  explicit Environment(ContainerFiles f) : files(f) {}

  ContainerFiles files;
  const Value* variables = nullptr;  ///< the container's env: an array of {name, value}
  ContainerNetwork* network = nullptr;
  ContainerNetwork::Caller caller;
  std::string_view hostname;
  std::string_view workingFolder;  ///< of the container; "" for "/"
  std::int64_t memoryLimit = 0;    ///< bytes; 0 for none
  std::string_view programs;       ///< the image's own server programs, separated by blanks
  bool lenient = false;            ///< the image has programs that are not known here
  bool checking = false;           ///< a probe or hook, not the main process
  bool serverUp = true;            ///< for lenient checks: what they ask about is there
  bool busybox = false;            ///< a small userland: no curl, no bash
  OutputSink* output = nullptr;    ///< instead of the machine's log
  bool terminal = false;           ///< where that is one
  bool* mainSignalled = nullptr;   ///< set when a command asks process 1 to end
  bool lookAhead = false;          ///< nothing outside may be asked or changed: stops before network commands
};

/// Where kube-apiserver is, as kubelet tells every container.
struct ClusterVariable {
  std::string_view name;
  std::string_view value;
};
std::span<const ClusterVariable> clusterVariables();

struct LogLine {
  SimTime when{};
  std::string text;
  bool error = false;  ///< of stderr
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

  enum class Stop : std::uint8_t { Ended, Waiting, AtNetwork, AtInput, Budget };
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
    if (clock_ >= time) return;
    busy_ += time - clock_;
    clock_ = time;
  }
  /// The next line of a shell that reads its commands: variables and the rest are kept.
  void resume(ScriptPtr script, SimTime now);
  /// Ctrl-C: what runs ends, and `script` follows it.
  void interrupt(ScriptPtr script, SimTime now);
  void setArguments(std::vector<std::string> arguments) { arguments_ = std::move(arguments); }
  /// Commands read from there, and wait for it, when nothing else is their input. It outlives the machine.
  void attach(StandardInput* input) { standardInput_ = input; }
  /// `exit` was called, rather than the last command reached.
  [[nodiscard]] bool exited() const { return exited_; }
  /// How long it has computed, without its waits; a loop that was skipped computed all the time.
  [[nodiscard]] SimDuration busy() const { return busy_; }
  /// How many CPUs a command keeps busy that never ends (stress); 0 for none.
  [[nodiscard]] int hogs() const { return hogs_; }
  void setHogs(int cpus) { hogs_ = cpus; }

  /// SIGTERM: true when a trap of the script takes it (the machine goes on with the trap's commands).
  bool terminate(SimTime now);

  [[nodiscard]] const std::deque<LogLine>& log() const { return log_; }
  /// Lines that were dropped from the log's beginning.
  [[nodiscard]] std::uint64_t logDropped() const { return logDropped_; }
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
  /// What a command reads: all of it, one line, or what has come. Null when there is none, or not yet: then
  /// the command is run again once there is more.
  std::string* input();
  std::string* inputLine();
  std::string* inputSome();
  /// The command has used what there was and wants more.
  void wantMoreInput();
  [[nodiscard]] int lastStatus() const { return status_; }

  static constexpr std::size_t kLogLinesMax = 200;
  static constexpr std::size_t kTextMax = 64 * 1024;

 private:
  struct Output {
    enum class Kind : std::uint8_t { Log, Error, Capture, File, Nowhere } kind{};
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
  void askOwnProgram(Environment& environment, const std::vector<std::string>& words);
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

  void write(Environment& environment, int fd, std::string_view text);
  void logText(std::string_view text, bool error = false);
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
  bool exited_ = false;
  bool starved_ = false;   ///< a command waits for input
  bool retrying_ = false;  ///< and is run again
  int hogs_ = 0;
  SimDuration busy_{};
  StandardInput* standardInput_ = nullptr;
  std::uint64_t logDropped_ = 0;
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
