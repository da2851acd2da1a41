#include <algorithm>

#include "core/kubelet/shell/commands.hpp"

namespace pilothouse::kubelet::shell {
namespace {

constexpr std::string_view kMissing = "': No such file or directory\n";

int cat(Machine& machine, Environment& environment, const Words& words) {
  std::string text;
  if (words.size() == 1) {
    std::string* input = machine.inputSome();
    if (input == nullptr) return 0;
    text.swap(*input);
    machine.print(environment, text);
    machine.wantMoreInput();
    return 0;
  }
  int status = 0;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i][0] == '-') continue;
    if (const auto content = environment.files.read(words[i])) {
      machine.print(environment, *content);
    } else if (words[i] == "/etc/hostname") {
      machine.print(environment, std::string(environment.hostname) + "\n");
    } else {
      const bool folder = environment.files.isFolder(words[i]);
      std::string why = "cat: " + words[i] + ": No such file or directory\n";
      if (environment.busybox) why = "cat: can't open '" + words[i] + std::string(kMissing);
      if (folder) why = (environment.busybox ? "cat: read error" : "cat: " + words[i]) + ": Is a directory\n";
      machine.printError(environment, why);
      status = 1;
    }
  }
  return status;
}

int touch(Machine& machine, Environment& environment, const Words& words) {
  int status = 0;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i][0] == '-') continue;
    if (!environment.files.write(words[i], "", true)) {
      machine.printError(environment, "touch: " + words[i] + ": Read-only file system\n");
      status = 1;
    }
  }
  return status;
}

int rm(Machine& machine, Environment& environment, const Words& words) {
  bool force = false;
  bool folders = false;
  int status = 0;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i][0] == '-') {
      force = force || words[i].find('f') != std::string::npos;
      folders = folders || words[i].find('r') != std::string::npos;
      continue;
    }
    bool removed = environment.files.remove(words[i]);
    if (folders) {
      for (const std::string& name : environment.files.list(words[i])) {
        removed = environment.files.remove(words[i] + "/" + name) || removed;
      }
    }
    if (!removed && !force) {
      machine.printError(environment, "rm: can't remove '" + words[i] + std::string(kMissing));
      status = 1;
    }
  }
  return status;
}

int mkdir(Machine&, Environment& environment, const Words& words) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i][0] != '-') environment.files.write(words[i] + "/.", "", true);
  }
  return 0;
}

// One name of `ls`: a line of -l, or the name.
std::string listed(Environment& environment, const std::string& folder, const std::string& name,
                   bool isLong) {
  if (!isLong) return name;
  const std::string path = folder + "/" + name;
  const auto content = environment.files.read(path);
  const bool isFolder = !content && environment.files.isFolder(path);
  std::string size = std::to_string(content ? content->size() : isFolder ? 4096 : 0);
  size.insert(0, 10 - std::min<std::size_t>(size.size(), 10), ' ');
  return std::string(isFolder ? "drwxr-xr-x" : "-rw-r--r--") + (environment.busybox ? "    1 " : " 1 ") +
         (environment.busybox ? "root     root    " : "root root") + size + " Jan  1 00:00 " + name;
}

void printNames(Machine& machine, Environment& environment, const std::vector<std::string>& names,
                bool isLong) {
  const bool oneLine = environment.terminal && !isLong && !names.empty();
  std::string text;
  for (const std::string& name : names)
    text += (oneLine && !text.empty() ? "  " : "") + name + (oneLine ? "" : "\n");
  machine.print(environment, oneLine ? text + "\n" : text);
}

int ls(Machine& machine, Environment& environment, const Words& words) {
  bool isLong = false;
  bool all = false;
  Words operands;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i].size() < 2 || words[i][0] != '-') {
      operands.push_back(words[i]);
      continue;
    }
    isLong = isLong || words[i].find('l') != std::string::npos;
    all = all || words[i].find('a') != std::string::npos;
  }
  if (operands.empty()) operands.emplace_back(".");
  int status = 0;
  for (const std::string& operand : operands) {
    if (environment.files.read(operand) && !environment.files.isFolder(operand)) {
      printNames(machine, environment, {listed(environment, ".", operand, isLong)}, isLong);
      continue;
    }
    if (!environment.files.isFolder(operand)) {
      machine.printError(environment, environment.busybox ? "ls: " + operand + ": No such file or directory\n"
                                                          : "ls: cannot access '" + operand +
                                                                "': No such file or directory\n");
      status = environment.busybox ? 1 : 2;
      continue;
    }
    if (operands.size() > 1) machine.print(environment, operand + ":\n");
    std::vector<std::string> names;
    for (const std::string& name : environment.files.list(operand)) {
      const bool hidden = name[0] == '.' && !all;
      if (name != "." && !hidden) names.push_back(listed(environment, operand, name, isLong));
    }
    if (isLong) machine.print(environment, "total " + std::to_string(names.size() * 4) + "\n");
    printNames(machine, environment, names, isLong);
  }
  return status;
}

int copyOrMove(Machine& machine, Environment& environment, const Words& words) {
  std::vector<std::string> operands;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i][0] != '-') operands.push_back(words[i]);
  }
  if (operands.size() < 2) return 1;
  int status = 0;
  std::string target = operands.back();
  for (std::size_t i = 0; i + 1 < operands.size(); ++i) {
    const auto content = environment.files.read(operands[i]);
    if (!content) {
      machine.printError(environment, words[0] + ": can't stat '" + operands[i] + std::string(kMissing));
      status = 1;
      continue;
    }
    std::string to = target;
    if (to.back() == '/' || !environment.files.list(to).empty()) {
      to += "/" + operands[i].substr(operands[i].rfind('/') + 1);
    }
    if (!environment.files.write(to, *content, false)) status = 1;
    if (words[0] == "mv") environment.files.remove(operands[i]);
  }
  return status;
}

int tee(Machine& machine, Environment& environment, const Words& words) {
  std::string text;
  if (machine.input() != nullptr) text.swap(*machine.input());
  bool append = false;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] == "-a") {
      append = true;
    } else {
      environment.files.write(words[i], text, append);
    }
  }
  machine.print(environment, text);
  return 0;
}

int fine(Machine&, Environment&, const Words&) { return 0; }

constexpr Utility kFiles[] = {
    {"apk", fine},      {"apt-get", fine},  {"cat", cat},      {"chmod", fine},  {"chown", fine},
    {"cp", copyOrMove}, {"dd", fine},       {"df", fine},      {"du", fine},     {"find", ls},
    {"git", fine},      {"ln", fine},       {"ls", ls},        {"mkdir", mkdir}, {"mknod", fine},
    {"mount", fine},    {"mv", copyOrMove}, {"rm", rm},        {"sysctl", fine}, {"tar", fine},
    {"tee", tee},       {"touch", touch},   {"install", fine}, {"gzip", fine},   {"iptables", fine},
};

}  // namespace

std::span<const Utility> fileUtilities() { return kFiles; }

}  // namespace pilothouse::kubelet::shell
