#include "tests/scenarios/transcript.hpp"

#include <algorithm>

#include "core/api/object.hpp"
#include "core/value/document.hpp"

namespace pilothouse::scenario {
namespace {

constexpr std::size_t kEventsMax = 10000;
constexpr std::size_t kObjectsShown = 6;
constexpr std::size_t kValueShown = 300;

std::string indented(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += "      " + line + "\n";
  return text.empty() ? "      (nothing)\n" : text;
}

std::string eventLine(const Value& event) {
  const Value& component = event["source"]["component"];
  const std::int64_t count = std::max(event["count"].asInt(1), event["series"]["count"].asInt(1));
  std::string line = event["type"].toString() + " " + event["reason"].toString() + " ";
  line += component.isNull() ? event["reportingComponent"].toString() : component.toString();
  if (count > 1) line += " (x" + std::to_string(count) + ")";
  std::string message = event["message"].toString();
  while (!message.empty() && message.back() == '\n') message.pop_back();  // a probe's output ends its line
  return line + ": " + message;
}

std::vector<std::string> eventLines(const ExpectedEvents& expected, const cluster::Cluster& cluster) {
  auto entries = cluster.etcd("/registry/events/" + expected.ns + "/", kEventsMax);
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.createRevision < b.createRevision; });
  std::vector<std::string> lines;
  for (const auto& entry : entries) {
    const Value& object = entry.value["involvedObject"];
    if (isLike(object["kind"].toString() + "/" + object["name"].toString(), expected.of)) {
      lines.push_back(eventLine(entry.value));
    }
  }
  return lines;
}

std::string printed(const std::vector<Value>& values) {
  if (values.empty()) return "nothing";
  std::string text;
  for (const Value& value : values) text += (text.empty() ? "" : ", ") + writeJson(value);
  return text.substr(0, kValueShown);
}

/// How many of a check's conditions an object meets before one that it does not, and what that one finds.
struct Looked {
  std::size_t met = 0;
  std::string line;
};

Looked look(const lesson::Check& check, const Value& object) {
  Looked looked;
  looked.line = std::string(api::name(object)) + ": ";
  for (const lesson::Check::Where& where : check.where) {
    const std::vector<Value> found = where.path.find(object);
    if (std::none_of(found.begin(), found.end(),
                     [&](const Value& value) { return where.comparison.holds(value); })) {
      looked.line += where.text + " is " + printed(found);
      return looked;
    }
    ++looked.met;
  }
  looked.line += "meets all conditions";
  return looked;
}

std::string describe(const cluster::Message& message) {
  std::string text = (message.error ? "error: " : "") + message.text;
  if (message.line > 0) {
    text += " [line " + std::to_string(message.line) + ", column " + std::to_string(message.column) +
            ", field \"" + message.field + "\"]";
  }
  return text;
}

bool isAsExpected(const ExpectedMessage& expected, const cluster::Message& message) {
  return expected.error == message.error && isLike(message.text, expected.text) &&
         (!expected.line || *expected.line == static_cast<std::int64_t>(message.line)) &&
         (!expected.column || *expected.column == static_cast<std::int64_t>(message.column)) &&
         (!expected.field || *expected.field == message.field);
}

}  // namespace

bool isLike(std::string_view text, std::string_view pattern) {
  // The last star seen takes one character more whenever what follows it does not fit.
  std::size_t t = 0;
  std::size_t p = 0;
  std::size_t star = std::string_view::npos;
  std::size_t taken = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++taken;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::string difference(const std::vector<ExpectedMessage>& expected,
                       const std::vector<cluster::Message>& messages) {
  bool same = expected.size() == messages.size();
  for (std::size_t i = 0; same && i < expected.size(); ++i) same = isAsExpected(expected[i], messages[i]);
  if (same) return "";
  std::vector<std::string> said;
  for (const cluster::Message& message : messages) said.push_back(describe(message));
  std::vector<std::string> wanted;
  for (const ExpectedMessage& message : expected) {
    wanted.push_back(
        describe({message.error, message.text, static_cast<std::size_t>(message.line.value_or(0)),
                  static_cast<std::size_t>(message.column.value_or(0)), message.field.value_or("*")}));
  }
  return "    the result should be\n" + indented(wanted) + "    and is\n" + indented(said);
}

std::string difference(const ExpectedEvents& expected, const cluster::Cluster& cluster) {
  const std::vector<std::string> lines = eventLines(expected, cluster);
  std::size_t next = 0;
  bool strange = false;
  for (const std::string& line : lines) {
    if (next < expected.lines.size() && isLike(line, expected.lines[next])) {
      ++next;
    } else {
      strange = true;
    }
  }
  if (next == expected.lines.size() && !(expected.whole && strange)) return "";
  const std::string missing =
      next < expected.lines.size() ? "    not found: " + expected.lines[next] + "\n" : "";
  return "    the events of " + expected.of + " should " + (expected.whole ? "be\n" : "include\n") +
         indented(expected.lines) + "    and are\n" + indented(lines) + missing;
}

std::string whyNot(const lesson::Check& check, lesson::World& world) {
  std::string text;
  if (check.kind != lesson::Check::Kind::Objects) {
    for (const lesson::Check& part : check.parts) text += whyNot(part, world);
    return text;
  }
  std::vector<Looked> looked;
  world.forEach(check.group, check.plural, check.ns, [&](const Value& object) {
    if (!check.name.empty() && api::name(object) != check.name) return;
    if (check.selector.matches(api::labels(object))) looked.push_back(look(check, object));
  });
  // Those that come nearest tell most.
  std::stable_sort(looked.begin(), looked.end(),
                   [](const Looked& a, const Looked& b) { return a.met > b.met; });
  const auto met = std::count_if(looked.begin(), looked.end(),
                                 [&](const Looked& one) { return one.met == check.where.size(); });
  std::vector<std::string> shown;
  for (std::size_t i = 0; i < std::min(looked.size(), kObjectsShown); ++i) shown.push_back(looked[i].line);
  return "    " + std::to_string(met) + " of " + std::to_string(looked.size()) + " " + check.plural + " " +
         check.name + check.selectorText + " meet the conditions\n" + indented(shown);
}

}  // namespace pilothouse::scenario
