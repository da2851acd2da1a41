#include <algorithm>

#include "core/kubelet/shell/commands.hpp"
#include "core/value/quantity.hpp"

namespace pilothouse::kubelet::shell {

std::int64_t numberOf(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  std::uint64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') break;
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return static_cast<std::int64_t>(negative ? 0 - number : number);
}

SimDuration sleepDuration(std::string_view text) {
  if (text == "infinity" || text == "inf") return SimDuration::max();
  double seconds = 0;
  double scale = 0;
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c >= '0' && c <= '9') {
      if (scale > 0) {
        seconds += (c - '0') * scale;
        scale /= 10;
      } else {
        seconds = seconds * 10 + (c - '0');
      }
    } else if (c == '.' && scale == 0) {
      scale = 0.1;
    } else {
      break;
    }
  }
  if (i == 0) return SimDuration(-1);
  const std::string_view unit = text.substr(i);
  if (unit == "m") seconds *= 60;
  if (unit == "h") seconds *= 3600;
  if (unit == "d") seconds *= 86400;
  if (!unit.empty() && unit != "s" && unit != "m" && unit != "h" && unit != "d") return SimDuration(-1);
  constexpr double kLongest = 100.0 * 365 * 86400;
  if (seconds > kLongest) return SimDuration::max();
  return SimDuration(static_cast<SimDuration::rep>(seconds * 1e9));
}

namespace {

std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    switch (text[++i]) {
      case 'n':
        out += '\n';
        break;
      case 't':
        out += '\t';
        break;
      case 'r':
        out += '\r';
        break;
      case '\\':
        out += '\\';
        break;
      default:
        out += '\\';
        out += text[i];
    }
  }
  return out;
}

int echo(Machine& machine, Environment& environment, const Words& words) {
  std::size_t first = 1;
  bool newline = true;
  bool escapes = false;
  while (first < words.size() &&
         (words[first] == "-n" || words[first] == "-e" || words[first] == "-ne" || words[first] == "-en")) {
    if (words[first].find('n') != std::string::npos) newline = false;
    if (words[first].find('e') != std::string::npos) escapes = true;
    ++first;
  }
  std::string text;
  for (std::size_t i = first; i < words.size(); ++i) {
    if (i > first) text += ' ';
    text += words[i];
  }
  if (escapes) text = unescape(text);
  if (newline) text += '\n';
  machine.print(environment, text);
  return 0;
}

int printfCommand(Machine& machine, Environment& environment, const Words& words) {
  if (words.size() < 2) return 2;
  const std::string format = unescape(words[1]);
  std::string text;
  std::size_t next = 2;
  do {
    for (std::size_t i = 0; i < format.size(); ++i) {
      if (format[i] != '%' || i + 1 == format.size()) {
        text += format[i];
        continue;
      }
      std::size_t kind = i + 1;
      while (kind < format.size() &&
             std::string_view("-0123456789.").find(format[kind]) != std::string::npos) {
        ++kind;
      }
      i = std::min(kind, format.size() - 1);
      if (format[i] == '%') {
        text += '%';
      } else {
        const std::string argument = next < words.size() ? words[next] : "";
        ++next;
        text += format[i] == 'd' ? std::to_string(numberOf(argument)) : argument;
      }
    }
  } while (next < words.size() && next > 2 && text.size() < Machine::kTextMax);
  machine.print(environment, text);
  return 0;
}

int sleepCommand(Machine& machine, Environment& environment, const Words& words) {
  SimDuration total{};
  for (std::size_t i = 1; i < words.size(); ++i) {
    const SimDuration one = sleepDuration(words[i]);
    if (one < SimDuration::zero()) {
      machine.printError(environment, "sleep: invalid number '" + words[i] + "'\n");
      return 1;
    }
    total = one >= SimDuration::max() - total ? SimDuration::max() : total + one;
  }
  if (words.size() < 2) {
    machine.printError(environment, "sleep: missing operand\n");
    return 1;
  }
  machine.sleep(total);
  return 0;
}

int exitCommand(Machine& machine, Environment&, const Words& words) {
  const int code = words.size() > 1 ? static_cast<int>(numberOf(words[1]) & 255) : machine.lastStatus();
  machine.exit(code);
  return code;
}

int returnCommand(Machine& machine, Environment&, const Words& words) {
  const int code = words.size() > 1 ? static_cast<int>(numberOf(words[1]) & 255) : machine.lastStatus();
  machine.returnFromFunction(code);
  return code;
}

int yes(Machine&, Environment&, const Words&) { return 0; }
int no(Machine&, Environment&, const Words&) { return 1; }

int test(Machine& machine, Environment& environment, const Words& words) {
  std::size_t end = words.size();
  if (words[0] == "[" || words[0] == "[[") {
    if (words.back() != (words[0] == "[" ? "]" : "]]")) {
      machine.printError(environment, "sh: missing ]\n");
      return 2;
    }
    --end;
  }
  return testExpression(machine, environment, words, 1, end) ? 0 : 1;
}

int set(Machine& machine, Environment&, const Words& words) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i].size() > 1 && words[i].find('e') != std::string::npos && words[i] != "pipefail") {
      machine.setErrexit(words[i][0] == '-');
    }
  }
  return 0;
}

int exportCommand(Machine& machine, Environment&, const Words& words) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::size_t equals = words[i].find('=');
    if (equals != std::string::npos) {
      machine.setVariable(words[i].substr(0, equals), words[i].substr(equals + 1));
    }
  }
  return 0;
}

int unset(Machine& machine, Environment&, const Words& words) {
  for (std::size_t i = 1; i < words.size(); ++i) machine.unsetVariable(words[i]);
  return 0;
}

int readCommand(Machine& machine, Environment&, const Words& words) {
  std::string* input = machine.inputLine();
  if (input == nullptr || input->empty()) return 1;
  const std::size_t eol = input->find('\n');
  std::string line = input->substr(0, eol);
  input->erase(0, eol == std::string::npos ? input->size() : eol + 1);
  std::vector<std::string> names;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i][0] != '-') names.push_back(words[i]);
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::size_t space = i + 1 < names.size() ? line.find(' ') : std::string::npos;
    machine.setVariable(names[i], line.substr(0, space));
    line = space == std::string::npos ? "" : line.substr(space + 1);
  }
  return 0;
}

int execCommand(Machine& machine, Environment&, const Words& words) {
  if (words.size() < 2) return 0;
  machine.replaceBy(fromWords(Words(words.begin() + 1, words.end())));
  return 0;
}

int evalCommand(Machine& machine, Environment& environment, const Words& words) {
  std::string text;
  for (std::size_t i = 1; i < words.size(); ++i) text += (i > 1 ? " " : "") + words[i];
  const Parsed parsed = parse(text);
  if (parsed.script == nullptr) {
    machine.printError(environment, "sh: " + parsed.error + "\n");
    return 2;
  }
  return machine.evaluate(environment, parsed.script) ? machine.lastStatus() : 2;
}

// A shell within the shell: sh -c '…', or a script file.
int shell(Machine& machine, Environment& environment, const Words& words) {
  std::size_t i = 1;
  bool command = false;
  for (; i < words.size() && words[i].size() > 1 && words[i][0] == '-'; ++i) {
    if (words[i].find('c') != std::string::npos) command = true;
  }
  if (i >= words.size()) return 0;
  std::string text = words[i];
  if (!command) {
    const auto content = environment.files.read(words[i]);
    if (!content) {
      machine.printError(environment, "sh: can't open '" + words[i] + "': No such file or directory\n");
      return 127;
    }
    text = *content;
  }
  const Parsed parsed = parse(text);
  if (parsed.script == nullptr) {
    machine.printError(environment, "sh: " + parsed.error + "\n");
    return 2;
  }
  return machine.evaluate(environment, parsed.script) ? machine.lastStatus() : 2;
}

// Process 1 of a container gets only the signals that it handles; KILL is not among them.
int killCommand(Machine& machine, Environment& environment, const Words& words) {
  bool ends = true;
  for (std::size_t i = 1; i < words.size(); ++i) {
    std::string word = words[i];
    if (word == "-s" && i + 1 < words.size()) word = "-" + words[++i];
    if (word[0] == '-') {
      ends = word != "-0" && word != "-9" && word != "-KILL" && word != "-SIGKILL";
      continue;
    }
    if (word == "1") {
      if (ends && environment.mainSignalled != nullptr) *environment.mainSignalled = true;
      continue;
    }
    if (environment.output == nullptr) continue;
    machine.printError(environment, environment.busybox ? "sh: can't kill pid " + word + ": No such process\n"
                                                        : "sh: 1: kill: No such process\n\n");
    return 1;
  }
  return 0;
}

int trap(Machine& machine, Environment&, const Words& words) {
  for (std::size_t i = 2; i < words.size(); ++i) machine.setTrap(words[i], words[1] == "-" ? "" : words[1]);
  return 0;
}

int pwd(Machine& machine, Environment& environment, const Words&) {
  machine.print(environment, machine.variable(environment, "PWD") + "\n");
  return 0;
}

int cd(Machine& machine, Environment& environment, const Words& words) {
  std::string to = words.size() > 1 ? words[1] : machine.variable(environment, "HOME");
  if (to == "-") to = machine.variable(environment, "OLDPWD");
  to = environment.files.absolute(to);
  const bool known = environment.files.system().image == nullptr || environment.files.isFolder(to);
  if (!known) {
    const bool file = environment.files.read(to).has_value();
    machine.printError(environment,
                       (environment.busybox ? "sh: cd: can't cd to " : "sh: 1: cd: can't cd to ") + words[1] +
                           (file ? ": Not a directory\n" : ": No such file or directory\n"));
    return environment.busybox ? 1 : 2;
  }
  machine.setVariable("OLDPWD", machine.variable(environment, "PWD"));
  machine.setVariable("PWD", to);
  environment.files.enter(to);
  return 0;
}

// stress and stress-ng: memory beyond the container's limit ends it.
int stress(Machine& machine, Environment& environment, const Words& words) {
  std::int64_t bytes = 0;
  for (std::size_t i = 1; i + 1 < words.size(); ++i) {
    if (words[i] == "--vm-bytes") {
      std::string text = words[i + 1];
      if (!text.empty() && (text.back() == 'M' || text.back() == 'G' || text.back() == 'K')) text += 'i';
      bytes = quantityValue(Value(text));
    }
  }
  machine.print(environment, "stress: info: [1] dispatching hogs: 0 cpu, 0 io, 1 vm, 0 hdd\n");
  if (environment.memoryLimit > 0 && bytes > environment.memoryLimit) {
    machine.sleep(std::chrono::milliseconds(500));
    machine.killedForMemory();
    return 137;
  }
  int cpus = 0;
  for (std::size_t i = 1; i + 1 < words.size(); ++i) {
    if (words[i] == "--cpu" || words[i] == "-c") cpus = static_cast<int>(numberOf(words[i + 1]) & 63);
  }
  machine.setHogs(std::max(cpus, 1));
  machine.waitForever();
  return 0;
}

constexpr Utility kBuiltins[] = {
    {":", yes},
    {"[", test},
    {"[[", test},
    {"ash", shell},
    {"bash", shell, false, true},
    {"break", yes},
    {"cd", cd},
    {"command", yes},
    {"continue", yes},
    {"dash", shell},
    {"declare", exportCommand},
    {"echo", echo},
    {"eval", evalCommand},
    {"exec", execCommand},
    {"exit", exitCommand},
    {"export", exportCommand},
    {"false", no},
    {"fg", yes},
    {"kill", killCommand},
    {"local", exportCommand},
    {"nohup", execCommand},
    {"printf", printfCommand},
    {"pwd", pwd},
    {"read", readCommand},
    {"readonly", exportCommand},
    {"return", returnCommand},
    {"set", set},
    {"sh", shell},
    {"shift", yes},
    {"shopt", yes},
    {"sleep", sleepCommand},
    {"stress", stress},
    {"stress-ng", stress},
    {"sync", yes},
    {"test", test},
    {"time", yes},
    {"trap", trap},
    {"true", yes},
    {"ulimit", yes},
    {"unset", unset},
};

}  // namespace

std::span<const Utility> builtinUtilities() { return kBuiltins; }

const Utility* findUtility(std::string_view name) {
  if (const std::size_t slash = name.rfind('/'); slash != std::string_view::npos) {
    // Only the folders of a PATH: a script or program elsewhere is another thing.
    const std::string_view folder = name.substr(0, slash);
    if (folder != "/bin" && folder != "/usr/bin" && folder != "/sbin" && folder != "/usr/sbin")
      return nullptr;
    name.remove_prefix(slash + 1);
  }
  for (const auto& table :
       {builtinUtilities(), textUtilities(), filterUtilities(), fileUtilities(), networkUtilities()}) {
    const auto at = std::find_if(table.begin(), table.end(),
                                 [name](const Utility& utility) { return utility.name == name; });
    if (at != table.end()) return &*at;
  }
  return nullptr;
}

}  // namespace pilothouse::kubelet::shell
