// Filters over text, in their usual uses.
#include <algorithm>
#include <utility>

#include "core/kubelet/shell/commands.hpp"

namespace pilothouse::kubelet::shell {
namespace {

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string encodeBase64(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group = group << 8 | (i + j < text.size() ? static_cast<unsigned char>(text[i + j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      out += i + j > text.size() ? '=' : kBase64[group >> (18 - 6 * j) & 63U];
    }
  }
  return out;
}

bool decodeBase64(std::string_view text, std::string& out) {
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '\n' || c == '=') continue;
    const std::size_t at = kBase64.find(c);
    if (at == std::string_view::npos) return false;
    bits = (bits << 6 | static_cast<std::uint32_t>(at)) & 0xffffffU;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>(bits >> count & 255U);
  }
  return true;
}

template <typename Change>
std::string eachLine(const std::string& text, Change change) {
  std::string out;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t eol = std::min(text.find('\n', begin), text.size());
    out += change(text.substr(begin, eol - begin)) + "\n";
    begin = eol + 1;
  }
  return out;
}

// Fields of a line; a null separator stands for any run of blanks.
std::vector<std::string> fieldsOf(const std::string& line, char separator) {
  std::vector<std::string> fields;
  std::string field;
  for (const char c : line) {
    const bool ends = separator == 0 ? c == ' ' || c == '\t' : c == separator;
    if (!ends) {
      field += c;
    } else if (separator != 0 || !field.empty()) {
      fields.push_back(std::exchange(field, ""));
    }
  }
  if (separator != 0 || !field.empty()) fields.push_back(field);
  return fields;
}

int base64(Machine& machine, Environment& environment, const Words& words) {
  bool decode = false;
  std::size_t first = 1;
  for (; first < words.size() && words[first].size() > 1 && words[first][0] == '-'; ++first) {
    decode = decode || words[first] == "-d" || words[first] == "-D" || words[first] == "--decode";
    if (words[first] == "-w") ++first;
  }
  std::string text;
  if (!readInputs(machine, environment, words, first, text)) return 1;
  std::string out;
  if (!decode) out = encodeBase64(text) + "\n";
  if (decode && !decodeBase64(text, out)) {
    machine.print(environment, out);
    machine.printError(environment, "base64: invalid input\n");
    return 1;
  }
  machine.print(environment, out);
  return 0;
}

// cut -d, -f2 and -c1-5 with a single range.
int cut(Machine& machine, Environment& environment, const Words& words) {
  char separator = '\t';
  bool characters = false;
  std::string range;
  std::size_t i = 1;
  for (; i < words.size() && words[i].size() > 1 && words[i][0] == '-'; ++i) {
    const char option = words[i][1];
    std::string value = words[i].substr(2);
    if (value.empty() && i + 1 < words.size()) value = words[++i];
    if (option == 'd' && !value.empty()) separator = value[0];
    if (option == 'f' || option == 'c') range = value;
    characters = characters || option == 'c';
  }
  std::string text;
  if (!readInputs(machine, environment, words, i, text)) return 1;
  const std::size_t dash = range.find('-');
  const auto from = static_cast<std::size_t>(std::max<std::int64_t>(numberOf(range), 1));
  auto to = from;
  if (dash != std::string::npos) {
    const std::int64_t last = numberOf(std::string_view(range).substr(dash + 1));
    to = last > 0 ? static_cast<std::size_t>(last) : Machine::kTextMax;
  }
  machine.print(environment, eachLine(text, [&](const std::string& line) -> std::string {
                  if (characters) return line.size() < from ? "" : line.substr(from - 1, to - from + 1);
                  if (line.find(separator) == std::string::npos) return line;
                  const auto fields = fieldsOf(line, separator);
                  std::string out;
                  for (std::size_t f = from; f <= to && f <= fields.size(); ++f) {
                    out += (f > from ? std::string(1, separator) : "") + fields[f - 1];
                  }
                  return out;
                }));
  return 0;
}

// "a-z" written out.
std::string characterSet(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      const char c = text[++i];
      out += c == 'n' ? '\n' : c == 't' ? '\t' : c;
    } else if (i + 2 < text.size() && text[i + 1] == '-' && text[i] <= text[i + 2]) {
      for (int c = text[i]; c <= text[i + 2]; ++c) out += static_cast<char>(c);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

int tr(Machine& machine, Environment& environment, const Words& words) {
  std::string* input = machine.input();
  if (input == nullptr) return 0;
  const std::string text = std::exchange(*input, "");
  const bool removes = words.size() > 1 && words[1] == "-d";
  if (words.size() < 3) return 1;
  const std::string from = characterSet(words[removes ? 2 : 1]);
  const std::string to = removes ? "" : characterSet(words[2]);
  std::string out;
  for (const char c : text) {
    const std::size_t at = from.find(c);
    if (at == std::string::npos) {
      out += c;
    } else if (!to.empty()) {
      out += to[std::min(at, to.size() - 1)];
    }
  }
  machine.print(environment, out);
  return 0;
}

// s/text/other/ with or without g; the text is taken as it is, not as a pattern.
int sed(Machine& machine, Environment& environment, const Words& words) {
  std::string script;
  std::size_t i = 1;
  for (; i < words.size(); ++i) {
    if (words[i] == "-e" || words[i] == "-n" || words[i] == "-E" || words[i] == "-r") continue;
    script = words[i++];
    break;
  }
  std::string text;
  if (!readInputs(machine, environment, words, i, text)) return 1;
  if (script.size() < 4 || script[0] != 's') {
    machine.print(environment, text);
    return 0;
  }
  const auto parts = fieldsOf(script.substr(2), script[1]);
  const std::string from = parts.empty() ? "" : parts[0];
  const std::string to = parts.size() > 1 ? parts[1] : "";
  const bool all = parts.size() > 2 && parts[2].find('g') != std::string::npos;
  machine.print(environment, eachLine(text, [&](std::string line) {
                  if (from.empty()) return line;
                  for (std::size_t at = 0; (at = line.find(from, at)) != std::string::npos;) {
                    line.replace(at, from.size(), to);
                    at += to.size();
                    if (!all) break;
                  }
                  return line;
                }));
  return 0;
}

// awk '{print $1}', '{print $1, $3}', with -F.
int awk(Machine& machine, Environment& environment, const Words& words) {
  char separator = 0;
  std::size_t i = 1;
  for (; i < words.size() && words[i].size() > 1 && words[i][0] == '-'; ++i) {
    if (words[i][1] != 'F') continue;
    const std::string value = words[i].size() > 2    ? words[i].substr(2)
                              : i + 1 < words.size() ? words[++i]
                                                     : "";
    if (!value.empty() && value != " ") separator = value[0];
  }
  const std::string program = i < words.size() ? words[i++] : "";
  std::string text;
  if (!readInputs(machine, environment, words, i, text)) return 1;
  std::vector<std::int64_t> wanted;
  for (std::size_t at = program.find('$'); at != std::string::npos; at = program.find('$', at + 1)) {
    const std::string_view rest = std::string_view(program).substr(at + 1);
    wanted.push_back(rest.substr(0, 2) == "NF" ? -1 : numberOf(rest));
  }
  if (program.find("print") == std::string::npos || wanted.empty()) {
    machine.print(environment, text);
    return 0;
  }
  machine.print(environment, eachLine(text, [&](const std::string& line) {
                  const auto fields = fieldsOf(line, separator);
                  std::string out;
                  for (const std::int64_t& number : wanted) {
                    const std::size_t at = number < 0 ? fields.size() : static_cast<std::size_t>(number);
                    if (&number != wanted.data()) out += " ";
                    if (at == 0) out += line;
                    if (at > 0 && at <= fields.size()) out += fields[at - 1];
                  }
                  return out;
                }));
  return 0;
}

// What runs in the container: its main process and this one.
int ps(Machine& machine, Environment& environment, const Words& words) {
  std::string main;
  for (const std::string_view part : {"command", "args"}) {
    for (const Value& word : environment.files.spec()[part].items()) {
      main.append(main.empty() ? "" : " ").append(word.asString());
    }
  }
  if (main.empty()) main = std::string(environment.programs.substr(0, environment.programs.find(' ')));
  if (main.empty()) main = "sh";
  if (main.size() > 60) main.resize(60);
  std::string self;
  for (const std::string& word : words) self.append(self.empty() ? "" : " ").append(word);
  const bool full = !environment.busybox && words.size() > 1;
  if (environment.busybox) {
    machine.print(environment, "PID   USER     TIME  COMMAND\n    1 root      0:00 " + main +
                                   "\n   12 root      0:00 " + self + "\n");
  } else if (full) {
    machine.print(environment,
                  "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n"
                  "root           1  0.0  0.0   2576   912 ?        Ss   00:00   0:00 " +
                      main + "\nroot          12  0.0  0.0   7480  3136 ?        R    00:00   0:00 " + self +
                      "\n");
  } else {
    machine.print(environment, "    PID TTY          TIME CMD\n     12 ?        00:00:00 ps\n");
  }
  return 0;
}

constexpr Utility kFilters[] = {
    {"awk", awk}, {"base64", base64}, {"cut", cut}, {"gawk", awk}, {"ps", ps}, {"sed", sed}, {"tr", tr},
};

}  // namespace

std::span<const Utility> filterUtilities() { return kFilters; }

}  // namespace pilothouse::kubelet::shell
