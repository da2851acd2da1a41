#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/docker/engine.hpp"

namespace pilothouse::docker {

/// Where a command's words go, line by line.
struct Output {
  std::function<void(bool error, const std::string& line)> say;
  std::function<void()> finish;
};

/// Rows in columns with three blanks between, as tabwriter sets them.
std::vector<std::string> columns(const std::vector<std::vector<std::string>>& rows);
/// Docker's units.HumanDuration: "5 minutes", "About an hour".
std::string humanTime(SimDuration duration);
/// "192 MB".
std::string humanSize(std::int64_t bytes);

/// A container of the runtime as a command line sees it: one that was run by hand, or one that a kubelet
/// made (then `own` is null).
struct Seen {
  const DockerContainer* own = nullptr;
  const ContainerRuntime::Container* life = nullptr;  ///< null: not created yet
  const ContainerRuntime::Sandbox* sandbox = nullptr;
  std::string name;  ///< "web", or "k8s_nginx_web-7d4f_default_<uid>_0" as the Docker shim names it
  std::string id;    ///< 64 hexadecimal digits
  std::string image;
  SimTime created{};

  [[nodiscard]] bool running() const {
    return life != nullptr && life->state == ContainerRuntime::State::Running;
  }
};
/// Newest first; by hand only those without a pod.
std::vector<Seen> seenContainers(const Engine& engine);
/// By name, id or the beginning of an id.
const Seen* findSeen(const std::vector<Seen>& all, std::string_view name);

/// The log's lines so far.
void printLog(Engine& engine, const Seen& seen, const Output& out);
/// Runs a command in a running container and prints what it says; `refused` makes the error's line.
void execIn(Engine& engine, const Seen& seen, std::vector<std::string> command, const Output& out,
            const std::function<std::string(const std::string&)>& refused);

/// One line of `docker …`: run, ps, stop, start, restart, kill, rm, logs, exec, images, pull, port, stats.
void docker(const std::shared_ptr<Engine>& engine, const std::vector<std::string>& words, const Output& out);
/// One line of `crictl …`: ps, pods, images, stop, rm, stopp, rmp, logs, exec, inspect, pull, stats.
void crictl(const std::shared_ptr<Engine>& engine, const std::vector<std::string>& words, const Output& out);

}  // namespace pilothouse::docker
