// docker's command line.
#include <algorithm>
#include <charconv>

#include "core/api/keys.hpp"
#include "core/docker/seen.hpp"

namespace pilothouse::docker {
namespace {

using Words = std::vector<std::string>;
using Shared = std::shared_ptr<Engine>;

constexpr SimDuration kStopTimeout = std::chrono::seconds(10);

void fail(const Output& out, const std::string& text) {
  out.say(true, text);
  out.finish();
}

bool number(std::string_view text, std::int64_t& value) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  return read.ec == std::errc() && read.ptr == text.data() + text.size() && !text.empty();
}

// "512m", "1g", plain bytes: docker's sizes as a quantity.
std::string memoryQuantity(std::string text) {
  if (text.empty()) return text;
  const char unit = text.back();
  const bool lower = unit == 'k' || unit == 'm' || unit == 'g' || unit == 'b';
  if (!lower) return text;
  text.pop_back();
  if (unit == 'k') return text + "Ki";
  if (unit == 'm') return text + "Mi";
  return unit == 'g' ? text + "Gi" : text;
}

/// The flags of `docker run`, as far as containers here have something for them.
struct RunLine {
  ContainerOptions options;
  bool detach = false;
  std::string error;
};

bool setPort(std::string_view text, ContainerOptions& options) {
  if (const auto slash = text.find('/'); slash != std::string_view::npos) text = text.substr(0, slash);
  const auto colon = text.rfind(':');
  PortMapping port;
  if (colon == std::string_view::npos || !number(text.substr(colon + 1), port.container)) return false;
  std::string_view host = text.substr(0, colon);
  if (const auto at = host.rfind(':'); at != std::string_view::npos) host = host.substr(at + 1);
  if (!number(host, port.host) || port.host < 1 || port.host > 65535) return false;
  if (port.container < 1 || port.container > 65535) return false;
  options.ports.push_back(port);
  return true;
}

bool setRestart(const std::string& text, RestartPolicy& policy) {
  using Kind = RestartPolicy::Kind;
  const auto colon = text.find(':');
  const std::string kind = text.substr(0, colon);
  std::int64_t retries = 0;
  if (colon != std::string::npos && !number(std::string_view(text).substr(colon + 1), retries)) return false;
  policy.maxRetries = static_cast<int>(std::min<std::int64_t>(retries, 1000));
  if (kind == "no") policy.kind = Kind::No;
  if (kind == "always") policy.kind = Kind::Always;
  if (kind == "on-failure") policy.kind = Kind::OnFailure;
  if (kind == "unless-stopped") policy.kind = Kind::UnlessStopped;
  return kind == "no" || kind == "always" || kind == "on-failure" || kind == "unless-stopped";
}

// One flag that takes a value; false when the value is malformed.
bool setFlag(const std::string& flag, const std::string& value, ContainerOptions& options) {
  if (flag == "--name") options.name = value;
  if (flag == "--entrypoint") options.entrypoint = value;
  if (flag == "--hostname" || flag == "-h") options.hostname = value;
  if (flag == "--cpus") options.cpus = value;
  if (flag == "--memory" || flag == "-m") options.memory = memoryQuantity(value);
  if (flag == "--env" || flag == "-e") {
    const auto equals = value.find('=');
    options.environment.emplace_back(value.substr(0, equals),
                                     equals == std::string::npos ? "" : value.substr(equals + 1));
  }
  if (flag == "--publish" || flag == "-p") return setPort(value, options);
  if (flag == "--restart") return setRestart(value, options.restart);
  return true;
}

RunLine parseRun(const Words& words) {
  constexpr std::string_view kWithValue[] = {"--name", "--entrypoint", "--hostname", "-h",
                                             "--cpus", "--memory",     "-m",         "--env",
                                             "-e",     "--publish",    "-p",         "--restart"};
  RunLine line;
  std::size_t i = 2;
  for (; i < words.size() && !words[i].empty() && words[i][0] == '-'; ++i) {
    std::string flag = words[i];
    std::string value;
    const auto equals = flag.find('=');
    const bool attached = equals != std::string::npos && flag.substr(0, 2) == "--";
    if (attached) {
      value = flag.substr(equals + 1);
      flag = flag.substr(0, equals);
    }
    if (flag == "-d" || flag == "--detach") {
      line.detach = true;
    } else if (flag == "--rm") {
      line.options.removeWhenEnded = true;
    } else if (flag == "-it" || flag == "-i" || flag == "-t") {
      continue;
    } else if (std::find(std::begin(kWithValue), std::end(kWithValue), flag) == std::end(kWithValue)) {
      line.error = "unknown flag: " + flag;
      return line;
    } else {
      if (!attached && i + 1 == words.size()) {
        line.error = "flag needs an argument: " + flag;
        return line;
      }
      if (!attached) value = words[++i];
      if (!setFlag(flag, value, line.options)) {
        line.error = "invalid argument \"" + value + "\" for \"" + flag + "\" flag";
        return line;
      }
    }
  }
  if (i == words.size()) {
    line.error = "\"docker run\" requires at least 1 argument.";
    return line;
  }
  line.options.image = words[i];
  line.options.command.assign(words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end());
  return line;
}

void run(const Shared& engine, const Words& words, const Output& out) {
  RunLine line = parseRun(words);
  if (!line.error.empty()) return fail(out, line.error);
  engine->run(
      std::move(line.options), [out](const std::string& said) { out.say(false, said); },
      [engine, out, detach = line.detach](const std::string& error, const std::string& id) {
        if (!id.empty() && detach) out.say(false, id);
        if (!error.empty()) out.say(true, error);
        if (detach || !error.empty()) return out.finish();
        // In the foreground, the command lasts as long as its container.
        engine->whenEnded(id, [engine, out, id] {
          const std::vector<Seen> all = seenContainers(*engine);
          printLog(*engine, *findSeen(all, id), out);
        });
      });
}

std::string commandText(const Seen& seen) {
  const Value& spec = seen.own != nullptr ? seen.own->spec : seen.life->spec;
  std::string text;
  for (const char* part : {"command", "args"}) {
    for (const Value& word : spec[Key::intern(part)].items()) {
      text.append(text.empty() ? "" : " ").append(word.asString());
    }
  }
  if (text.empty()) text = "/docker-entrypoint.…";
  if (text.size() > 20) text = text.substr(0, 19) + "…";
  return "\"" + text + "\"";
}

std::string statusText(const Seen& seen, SimTime now) {
  using State = ContainerRuntime::State;
  if (seen.life == nullptr || seen.life->state == State::Created) return "Created";
  const ContainerRuntime::Container& life = *seen.life;
  if (life.state == State::Running) return "Up " + humanTime(now - life.started);
  const std::string code =
      "(" + std::to_string(life.exitCode) + ") " + humanTime(now - life.finished) + " ago";
  if (seen.own != nullptr && seen.own->restarting) return "Restarting " + code;
  return "Exited " + code;
}

std::string portsText(const Seen& seen) {
  std::string text;
  if (seen.own == nullptr || !seen.running()) return text;
  for (const PortMapping& port : seen.own->options.ports) {
    if (!text.empty()) text += ", ";
    text += "0.0.0.0:" + std::to_string(port.host) + "->" + std::to_string(port.container) + "/tcp";
  }
  return text;
}

void ps(const Shared& engine, const Words& words, const Output& out) {
  const bool all = std::any_of(words.begin() + 2, words.end(),
                               [](const std::string& w) { return w == "-a" || w == "--all"; });
  const SimTime now = engine->simulator().now();
  std::vector<Words> rows{{"CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES"}};
  for (const Seen& seen : seenContainers(*engine)) {
    const bool restarting = seen.own != nullptr && seen.own->restarting;
    if (!all && !seen.running() && !restarting) continue;
    rows.push_back({seen.id.substr(0, 12), seen.image, commandText(seen),
                    humanTime(now - seen.created) + " ago", statusText(seen, now), portsText(seen),
                    seen.name});
  }
  for (const std::string& line : columns(rows)) out.say(false, line);
  out.finish();
}

void images(const Shared& engine, const Words&, const Output& out) {
  std::vector<Words> rows{{"REPOSITORY", "TAG", "IMAGE ID", "SIZE"}};
  const Value images = engine->runtime()->imageList();
  for (const Value& image : images.items()) {
    const auto names = image[Key::intern("names")].items();
    if (names.size() < 2) continue;
    std::string name = names[1].toString();
    constexpr std::string_view kLibrary = "docker.io/library/";
    if (name.substr(0, kLibrary.size()) == kLibrary) name = name.substr(kLibrary.size());
    const auto colon = name.rfind(':');
    const std::string digest = names[0].toString();
    rows.push_back({name.substr(0, colon), colon == std::string::npos ? "latest" : name.substr(colon + 1),
                    digest.substr(digest.find("sha256:") + 7, 12),
                    humanSize(image[Key::intern("sizeBytes")].asInt())});
  }
  for (const std::string& line : columns(rows)) out.say(false, line);
  out.finish();
}

std::string daemonSays(const std::string& name) {
  return "Error response from daemon: No such container: " + name;
}

// A container of a pod is stopped behind its kubelet's back.
void stopOne(const Shared& engine, const Seen& seen, SimDuration timeout, const Engine::Done& done) {
  if (seen.own != nullptr) {
    return timeout == SimDuration::zero() ? engine->kill(seen.id, done)
                                          : engine->stop(seen.id, timeout, done);
  }
  engine->runtime()->stopContainer(seen.life->id, timeout, [done](const kubelet::CriAnswer&) { done(""); });
}

void removeOne(const Shared& engine, const Seen& seen, bool force, const Engine::Done& done) {
  if (seen.own != nullptr) return engine->remove(seen.id, force, done);
  if (seen.running() && !force) {
    return done("Error response from daemon: cannot remove container \"/" + seen.name +
                "\": container is running: stop the container before removing or force remove");
  }
  const RuntimeId id = seen.life->id;
  engine->runtime()->stopContainer(id, SimDuration::zero(), [engine, id, done](const kubelet::CriAnswer&) {
    engine->runtime()->removeContainer(id, [done](const kubelet::CriAnswer&) { done(""); });
  });
}

// One container after another, as docker does it.
void eachOf(const Shared& engine, Words names, std::size_t at, const Output& out,
            const std::function<void(const Seen&, const Engine::Done&)>& work) {
  if (at == names.size()) return out.finish();
  const auto next = [engine, names, at, out, work](const std::string& error) {
    out.say(!error.empty(), error.empty() ? names[at] : error);
    eachOf(engine, names, at + 1, out, work);
  };
  const std::vector<Seen> all = seenContainers(*engine);
  const Seen* seen = findSeen(all, names[at]);
  if (seen == nullptr) return next(daemonSays(names[at]));
  work(*seen, next);
}

void manage(const Shared& engine, const Words& words, const Output& out) {
  const std::string& verb = words[1];
  Words names;
  bool force = false;
  SimDuration timeout = kStopTimeout;
  for (std::size_t i = 2; i < words.size(); ++i) {
    std::int64_t seconds = 0;
    if (words[i] == "-f" || words[i] == "--force") {
      force = true;
    } else if ((words[i] == "-t" || words[i] == "--time") && i + 1 < words.size() &&
               number(words[i + 1], seconds)) {
      timeout = std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, 3600));
      ++i;
    } else if (words[i][0] == '-') {
      return fail(out, "unknown flag: " + words[i]);
    } else {
      names.push_back(words[i]);
    }
  }
  if (names.empty()) return fail(out, "\"docker " + verb + "\" requires at least 1 argument.");
  eachOf(engine, names, 0, out, [engine, verb, force, timeout](const Seen& seen, const Engine::Done& done) {
    if (verb == "stop") return stopOne(engine, seen, timeout, done);
    if (verb == "kill") return stopOne(engine, seen, SimDuration::zero(), done);
    if (verb == "rm") return removeOne(engine, seen, force, done);
    if (seen.own == nullptr)
      return done("Error response from daemon: container " + seen.id + " belongs to a pod");
    if (verb == "start") return engine->start(seen.id, done);
    engine->stop(seen.id, timeout, [engine, id = seen.id, done](const std::string& error) {
      if (!error.empty()) return done(error);
      engine->start(id, done);
    });
  });
}

void logs(const Shared& engine, const Words& words, const Output& out) {
  if (words.size() < 3) return fail(out, "\"docker logs\" requires exactly 1 argument.");
  const std::vector<Seen> all = seenContainers(*engine);
  const Seen* seen = findSeen(all, words.back());
  if (seen == nullptr) return fail(out, daemonSays(words.back()));
  printLog(*engine, *seen, out);
}

void exec(const Shared& engine, const Words& words, const Output& out) {
  std::size_t i = 2;
  while (i < words.size() && words[i][0] == '-') ++i;
  if (i + 1 >= words.size()) return fail(out, "\"docker exec\" requires at least 2 arguments.");
  const std::vector<Seen> all = seenContainers(*engine);
  const Seen* seen = findSeen(all, words[i]);
  if (seen == nullptr) return fail(out, daemonSays(words[i]));
  if (!seen->running())
    return fail(out, "Error response from daemon: container " + seen->id + " is not running");
  Words command(words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end());
  execIn(*engine, *seen, std::move(command), out, [](const std::string& error) {
    const auto at = error.find("OCI runtime exec failed");
    return at == std::string::npos ? error : error.substr(at);
  });
}

void pull(const Shared& engine, const Words& words, const Output& out) {
  if (words.size() != 3) return fail(out, "\"docker pull\" requires exactly 1 argument.");
  engine->pull(
      words[2], [out](const std::string& said) { out.say(false, said); },
      [out](const std::string& error) {
        if (!error.empty()) out.say(true, error);
        out.finish();
      });
}

void port(const Shared& engine, const Words& words, const Output& out) {
  const DockerContainer* container = words.size() > 2 ? engine->find(words[2]) : nullptr;
  if (container == nullptr) return fail(out, daemonSays(words.size() > 2 ? words[2] : ""));
  for (const PortMapping& mapping : container->options.ports) {
    out.say(false, std::to_string(mapping.container) + "/tcp -> 0.0.0.0:" + std::to_string(mapping.host));
  }
  out.finish();
}

struct Command {
  std::string_view name;
  void (*run)(const Shared&, const Words&, const Output&);
};
constexpr Command kCommands[] = {{"run", run},     {"ps", ps},     {"images", images}, {"stop", manage},
                                 {"kill", manage}, {"rm", manage}, {"start", manage},  {"restart", manage},
                                 {"logs", logs},   {"exec", exec}, {"pull", pull},     {"port", port}};

}  // namespace

void docker(const Shared& engine, const Words& words, const Output& out) {
  if (words.size() < 2) return fail(out, "Usage:  docker [OPTIONS] COMMAND");
  for (const Command& command : kCommands) {
    if (command.name == words[1]) return command.run(engine, words, out);
  }
  fail(out, "docker: '" + words[1] + "' is not a docker command.");
}

}  // namespace pilothouse::docker
