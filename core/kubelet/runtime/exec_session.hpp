#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/kubelet/runtime/container_stream.hpp"
#include "core/kubelet/runtime/cri.hpp"
#include "core/kubelet/runtime/terminal.hpp"
#include "core/kubelet/shell/machine.hpp"
#include "core/sim/simulator.hpp"

namespace pilothouse::kubelet {

class ContainerRuntime;

struct ExecOptions {
  std::vector<std::string> command;
  bool withStdin = false;
  bool withStdout = true;
  bool withStderr = true;
  bool tty = false;
};

/// A command that runs in a container with streams of its own (CRI Exec), or the shell that is its main
/// process once somebody has attached to it.
///
/// What it prints is handed on when its clock gets there. A shell without arguments reads its commands from
/// stdin; with a terminal it shows a prompt and echoes what is typed.
class ExecSession : public ContainerStream,
                    public shell::OutputSink,
                    public std::enable_shared_from_this<ExecSession> {
 public:
  struct Handler {
    Function<void(int fd, std::string data)> output;
    Function<void(int exitCode)> ended;
  };
  ExecSession(ExecOptions options, Handler handler);
  ~ExecSession() override;
  ExecSession(const ExecSession&) = delete;
  ExecSession& operator=(const ExecSession&) = delete;

  /// The client's stdin and its end.
  void input(std::string_view data);
  void endInput();
  /// Another client takes over (attach to a main process that goes on), or none.
  void setHandler(Handler handler) { handler_ = std::move(handler); }
  /// The client has gone: what runs is told by a hang-up.
  void hangUp();
  [[nodiscard]] const ExecOptions& options() const { return options_; }

  // For the runtime.
  /// It is a container's main process, told when that ends and what it says.
  void setMain(Function<void(int exitCode)> ended, Function<void(std::string_view)> spoken) {
    mainEnded_ = std::move(ended);
    spoken_ = std::move(spoken);
  }
  [[nodiscard]] bool begun() const { return simulator_ != nullptr; }
  void start(const std::shared_ptr<ContainerRuntime>& runtime, RuntimeId container);
  void containerEnded() override;
  void write(SimTime when, int fd, std::string_view text) override;

 private:
  struct Chunk {
    SimTime when{};
    int fd = 0;
    std::string text;
  };

  bool plan(shell::Environment& environment);
  void run();
  bool step(shell::Environment& environment);
  bool next(shell::Environment& environment);
  void prompt(shell::Environment& environment);
  void interrupt();
  void flush();
  void finish(int exitCode);
  void send(int fd, std::string text);

  ExecOptions options_;
  Handler handler_;
  Function<void(int)> mainEnded_;
  Function<void(std::string_view)> spoken_;
  std::weak_ptr<ContainerRuntime> runtime_;
  RuntimeId container_ = 0;
  std::unique_ptr<shell::Machine> machine_;
  shell::StandardInput input_;
  Terminal terminal_;
  std::deque<Chunk> chunks_;
  std::string prompt_;
  std::string unfinished_;  ///< lines of a command that goes on
  TimerId timer_{};
  SimTime wake_{};  ///< when there is more to do
  Simulator* simulator_ = nullptr;
  int exitCode_ = 0;
  bool interactive_ = false;  ///< a shell that reads commands
  bool prompted_ = false;
  bool ending_ = false;  ///< ended; what it said is still to be handed on
  bool over_ = false;
};

}  // namespace pilothouse::kubelet
