// crictl's command line: the Container Runtime Interface by hand.
#include <algorithm>

#include "core/api/keys.hpp"
#include "core/docker/seen.hpp"
#include "core/value/document.hpp"

namespace pilothouse::docker {
namespace {

using Words = std::vector<std::string>;
using Shared = std::shared_ptr<Engine>;
using kubelet::CriAnswer;

void fail(const Output& out, const std::string& text) {
  out.say(true, text);
  out.finish();
}

bool hasFlag(const Words& words, std::string_view brief, std::string_view full) {
  return std::any_of(words.begin() + 2, words.end(),
                     [&](const std::string& w) { return w == brief || w == full; });
}

std::string stateText(const ContainerRuntime::Container& container) {
  constexpr std::string_view kStates[] = {"Created", "Running", "Exited"};
  return std::string(kStates[static_cast<std::size_t>(container.state)]);
}

// Containers of pods only: the runtime keeps others in a namespace of their own.
std::vector<Seen> ofPods(const Engine& engine) {
  std::vector<Seen> all = seenContainers(engine);
  all.erase(std::remove_if(all.begin(), all.end(), [](const Seen& seen) { return seen.own != nullptr; }),
            all.end());
  return all;
}

void ps(const Shared& engine, const Words& words, const Output& out) {
  const SimTime now = engine->simulator().now();
  const bool all = hasFlag(words, "-a", "--all");
  std::vector<Words> rows{
      {"CONTAINER", "IMAGE", "CREATED", "STATE", "NAME", "ATTEMPT", "POD ID", "POD", "NAMESPACE"}};
  for (const Seen& seen : ofPods(*engine)) {
    if (!all && !seen.running()) continue;
    rows.push_back({seen.id.substr(0, 13), seen.image, humanTime(now - seen.created) + " ago",
                    stateText(*seen.life), seen.life->spec[keys::name].toString(),
                    std::to_string(seen.life->attempt),
                    engine->runtime()->idText(seen.sandbox->id).substr(0, 13), seen.sandbox->name.toString(),
                    seen.sandbox->ns.toString()});
  }
  for (const std::string& line : columns(rows)) out.say(false, line);
  out.finish();
}

void pods(const Shared& engine, const Words&, const Output& out) {
  const SimTime now = engine->simulator().now();
  std::vector<Words> rows{{"POD ID", "CREATED", "STATE", "NAME", "NAMESPACE", "ATTEMPT", "RUNTIME"}};
  const auto& sandboxes = engine->runtime()->sandboxes();
  for (auto at = sandboxes.rbegin(); at != sandboxes.rend(); ++at) {
    const ContainerRuntime::Sandbox& sandbox = at->second;
    if (sandbox.uid.isNull()) continue;
    rows.push_back({engine->runtime()->idText(sandbox.id).substr(0, 13),
                    humanTime(now - sandbox.created) + " ago", sandbox.ready ? "Ready" : "NotReady",
                    sandbox.name.toString(), sandbox.ns.toString(), std::to_string(sandbox.attempt),
                    "(default)"});
  }
  for (const std::string& line : columns(rows)) out.say(false, line);
  out.finish();
}

void images(const Shared& engine, const Words&, const Output& out) {
  std::vector<Words> rows{{"IMAGE", "TAG", "IMAGE ID", "SIZE"}};
  const Value list = engine->runtime()->imageList();
  for (const Value& image : list.items()) {
    const auto names = image[Key::intern("names")].items();
    if (names.size() < 2) continue;
    const std::string name = names[1].toString();
    const auto colon = name.rfind(':');
    const std::string digest = names[0].toString();
    rows.push_back({name.substr(0, colon), name.substr(colon + 1),
                    digest.substr(digest.find("sha256:") + 7, 13),
                    humanSize(image[Key::intern("sizeBytes")].asInt())});
  }
  for (const std::string& line : columns(rows)) out.say(false, line);
  out.finish();
}

std::string notFound(const std::string& what, const std::string& id) {
  return "E1101 rpc error: code = NotFound desc = an error occurred when try to find " + what + " \"" + id +
         "\": not found";
}

const ContainerRuntime::Sandbox* sandboxOf(const Engine& engine, std::string_view id) {
  for (const auto& [number, sandbox] : engine.runtime()->sandboxes()) {
    if (!sandbox.uid.isNull() && engine.runtime()->idText(number).substr(0, id.size()) == id) return &sandbox;
  }
  return nullptr;
}

// The words that are no flags; the value of -t or --timeout is taken out.
Words operands(const Words& words) {
  Words all;
  for (std::size_t i = 2; i < words.size(); ++i) {
    if (words[i] == "-t" || words[i] == "--timeout") {
      ++i;
    } else if (words[i][0] != '-') {
      all.push_back(words[i]);
    }
  }
  return all;
}

// stop, rm: containers; stopp, rmp: pods' sandboxes. Behind the kubelet's back.
void change(const Shared& engine, const Words& words, const Output& out) {
  const std::string verb = words[1];
  const Words ids = operands(words);
  if (ids.empty()) return fail(out, "ID cannot be empty");
  const bool force = hasFlag(words, "-f", "--force");
  auto left = std::make_shared<std::size_t>(ids.size());
  const auto done = [out, left](const std::string& line, bool error) {
    out.say(error, line);
    if (--*left == 0) out.finish();
  };
  const std::vector<Seen> all = ofPods(*engine);
  for (const std::string& id : ids) {
    if (verb == "stopp" || verb == "rmp") {
      const ContainerRuntime::Sandbox* sandbox = sandboxOf(*engine, id);
      if (sandbox == nullptr) {
        done(notFound("sandbox", id), true);
        continue;
      }
      std::vector<RuntimeId> inside;
      for (const auto& [number, container] : engine->runtime()->containers()) {
        if (container.sandbox == sandbox->id) inside.push_back(number);
      }
      for (const RuntimeId number : inside) {
        engine->runtime()->stopContainer(number, SimDuration::zero(), [](const CriAnswer&) {});
      }
      const RuntimeId number = sandbox->id;
      engine->runtime()->stopPodSandbox(number, [engine, number, verb, id, done](const CriAnswer&) {
        if (verb == "stopp") return done("Stopped sandbox " + id, false);
        engine->runtime()->removePodSandbox(
            number, [id, done](const CriAnswer&) { done("Removed sandbox " + id, false); });
      });
      continue;
    }
    const Seen* seen = findSeen(all, id);
    if (seen == nullptr) {
      done(notFound("container", id), true);
      continue;
    }
    const RuntimeId number = seen->life->id;
    if (verb == "rm" && seen->running() && !force) {
      done("removing the container \"" + id + "\" failed: container is running, please stop it first", true);
      continue;
    }
    const auto stopped = [engine, number, verb, id, done](const CriAnswer&) {
      if (verb == "stop") return done(id, false);
      engine->runtime()->removeContainer(number, [id, done](const CriAnswer&) { done(id, false); });
    };
    engine->runtime()->stopContainer(number, SimDuration::zero(), stopped);
  }
}

void logs(const Shared& engine, const Words& words, const Output& out) {
  const Words ids = operands(words);
  const std::vector<Seen> all = ofPods(*engine);
  const Seen* seen = ids.empty() ? nullptr : findSeen(all, ids.front());
  if (seen == nullptr) return fail(out, notFound("container", ids.empty() ? "" : ids.front()));
  printLog(*engine, *seen, out);
}

void exec(const Shared& engine, const Words& words, const Output& out) {
  std::size_t i = 2;
  while (i < words.size() && words[i][0] == '-') ++i;
  if (i + 1 >= words.size()) return fail(out, "container ID and command are required");
  const std::vector<Seen> all = ofPods(*engine);
  const Seen* seen = findSeen(all, words[i]);
  if (seen == nullptr || !seen->running()) return fail(out, notFound("container", words[i]));
  Words command(words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end());
  execIn(*engine, *seen, std::move(command), out,
         [](const std::string& error) { return "execing command in container: " + error; });
}

void inspect(const Shared& engine, const Words& words, const Output& out) {
  const Words ids = operands(words);
  const std::vector<Seen> all = ofPods(*engine);
  const Seen* seen = ids.empty() ? nullptr : findSeen(all, ids.front());
  if (seen == nullptr) return fail(out, notFound("container", ids.empty() ? "" : ids.front()));
  const auto key = [](std::string_view text) { return Key::intern(text); };
  const Value metadata =
      Value::object({{keys::name, seen->life->spec[keys::name]}, {key("attempt"), seen->life->attempt}});
  const Value labels = Value::object({{key("io.kubernetes.pod.name"), seen->sandbox->name},
                                      {key("io.kubernetes.pod.namespace"), seen->sandbox->ns},
                                      {key("io.kubernetes.pod.uid"), seen->sandbox->uid}});
  std::string state = "CONTAINER_" + stateText(*seen->life);
  std::transform(state.begin(), state.end(), state.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  const Value status = Value::object({{key("id"), Value(seen->id)},
                                      {keys::metadata, metadata},
                                      {key("state"), Value(state)},
                                      {key("exitCode"), seen->life->exitCode},
                                      {keys::image, Value::object({{keys::image, Value(seen->image)}})},
                                      {keys::labels, labels}});
  std::string text = writeJson(Value::object({{keys::status, status}}), 2);
  for (std::size_t at; (at = text.find('\n')) != std::string::npos; text.erase(0, at + 1)) {
    out.say(false, text.substr(0, at));
  }
  if (!text.empty()) out.say(false, text);
  out.finish();
}

void pull(const Shared& engine, const Words& words, const Output& out) {
  const Words ids = operands(words);
  if (ids.empty()) return fail(out, "image reference is required");
  engine->runtime()->pullImage(Value(ids.front()), [out](const CriAnswer& answer) {
    if (!answer.ok()) return fail(out, "E1101 pulling image: " + answer.error);
    out.say(false, "Image is up to date for " + answer.text.toString());
    out.finish();
  });
}

void stats(const Shared& engine, const Words&, const Output& out) {
  std::vector<Words> rows{{"CONTAINER", "NAME", "CPU SECONDS", "MEM"}};
  for (const Seen& seen : ofPods(*engine)) {
    if (!seen.running()) continue;
    const ContainerRuntime::Usage usage = engine->runtime()->usage(*seen.life);
    const auto milli = std::chrono::duration_cast<std::chrono::milliseconds>(usage.cpu).count();
    rows.push_back({seen.id.substr(0, 13), seen.life->spec[keys::name].toString(),
                    std::to_string(milli / 1000) + "." + std::to_string(milli % 1000 / 100),
                    humanSize(usage.memoryBytes)});
  }
  for (const std::string& line : columns(rows)) out.say(false, line);
  out.finish();
}

struct Command {
  std::string_view name;
  void (*run)(const Shared&, const Words&, const Output&);
};
constexpr Command kCommands[] = {{"ps", ps},     {"pods", pods},       {"images", images}, {"stop", change},
                                 {"rm", change}, {"stopp", change},    {"rmp", change},    {"logs", logs},
                                 {"exec", exec}, {"inspect", inspect}, {"pull", pull},     {"stats", stats}};

}  // namespace

void crictl(const Shared& engine, const Words& words, const Output& out) {
  if (words.size() < 2) return fail(out, "crictl - client for CRI");
  for (const Command& command : kCommands) {
    if (command.name == words[1]) return command.run(engine, words, out);
  }
  fail(out, "No help topic for '" + words[1] + "'");
}

}  // namespace pilothouse::docker
