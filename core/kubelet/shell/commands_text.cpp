#include <algorithm>
#include <utility>

#include "core/kubelet/shell/commands.hpp"

namespace pilothouse::kubelet::shell {

std::string dateText(SimTime now, std::string_view format) {
  const Value stamp = timestamp(now);
  const std::string_view iso = stamp.asString();  // 2026-01-01T00:00:05Z
  const auto epoch = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  const auto days = epoch / 86400;
  constexpr std::string_view kDays = "ThuFriSatSunMonTueWed";  // 1970-01-01 was a Thursday
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const auto weekday = static_cast<std::size_t>(((days % 7) + 7) % 7);
  const auto month = static_cast<std::size_t>(numberOf(iso.substr(5, 2)) - 1);
  std::string day(iso.substr(8, 2));
  if (day[0] == '0') day[0] = ' ';
  if (format.empty()) {
    return std::string(kDays.substr(weekday * 3, 3)) + " " + std::string(kMonths.substr(month * 3, 3)) + " " +
           day + " " + std::string(iso.substr(11, 8)) + " UTC " + std::string(iso.substr(0, 4));
  }
  std::string out;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%' || i + 1 == format.size()) {
      out += format[i];
      continue;
    }
    switch (format[++i]) {
      case 'Y':
        out += iso.substr(0, 4);
        break;
      case 'm':
        out += iso.substr(5, 2);
        break;
      case 'd':
        out += iso.substr(8, 2);
        break;
      case 'H':
        out += iso.substr(11, 2);
        break;
      case 'M':
        out += iso.substr(14, 2);
        break;
      case 'S':
        out += iso.substr(17, 2);
        break;
      case 'T':
        out += iso.substr(11, 8);
        break;
      case 'F':
        out += iso.substr(0, 10);
        break;
      case 's':
        out += std::to_string(epoch);
        break;
      case 'Z':
        out += "UTC";
        break;
      default:
        break;
    }
  }
  return out;
}

bool readInputs(Machine& machine, Environment& environment, const Words& words, std::size_t first,
                std::string& text) {
  bool any = false;
  bool ok = true;
  for (std::size_t i = first; i < words.size(); ++i) {
    if (words[i] == "-") continue;
    any = true;
    if (const auto content = environment.files.read(words[i])) {
      text += *content;
    } else {
      machine.printError(environment,
                         words[0] + ": can't open '" + words[i] + "': No such file or directory\n");
      ok = false;
    }
  }
  if (!any && machine.input() != nullptr) text = std::exchange(*machine.input(), "");
  return ok;
}

namespace {

std::vector<std::string> linesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t eol = text.find('\n', begin);
    lines.push_back(text.substr(begin, eol == std::string::npos ? eol : eol - begin));
    begin = eol == std::string::npos ? text.size() : eol + 1;
  }
  return lines;
}

// Options ("-n 5", "-5", "-q") up to the first operand; numbers go to `count`.
std::size_t skipOptions(const Words& words, std::int64_t& count, std::string& letters) {
  std::size_t i = 1;
  for (; i < words.size() && words[i].size() > 1 && words[i][0] == '-'; ++i) {
    if (words[i] == "-n" || words[i] == "-c") {
      letters += words[i][1];
      if (i + 1 < words.size()) count = numberOf(words[++i]);
    } else if (words[i][1] >= '0' && words[i][1] <= '9') {
      count = numberOf(words[i].substr(1));
    } else {
      letters += words[i].substr(1);
    }
  }
  return i;
}

int date(Machine& machine, Environment& environment, const Words& words) {
  std::string_view format;
  for (const std::string& word : words) {
    if (word.size() > 1 && word[0] == '+') format = std::string_view(word).substr(1);
  }
  machine.print(environment, dateText(machine.clock(), format) + "\n");
  return 0;
}

int headOrTail(Machine& machine, Environment& environment, const Words& words) {
  std::int64_t count = 10;
  std::string letters;
  const std::size_t first = skipOptions(words, count, letters);
  std::string text;
  if (words[0] == "tail" && letters.find_first_of("fF") != std::string::npos) {
    for (std::size_t i = first; i < words.size(); ++i) {
      machine.print(environment, environment.files.read(words[i]).value_or(""));
    }
    machine.waitForever();
    return 0;
  }
  const bool ok = readInputs(machine, environment, words, first, text);
  const auto lines = linesOf(text);
  const auto wanted = static_cast<std::size_t>(std::max<std::int64_t>(count, 0));
  const std::size_t shown = std::min(lines.size(), wanted);
  const std::size_t begin = words[0] == "tail" ? lines.size() - shown : 0;
  for (std::size_t i = begin; i < begin + shown; ++i) machine.print(environment, lines[i] + "\n");
  return ok ? 0 : 1;
}

int grep(Machine& machine, Environment& environment, const Words& words) {
  std::string letters;
  std::size_t i = 1;
  for (; i < words.size() && words[i].size() > 1 && words[i][0] == '-'; ++i) letters += words[i].substr(1);
  if (i >= words.size()) return 2;
  const std::string& pattern = words[i];
  std::string text;
  if (!readInputs(machine, environment, words, i + 1, text)) return 2;
  const bool inverted = letters.find('v') != std::string::npos;
  std::int64_t count = 0;
  for (const std::string& line : linesOf(text)) {
    if ((line.find(pattern) != std::string::npos) == inverted) continue;
    ++count;
    if (letters.find_first_of("qc") == std::string::npos) machine.print(environment, line + "\n");
  }
  if (letters.find('c') != std::string::npos) machine.print(environment, std::to_string(count) + "\n");
  return count > 0 ? 0 : 1;
}

int wc(Machine& machine, Environment& environment, const Words& words) {
  std::int64_t unused = 0;
  std::string letters;
  const std::size_t first = skipOptions(words, unused, letters);
  std::string text;
  if (!readInputs(machine, environment, words, first, text)) return 1;
  std::size_t inWords = 0;
  bool inWord = false;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n' || c == '\t';
    if (!blank && !inWord) ++inWords;
    inWord = !blank;
  }
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  std::string out;
  if (letters == "l") out = std::to_string(lines);
  if (letters == "w") out = std::to_string(inWords);
  if (letters.find('c') != std::string::npos) out = std::to_string(text.size());
  if (out.empty()) {
    out = std::to_string(lines) + " " + std::to_string(inWords) + " " + std::to_string(text.size());
  }
  machine.print(environment, out + "\n");
  return 0;
}

int seq(Machine& machine, Environment& environment, const Words& words) {
  if (words.size() < 2) return 1;
  const std::int64_t last = numberOf(words.back());
  const std::int64_t first = words.size() > 2 ? numberOf(words[1]) : 1;
  const std::int64_t step = words.size() > 3 ? numberOf(words[2]) : 1;
  if (step == 0) return 1;
  std::string text;
  for (std::int64_t i = first; (step > 0 ? i <= last : i >= last) && text.size() < Machine::kTextMax;
       i += step) {
    text += std::to_string(i) + "\n";
  }
  machine.print(environment, text);
  return 0;
}

int expr(Machine& machine, Environment& environment, const Words& words) {
  std::int64_t result = words.size() > 1 ? numberOf(words[1]) : 0;
  for (std::size_t i = 2; i + 1 < words.size(); i += 2) {
    const std::int64_t right = numberOf(words[i + 1]);
    const std::string& op = words[i];
    const auto a = static_cast<std::uint64_t>(result);
    const auto b = static_cast<std::uint64_t>(right);
    if (op == "+") result = static_cast<std::int64_t>(a + b);
    if (op == "-") result = static_cast<std::int64_t>(a - b);
    if (op == "*") result = static_cast<std::int64_t>(a * b);
    if (op == "/" || op == "%") {
      if (right == 0 || right == -1) return 2;
      result = op == "/" ? result / right : result % right;
    }
  }
  machine.print(environment, std::to_string(result) + "\n");
  return result == 0 ? 1 : 0;
}

int env(Machine& machine, Environment& environment, const Words& words) {
  if (words.size() > 1) {
    if (!machine.hasVariable(environment, words[1])) return 1;
    machine.print(environment, machine.variable(environment, words[1]) + "\n");
    return 0;
  }
  std::string text;
  for (const std::string_view name : {"PATH", "HOSTNAME"}) {
    text += std::string(name) + "=" + machine.variable(environment, name) + "\n";
  }
  if (environment.variables != nullptr) {
    for (const Value& variable : environment.variables->items()) {
      text += variable["name"].toString() + "=" + variable["value"].toString() + "\n";
    }
  }
  for (const ClusterVariable& variable : clusterVariables()) {
    text.append(variable.name).append("=").append(variable.value).append("\n");
  }
  text += "HOME=" + machine.variable(environment, "HOME") + "\n";
  machine.print(environment, text);
  return 0;
}

std::string unameText(const Environment& environment, const Words& words) {
  const std::string option = words.size() > 1 ? words[1] : "";
  if (option == "-a") {
    return "Linux " + std::string(environment.hostname) +
           " 6.1.0-37-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.140-1 (2025-05-22) x86_64 GNU/Linux";
  }
  if (option == "-r") return "6.1.0-37-amd64";
  if (option == "-n") return std::string(environment.hostname);
  return option == "-m" ? "x86_64" : "Linux";
}

int sayConstant(Machine& machine, Environment& environment, const Words& words) {
  if (words[0] == "hostname") machine.print(environment, std::string(environment.hostname) + "\n");
  const Value& user = environment.files.spec()["securityContext"]["runAsUser"];
  const std::string uid = std::to_string(user.asInt());
  if (words[0] == "whoami") {
    if (user.asInt() != 0) {
      machine.printError(environment, "whoami: unknown uid " + uid + "\n");
      return 1;
    }
    machine.print(environment, "root\n");
  }
  if (words[0] == "id") {
    const std::string who = user.asInt() == 0 ? "0(root)" : uid;
    machine.print(environment, words.size() > 1 && words[1] == "-u"
                                   ? uid + "\n"
                                   : "uid=" + who + " gid=0(root) groups=0(root)\n");
  }
  if (words[0] == "uname") machine.print(environment, unameText(environment, words) + "\n");
  if (words[0] == "nproc") machine.print(environment, "1\n");
  return 0;
}

// Filters whose programs are not interpreted: the text passes through.
int passThrough(Machine& machine, Environment& environment, const Words& words) {
  std::string text;
  if (machine.input() != nullptr) text = std::exchange(*machine.input(), "");
  if (words[0] == "sort" || words[0] == "uniq") {
    auto lines = linesOf(text);
    if (words[0] == "sort") std::sort(lines.begin(), lines.end());
    if (words[0] == "uniq") lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
    text.clear();
    for (const std::string& line : lines) text += line + "\n";
  }
  machine.print(environment, text);
  return 0;
}

int which(Machine& machine, Environment& environment, const Words& words) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i][0] == '-') continue;
    if (findUtility(words[i]) == nullptr) return 1;
    machine.print(environment, "/bin/" + words[i] + "\n");
  }
  return 0;
}

constexpr Utility kText[] = {
    {"date", date},
    {"env", env},
    {"expr", expr},
    {"grep", grep},
    {"egrep", grep},
    {"head", headOrTail},
    {"hostname", sayConstant},
    {"id", sayConstant},
    {"jq", passThrough},
    {"md5sum", passThrough},
    {"nproc", sayConstant},
    {"printenv", env},
    {"seq", seq},
    {"sha256sum", passThrough},
    {"sort", passThrough},
    {"tail", headOrTail},
    {"uname", sayConstant},
    {"uniq", passThrough},
    {"wc", wc},
    {"which", which},
    {"whoami", sayConstant},
    {"xargs", passThrough},
};

}  // namespace

std::span<const Utility> textUtilities() { return kText; }

}  // namespace pilothouse::kubelet::shell
