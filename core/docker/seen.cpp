#include "core/docker/seen.hpp"

#include <algorithm>

#include "core/api/keys.hpp"

namespace pilothouse::docker {
namespace {

using kubelet::CriAnswer;

// Output is collected until the command ends; its lines are said then, in order.
struct Collected {
  std::string text[2];
  void add(int fd, const std::string& data, const Output& out) {
    std::string& rest = text[fd == 2 ? 1 : 0];
    rest += data;
    for (std::size_t at; (at = rest.find('\n')) != std::string::npos; rest.erase(0, at + 1)) {
      out.say(fd == 2, rest.substr(0, at));
    }
  }
  void flush(const Output& out) {
    for (int i = 0; i < 2; ++i) {
      if (!text[i].empty()) out.say(i == 1, text[i]);
    }
  }
};

std::string shimName(const ContainerRuntime::Container& container, const ContainerRuntime::Sandbox& sandbox) {
  return "k8s_" + container.spec[keys::name].toString() + "_" + sandbox.name.toString() + "_" +
         sandbox.ns.toString() + "_" + sandbox.uid.toString() + "_" + std::to_string(container.attempt);
}

}  // namespace

std::vector<std::string> columns(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::vector<std::string> lines;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] + 3 - row[i].size(), ' ');
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string humanTime(SimDuration duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
  if (seconds < 1) return "Less than a second";
  if (seconds == 1) return "1 second";
  if (seconds < 60) return std::to_string(seconds) + " seconds";
  const auto minutes = seconds / 60;
  if (minutes == 1) return "About a minute";
  if (minutes < 60) return std::to_string(minutes) + " minutes";
  const auto hours = (seconds + 1800) / 3600;
  if (hours == 1) return "About an hour";
  if (hours < 48) return std::to_string(hours) + " hours";
  if (hours < 24 * 14) return std::to_string(hours / 24) + " days";
  return std::to_string(hours / 24 / 7) + " weeks";
}

std::string humanSize(std::int64_t bytes) {
  const std::int64_t tenths = (bytes + 50'000) / 100'000;
  if (tenths >= 1000) return std::to_string((tenths + 5) / 10) + "MB";
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + "MB";
}

std::vector<Seen> seenContainers(const Engine& engine) {
  std::vector<Seen> all;
  for (const DockerContainer* own : engine.list()) {
    all.push_back(
        {own, engine.state(*own), nullptr, own->name, own->idText, own->options.image, own->created});
  }
  const ContainerRuntime& runtime = *engine.runtime();
  for (const auto& [id, container] : runtime.containers()) {
    const auto sandbox = runtime.sandboxes().find(container.sandbox);
    if (sandbox == runtime.sandboxes().end() || sandbox->second.uid.isNull()) continue;
    all.push_back({nullptr, &container, &sandbox->second, shimName(container, sandbox->second),
                   runtime.idText(id), container.spec[keys::image].toString(), container.created});
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Seen& a, const Seen& b) { return a.created > b.created; });
  return all;
}

const Seen* findSeen(const std::vector<Seen>& all, std::string_view name) {
  const Seen* byId = nullptr;
  for (const Seen& seen : all) {
    if (seen.name == name) return &seen;
    if (!name.empty() && seen.id.substr(0, name.size()) == name) byId = &seen;
  }
  return byId;
}

void printLog(Engine& engine, const Seen& seen, const Output& out) {
  if (seen.life == nullptr) return out.finish();
  ContainerRuntime::LogCursor cursor;
  for (const kubelet::shell::LogLine& line : engine.runtime()->readLog(seen.life->id, cursor)) {
    out.say(line.error, line.text);
  }
  out.finish();
}

void execIn(Engine& engine, const Seen& seen, std::vector<std::string> command, const Output& out,
            const std::function<std::string(const std::string&)>& refused) {
  const RuntimeId id = seen.life->id;
  auto collected = std::make_shared<Collected>();
  kubelet::ExecOptions options;
  options.command = command;
  kubelet::ExecSession::Handler handler;
  handler.output = [collected, out](int fd, const std::string& data) { collected->add(fd, data, out); };
  auto number = std::make_shared<std::uint64_t>(0);
  handler.ended = [collected, out, number, &engine](int exitCode) {
    collected->flush(out);
    if (exitCode != 0) out.say(true, "command terminated with exit code " + std::to_string(exitCode));
    engine.drop(*number);
    out.finish();
  };
  *number = engine.keep(std::make_shared<kubelet::ExecSession>(std::move(options), std::move(handler)));
  engine.runtime()->exec(id, std::move(command),
                         [weak = engine.weak_from_this(), id, number, out, refused](const CriAnswer& answer) {
                           const auto self = weak.lock();
                           if (self == nullptr) return;
                           if (answer.ok()) return self->runtime()->startExec(id, self->session(*number));
                           self->drop(*number);
                           out.say(true, refused(answer.error));
                           out.finish();
                         });
}

}  // namespace pilothouse::docker
