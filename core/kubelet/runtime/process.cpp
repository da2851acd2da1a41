#include "core/kubelet/runtime/process.hpp"

#include <algorithm>

#include "core/api/keys.hpp"
#include "core/kubelet/shell/commands.hpp"

namespace pilothouse::kubelet {
namespace {

const Key kArgs = Key::intern("args");
const Key kCommand = Key::intern("command");
const Key kContainerPort = Key::intern("containerPort");
const Key kStdin = Key::intern("stdin");
const Key kTty = Key::intern("tty");

using Kind = ProcessPlan::Kind;

std::string_view baseName(std::string_view path) { return path.substr(path.rfind('/') + 1); }

bool inList(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const std::size_t blank = list.find(' ');
    if (list.substr(0, blank) == word) return true;
    if (blank == std::string_view::npos) return false;
    list.remove_prefix(blank + 1);
  }
  return false;
}

bool isShell(std::string_view name) {
  return name == "sh" || name == "bash" || name == "ash" || name == "dash" || name == "zsh";
}

// Interpreters of other languages: what they run is not interpreted here, so it is taken for a server.
bool isInterpreter(std::string_view name) {
  for (const std::string_view known :
       {"python", "python3", "node", "npm", "java", "ruby", "php", "go", "dotnet", "deno", "bun", "yarn",
        "perl", "gunicorn", "uvicorn", "flask"}) {
    if (name == known) return true;
  }
  return false;
}

std::string startError(const std::string& why) {
  return "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc "
         "create "
         "failed: unable to start container process: error during container init: exec: " +
         why + ": unknown";
}

ProcessPlan notFound(const std::string& program) {
  ProcessPlan plan;
  plan.kind = Kind::NotFound;
  const bool path = program.find('/') != std::string::npos;
  plan.error = startError(path ? "\"" + program + "\": stat " + program + ": no such file or directory"
                               : "\"" + program + "\": executable file not found in $PATH");
  return plan;
}

ProcessPlan scriptPlan(shell::Parsed parsed) {
  ProcessPlan plan;
  plan.kind = Kind::Script;
  if (parsed.script == nullptr) {
    // The shell says what is wrong and ends with 2.
    parsed.script = shell::parse("echo 'sh: " + parsed.error + "'; exit 2").script;
  }
  plan.script = std::move(parsed.script);
  return plan;
}

// `sh -c text`, `sh file`, or a shell that reads its input, which ends at once where there is none.
ProcessPlan shellPlan(const std::vector<std::string>& words, const Value& spec, const ContainerFiles& files) {
  std::size_t i = 1;
  bool command = false;
  bool errexit = false;
  for (; i < words.size() && words[i].size() > 1 && words[i][0] == '-' && words[i][1] != '-'; ++i) {
    if (words[i].find('c') != std::string::npos) command = true;
    if (words[i].find('e') != std::string::npos) errexit = true;
  }
  ProcessPlan plan;
  if (i >= words.size()) {
    plan.kind = spec[kStdin].asBool() || spec[kTty].asBool() ? Kind::Sleeps : Kind::Ends;
    return plan;
  }
  std::string text = words[i];
  if (!command) {
    const auto content = files.read(words[i]);
    if (!content) {
      plan.kind = Kind::Server;  // a script of the image's own
      return plan;
    }
    text = *content;
  }
  return scriptPlan(shell::parse(errexit ? "set -e\n" + text : text));
}

ProcessPlan imagePlan(const Image& image, const Value& spec, const Value& env) {
  ProcessPlan plan;
  if (!image.needsVariable.empty()) {
    bool set = false;
    for (const Value& variable : env.items()) {
      set = set || (inList(image.needsVariable, variable[keys::name].asString()) &&
                    !variable[keys::value].asString().empty());
    }
    if (!set) {
      plan.kind = Kind::Ends;
      plan.runs = std::chrono::milliseconds(900);
      plan.exitCode = 1;
      plan.log = image.needsLog;
      return plan;
    }
  }
  switch (image.program) {
    case Image::Program::Server:
      plan.kind = Kind::Server;
      break;
    case Image::Program::Pause:
      plan.kind = Kind::Sleeps;
      break;
    case Image::Program::Ends:
      plan.kind = Kind::Ends;
      plan.runs = std::chrono::milliseconds(image.runMs);
      plan.exitCode = image.exitCode;
      break;
    case Image::Program::Shell:
      plan.kind = spec[kStdin].asBool() || spec[kTty].asBool() ? Kind::Sleeps : Kind::Ends;
      plan.runs = std::chrono::milliseconds(10);
      break;
  }
  plan.log = image.log;
  return plan;
}

}  // namespace

const Value& environmentVariable(const Value& env, std::string_view name) {
  static const Value none;
  for (const Value& variable : env.items()) {
    if (variable[keys::name].asString() == name) return variable[keys::value];
  }
  return none;
}

std::string expandVariables(std::string_view text, const Value& env) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '$' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    if (text[i + 1] == '$') {
      out += '$';
      ++i;
      continue;
    }
    const std::size_t end = text[i + 1] == '(' ? text.find(')', i) : std::string_view::npos;
    const Value* value = nullptr;
    if (end != std::string_view::npos) {
      const std::string_view name = text.substr(i + 2, end - i - 2);
      for (const Value& variable : env.items()) {
        if (variable[keys::name].asString() == name) value = &variable[keys::value];
      }
    }
    if (value == nullptr) {
      out += '$';
    } else {
      out += value->asString();
      i = end;
    }
  }
  return out;
}

std::vector<std::string> commandLine(const Value& spec, const Value& env) {
  std::vector<std::string> words;
  for (const Key part : {kCommand, kArgs}) {
    for (const Value& word : spec[part].items()) words.push_back(expandVariables(word.asString(), env));
  }
  return words;
}

ProcessPlan planProcess(const Image& image, const Value& spec, const Value& env,
                        const ContainerFiles& files) {
  const bool entrypoint = spec[kCommand].empty();
  if (entrypoint && spec[kArgs].empty()) return imagePlan(image, spec, env);
  const std::vector<std::string> words = commandLine(spec, env);
  const std::string& program = words.front();
  const std::string_view name = baseName(program);
  const bool shellImage = image.program == Image::Program::Shell;
  const bool bare = image.userland == Image::Userland::None;

  // Arguments to the image's own entry point: shells and wrappers run them, servers take them as options.
  const bool own = inList(image.programs, name);
  const bool wrapper = shellImage || image.programs.find("docker-entrypoint.sh") != std::string_view::npos;
  if (entrypoint && !wrapper) return imagePlan(image, spec, env);
  if (own || program[0] == '-') return imagePlan(image, spec, env);

  if (const auto content = files.read(program)) return scriptPlan(shell::parse(*content));
  if (bare) return notFound(program);
  if (isShell(name) && !(image.userland == Image::Userland::Busybox && name == "bash")) {
    return shellPlan(words, spec, files);
  }
  const shell::Utility* utility = shell::findUtility(program);
  const bool lacking =
      utility != nullptr && utility->notInBusybox && image.userland == Image::Userland::Busybox;
  if (utility != nullptr && !lacking) {
    ProcessPlan plan;
    plan.kind = Kind::Script;
    plan.script = shell::fromWords(words);
    return plan;
  }
  ProcessPlan plan;
  if (image.repository.empty()) return plan;  // nothing is known of it: a server
  if (isInterpreter(name) && image.userland != Image::Userland::Busybox) return plan;
  return notFound(program);
}

bool ListeningPorts::has(std::int64_t port) const {
  return any || std::find(ports.begin(), ports.end(), port) != ports.end();
}

ListeningPorts listeningPorts(const Image& image, const Value& spec, const Value& env) {
  ListeningPorts listening;
  const std::vector<std::string> words = commandLine(spec, env);
  ServerRequest line;
  line.arguments = words;
  for (const std::string_view flag : {"port", "http-port", "listen", "p"}) {
    std::string_view text = line.flag(flag);
    text = text.substr(text.rfind(':') + 1);
    if (const std::int64_t port = shell::numberOf(text); port > 0 && port < 65536) {
      listening.ports.push_back(port);
    }
  }
  const std::string_view variable = image.portVariable.empty() ? "PORT" : image.portVariable;
  if (!image.portVariable.empty() || image.repository.empty()) {
    const std::int64_t port = shell::numberOf(environmentVariable(env, variable).asString());
    if (port > 0 && port < 65536) listening.ports.push_back(port);
  }
  const bool configured = !listening.ports.empty();
  std::string_view list = configured ? std::string_view() : image.ports;
  while (!list.empty()) {
    const std::string_view word = list.substr(0, list.find(' '));
    listening.ports.push_back(shell::numberOf(word));
    list.remove_prefix(std::min(list.size(), word.size() + 1));
  }
  if (image.ports.empty()) {
    for (const Value& port : spec[keys::ports].items())
      listening.ports.push_back(port[kContainerPort].asInt());
  }
  listening.any = listening.ports.empty();
  return listening;
}

}  // namespace pilothouse::kubelet
