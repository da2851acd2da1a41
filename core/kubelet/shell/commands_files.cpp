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
      const std::string_view open = environment.busybox ? "cat: can't open '" : "cat: '";
      machine.printError(environment, environment.busybox
                                          ? std::string(open) + words[i] + std::string(kMissing)
                                          : "cat: " + words[i] + ": No such file or directory\n");
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

int ls(Machine& machine, Environment& environment, const Words& words) {
  std::string folder = machine.variable(environment, "PWD");
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i][0] != '-') folder = words[i];
  }
  if (environment.files.read(folder)) {
    machine.print(environment, folder + "\n");
    return 0;
  }
  const auto names = environment.files.list(folder);
  const bool known = folder == "/" || folder == "/tmp" || folder == "/etc" || folder == "/dev";
  if (names.empty() && !known && !environment.files.exists(folder)) {
    machine.printError(environment, "ls: " + folder + ": No such file or directory\n");
    return 1;
  }
  if (folder == "/") {
    machine.print(environment, "bin\ndev\netc\nhome\nproc\nroot\nsys\ntmp\nusr\nvar\n");
  }
  for (const std::string& name : names) {
    if (name != ".") machine.print(environment, name + "\n");
  }
  return 0;
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
