#include <algorithm>
#include <cstdio>
#include <memory>

#include "core/lesson/lesson_reader.hpp"
#include "core/value/duration.hpp"
#include "tests/scenarios/scenario.hpp"

namespace pilothouse::scenario {
namespace {

using lesson::LessonReader;

constexpr std::string_view kVerbs[] = {"apply",         "cordon", "delete", "drain",     "exec",    "heal",
                                       "killContainer", "logs",   "node",   "partition", "request", "run",
                                       "scale",         "start",  "stop",   "uncordon"};

/// Reads steps on top of the lesson reader, whose checks are the same.
class Reader {
 public:
  Reader(const Document& document, const std::string& file, std::vector<lesson::LessonError>& errors)
      : document_(document), reader_(document, file, errors) {}

  Scenario read() {
    const Value& root = document_.value;
    Scenario scenario;
    if (!reader_.isObject(root, "", {"title", "upstream", "cluster", "steps"})) return scenario;
    scenario.title = reader_.text(root, "title", "", true);
    scenario.upstream = reader_.text(root, "upstream", "", true);
    if (const Value& cluster = root["cluster"]; !cluster.isNull()) {
      reader_.isObject(cluster, "cluster", {"preset", "seed"});
      if (!cluster["preset"].isNull()) scenario.preset = reader_.text(cluster, "preset", "cluster", true);
      scenario.seed = static_cast<std::uint64_t>(cluster["seed"].asInt(1));
    }
    const Value& steps = root["steps"];
    if (reader_.isArray(steps, "steps") && steps.empty()) reader_.fail("steps", "must not be empty");
    for (std::size_t i = 0; i < steps.size(); ++i) {
      scenario.steps.push_back(readStep(steps.item(i), "steps[" + std::to_string(i) + "]"));
    }
    return scenario;
  }

 private:
  Step readStep(const Value& value, const std::string& path) {
    Step step;
    step.path = path;
    step.line = document_.positions.value(path).line;
    if (!value.isObject()) {
      reader_.fail(path, "must be a mapping");
      return step;
    }
    for (std::size_t i = 0; i < value.size(); ++i) {
      const Key key = value.memberKeys()[i];
      const Value& member = value.memberValues()[i];
      const std::string at = path + "." + std::string(key.text());
      if (std::find(std::begin(kVerbs), std::end(kVerbs), key.text()) != std::end(kVerbs)) {
        readVerb(key, member, at, step);
      } else if (key.text() == "result") {
        step.result = readResult(member, at);
      } else if (key.text() == "stores") {
        if (member != Value("nothing")) reader_.fail(at, "can only be \"nothing\"");
        step.storesNothing = true;
      } else if (key.text() == "expect") {
        readExpect(member, at, step);
      } else if (key.text() == "events") {
        step.events = readEvents(member, at);
      } else if (key.text() != "note") {
        reader_.fail(at, "unknown field");
      }
    }
    if ((step.result || step.storesNothing) && step.verb.text().empty()) {
      reader_.fail(path, "has a result of nothing that is done");
    }
    return step;
  }

  // Short forms: the manifest, component, url or pair of hosts alone.
  void readVerb(Key verb, const Value& value, const std::string& path, Step& step) {
    if (!step.verb.text().empty() || step.run != SimDuration()) {
      reader_.fail(path, "a step does one thing");
      return;
    }
    if (verb.text() == "run") {
      step.run = readDuration(value, path);
      return;
    }
    step.verb = verb;
    step.arguments = value;
    const auto textIs = [&](std::string_view shortFor, const char* argument) {
      if (verb.text() == shortFor && value.isString()) {
        step.arguments = Value::object({{Key::intern(argument), value}});
      }
    };
    textIs("apply", "manifest");
    textIs("cordon", "node");
    textIs("drain", "node");
    textIs("logs", "pod");
    textIs("request", "url");
    textIs("start", "component");
    textIs("stop", "component");
    textIs("uncordon", "node");
    if (value.isArray() && value.size() == 2 && (verb.text() == "partition" || verb.text() == "heal")) {
      step.arguments = Value::object({{Key::intern("a"), value.item(0)}, {Key::intern("b"), value.item(1)}});
    }
    reader_.isObject(
        step.arguments, path,
        {"a",         "b",     "cascade", "command",  "component",        "container", "deleteEmptyDirData",
         "file",      "force", "from",    "group",    "ignoreDaemonSets", "manifest",  "name",
         "namespace", "node",  "pod",     "previous", "replicas",         "resource",  "selector",
         "tail",      "url"});
  }

  SimDuration readDuration(const Value& value, const std::string& path) {
    const auto parsed = parseDuration(value.asString());
    if (!parsed || *parsed <= SimDuration()) reader_.fail(path, "must be a duration such as 30s");
    return parsed.value_or(SimDuration());
  }

  void readExpect(const Value& value, const std::string& path, Step& step) {
    if (!reader_.isArray(value, path)) return;
    static const Key within = Key::intern("within");
    static const Key notBefore = Key::intern("notBefore");
    static const Key note = Key::intern("note");
    for (std::size_t i = 0; i < value.size(); ++i) {
      const Value& item = value.item(i);
      Expectation expectation;
      expectation.path = path + "[" + std::to_string(i) + "]";
      if (item.has(within)) expectation.within = readDuration(item[within], expectation.path + ".within");
      if (item.has(notBefore)) {
        expectation.notBefore = readDuration(item[notBefore], expectation.path + ".notBefore");
        if (expectation.notBefore > expectation.within) {
          reader_.fail(expectation.path, "notBefore needs a later within");
        }
      }
      expectation.check =
          reader_.readCheck(item.without(within).without(notBefore).without(note), expectation.path);
      step.expect.push_back(std::move(expectation));
    }
  }

  std::vector<ExpectedMessage> readResult(const Value& value, const std::string& path) {
    std::vector<ExpectedMessage> messages;
    if (!reader_.isArray(value, path)) return messages;
    for (std::size_t i = 0; i < value.size(); ++i) {
      const Value& item = value.item(i);
      const std::string at = path + "[" + std::to_string(i) + "]";
      ExpectedMessage& message = messages.emplace_back();
      message.text = item.toString();
      if (item.isString()) continue;
      if (!reader_.isObject(item, at, {"error", "line", "column", "field"})) continue;
      message.error = true;
      message.text = reader_.text(item, "error", at, true);
      if (item["line"].isInt()) message.line = item["line"].asInt();
      if (item["column"].isInt()) message.column = item["column"].asInt();
      if (item["field"].isString()) message.field = item["field"].toString();
    }
    return messages;
  }

  ExpectedEvents readEvents(const Value& value, const std::string& path) {
    ExpectedEvents events;
    if (!reader_.isObject(value, path, {"of", "namespace", "are", "include"})) return events;
    events.of = reader_.text(value, "of", path, true);
    if (!value["namespace"].isNull()) events.ns = reader_.text(value, "namespace", path, true);
    events.whole = !value["are"].isNull();
    if (events.whole == !value["include"].isNull()) reader_.fail(path, "needs one of are and include");
    const std::string member = events.whole ? "are" : "include";
    if (!reader_.isArray(value[member], path + "." + member)) return events;
    for (const Value& line : value[member].items()) events.lines.push_back(line.toString());
    return events;
  }

  const Document& document_;
  LessonReader reader_;
};

}  // namespace

Loaded readScenario(std::string_view text, const std::string& file) {
  Loaded loaded;
  const Documents read = readYaml(text);
  if (read.error) {
    loaded.errors.push_back({file, read.error->at.line, read.error->at.column, "", read.error->message});
  } else if (read.documents.size() != 1) {
    loaded.errors.push_back({file, 0, 0, "", "must be one document"});
  } else {
    loaded.scenario = Reader(read.documents.front(), file, loaded.errors).read();
  }
  return loaded;
}

std::optional<std::string> readFile(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file) return std::nullopt;
  std::string text;
  char buffer[4096];
  for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, file.get())) > 0;) text.append(buffer, n);
  return text;
}

}  // namespace pilothouse::scenario
