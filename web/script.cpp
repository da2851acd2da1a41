#include <algorithm>
#include <cmath>

#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/sim/trace_line.hpp"
#include "core/value/document.hpp"
#include "web/describe.hpp"
#include "web/ui.hpp"

namespace pilothouse::web {

namespace {

constexpr std::size_t kScriptBytesMax = 20u << 20;
constexpr double kRunSecondsMax = 200000;
constexpr std::size_t kObjectsMax = 10000;
constexpr std::int64_t kTraceLinesMax = 65536;

Key key(std::string_view name) { return Key::intern(name); }

Value failure(std::string_view words) { return Value::object({{key("error"), Value(words)}}); }
Value done() { return Value::object({{key("ok"), true}}); }

std::string hex(std::uint64_t number) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out(16, '0');
  for (std::size_t i = 16; i-- > 0; number >>= 4) out[i] = kDigits[number & 15];
  return out;
}

Value digest(Ui& ui) { return Value(hex(ui.cluster().trace().digest())); }

Value lessonState(Ui& ui) {
  lesson::LessonRunner* runner = ui.course.runner();
  if (runner == nullptr) return {};
  static constexpr const char* kPhases[] = {"predicting", "doing", "done"};
  return Value::object({{key("id"), Value(runner->lesson().id)},
                        {key("step"), static_cast<std::int64_t>(runner->current())},
                        {key("stepId"), Value(runner->step().id)},
                        {key("steps"), static_cast<std::int64_t>(runner->states().size())},
                        {key("phase"), Value(kPhases[static_cast<std::size_t>(runner->state().phase)])},
                        {key("catchingUp"), runner->isCatchingUp()},
                        {key("finished"), runner->finished()}});
}

Value counts(Ui& ui) {
  ObjectBuilder out;
  for (const api::Resource* resource : api::storedResources()) {
    out.set(resource->plural, static_cast<std::int64_t>(ui.cluster().count(*resource)));
  }
  out.set(key("readyPods"), static_cast<std::int64_t>(ui.world.view().readyPods()));
  return out.build();
}

Value state(Ui& ui) {
  const cluster::Pace& pace = ui.world.pace();
  const double elapsed = static_cast<double>(ui.cluster().elapsed().count()) / 1e9;
  return Value::object({{key("counts"), counts(ui)},
                        {key("digest"), digest(ui)},
                        {key("elapsed"), elapsed},
                        {key("achieved"), pace.achieved()},
                        {key("language"), Value(codeOf(ui.language))},
                        {key("lesson"), lessonState(ui)},
                        {key("messages"), static_cast<std::int64_t>(ui.cluster().trace().last())},
                        {key("paused"), pace.paused()},
                        {key("preset"), Value(ui.cluster().session().preset())},
                        {key("revision"), static_cast<std::int64_t>(ui.cluster().revision())},
                        {key("selected"), Value(ui.selection.target())},
                        {key("speed"), pace.speed()},
                        {key("theme"), Value(ui.theme.dark() ? "dark" : "light")},
                        {key("tool"), static_cast<std::int64_t>(ui.tool)}});
}

Value messageValue(const cluster::Message& message) {
  return Value::object({{key("error"), message.error},
                        {key("text"), Value(message.text)},
                        {key("line"), static_cast<std::int64_t>(message.line)},
                        {key("column"), static_cast<std::int64_t>(message.column)},
                        {key("field"), Value(message.field)}});
}

Value result(Ui& ui, const Value& request) {
  const std::int64_t id = request["id"].asInt(0);
  const cluster::InputResult* found = id > 0 ? ui.cluster().result(static_cast<std::uint64_t>(id)) : nullptr;
  if (found == nullptr) return failure("no such input");
  std::vector<Value> messages;
  for (const cluster::Message& message : found->messages) messages.push_back(messageValue(message));
  return Value::object({{key("finished"), found->finished},
                        {key("messages"), Value::array(messages)},
                        {key("ok"), found->ok},
                        {key("verb"), Value(found->verb.text())}});
}

Value given(std::uint64_t id) {
  return Value::object({{key("id"), static_cast<std::int64_t>(id)}, {key("ok"), true}});
}

Value applies(Ui& ui, const Value& request) {
  if (!request["manifest"].isString()) return failure("\"manifest\" must be a text");
  return given(ui.world.input(key("apply"), Value::object({{key("manifest"), request["manifest"]}})));
}

Value inputs(Ui& ui, const Value& request) {
  if (!request["verb"].isString() || !(request["arguments"].isObject() || request["arguments"].isNull())) {
    return failure("\"verb\" must be a text and \"arguments\" an object");
  }
  const Value arguments = request["arguments"].isNull() ? Value::emptyObject() : request["arguments"];
  return given(ui.world.input(key(request["verb"].asString().substr(0, 64)), arguments));
}

Value runs(Ui& ui, const Value& request) {
  const double seconds = request["seconds"].asDouble(-1);
  if (!(seconds >= 0 && seconds <= kRunSecondsMax))
    return failure("\"seconds\" must be between 0 and 200000");
  ui.cluster().simulator().runFor(SimDuration(static_cast<std::int64_t>(std::llround(seconds * 1e9))));
  ui.world.flow().skip(ui.cluster().trace());
  ui.course.update(ui.world, ui.platform);
  return Value::object(
      {{key("elapsed"), static_cast<double>(ui.cluster().elapsed().count()) / 1e9}, {key("ok"), true}});
}

Value objects(Ui& ui, const Value& request) {
  const std::string_view plural = request["resource"].asString();
  const api::Resource* resource = nullptr;
  for (const api::Resource* one : api::allResources()) {
    const bool group = request["group"].isNull() || request["group"].asString() == one->group;
    if (one->plural.text() == plural && group && resource == nullptr) resource = one;
  }
  if (resource == nullptr) return failure("no such resource");
  std::vector<Value> items;
  ui.cluster().forEach(*resource, request["namespace"].asString(), [&](const Value& object) {
    items.push_back(object);
    return items.size() < kObjectsMax;
  });
  return Value::object({{keys::items, Value::array(items)}});
}

Value opens(Ui& ui, const Value& request) {
  if (!request["lesson"].isNull()) {
    const bool fresh = request["fresh"].asBool();
    if (!ui.course.open(request["lesson"].asString(), ui.world, ui.platform, !fresh))
      return failure("no such lesson");
    return done();
  }
  const std::string name = "examples/" + request["example"].toString();
  if (ui.boot.files.count(name) == 0) return failure("no such example");
  ui.actions.push_back({.kind = Action::Kind::OpenExample, .name = name});
  performActions(ui);
  return done();
}

Value resets(Ui& ui, const Value& request) {
  const std::string preset =
      request["preset"].isString() ? request["preset"].toString() : std::string("learning");
  const std::int64_t seed = request["seed"].asInt(static_cast<std::int64_t>(Ui::kSeed));
  ui.course.close(ui.platform);
  ui.world.reset(preset.substr(0, 64), static_cast<std::uint64_t>(seed));
  return done();
}

// A cluster that went through a session's inputs, at that many seconds.
Value restores(Ui& ui, const Value& request) {
  const double seconds = request["seconds"].asDouble(-1);
  if (!(seconds >= 0 && seconds <= kRunSecondsMax))
    return failure("\"seconds\" must be between 0 and 200000");
  Session::Loaded loaded = Session::fromValue(request["session"]);
  if (!loaded.error.empty()) return failure(loaded.error);
  ui.course.close(ui.platform);
  ui.world.restore(std::move(loaded.session.front()),
                   SimDuration(static_cast<std::int64_t>(std::llround(seconds * 1e9))));
  return Value::object({{key("digest"), digest(ui)}, {key("ok"), true}});
}

Value setsTime(Ui& ui, const Value& request) {
  if (!request["speed"].isNull()) {
    const double speed = request["speed"].asDouble(-1);
    if (!(speed >= 0)) return failure("\"speed\" must be a number of at least 0");
    ui.world.setSpeed(speed);
  }
  if (request["paused"].isBool()) ui.world.pace().setPaused(request["paused"].asBool());
  if (request["follow"].isBool()) ui.follow = request["follow"].asBool();
  const std::string_view step = request["step"].asString();
  if (step == "event") ui.world.pace().stepEvent();
  if (step == "message") ui.world.pace().stepMessage();
  return done();
}

// Records of the event log as lines of text, from an id on.
Value traceOf(Ui& ui, const Value& request) {
  const Trace& trace = ui.cluster().trace();
  const std::int64_t count = std::clamp<std::int64_t>(request["count"].asInt(100), 0, kTraceLinesMax);
  std::vector<Value> lines;
  for (std::int64_t id = request["from"].asInt(1); count > static_cast<std::int64_t>(lines.size()); ++id) {
    const TraceRecord* record = id > 0 ? trace.find(static_cast<CauseId>(id)) : nullptr;
    if (record == nullptr) break;
    lines.push_back(Value(traceLine(*record, ui.cluster().network())));
  }
  return Value::object({{key("lines"), Value::array(lines)}});
}

Value whyOf(Ui& ui, const Value& request) {
  const Selection target = Selection::fromTarget(request["target"].asString());
  if (target.kind != Selection::Kind::Object)
    return failure("\"target\" must name an object: pod:default/web");
  const Value object = ui.cluster().find(*target.resource, target.ns, target.name);
  const std::vector<CauseId> about = ui.cluster().trace().about(api::uid(object));
  std::vector<Value> chain;
  if (!about.empty()) {
    for (const TraceRecord& record : ui.cluster().trace().why(about.back())) {
      chain.push_back(Value(describe(record, ui.cluster().network(), ui.language)));
    }
  }
  return Value::object({{key("chain"), Value::array(chain)}});
}

Value selects(Ui& ui, const Value& request) {
  const Selection target = Selection::fromTarget(request["target"].asString());
  ui.select(target);
  performActions(ui);
  return done();
}

Value languages(Ui& ui, const Value& request) {
  const std::string_view language = request["language"].asString();
  if (language != "ko" && language != "en") return failure("\"language\" must be \"ko\" or \"en\"");
  ui.setLanguage(languageOf(language));
  return done();
}

Value answer(Ui& ui, const Value& request) {
  const std::string_view what = request["do"].asString();
  if (what == "state") return state(ui);
  if (what == "digest") return Value::object({{key("digest"), digest(ui)}});
  if (what == "apply") return applies(ui, request);
  if (what == "input") return inputs(ui, request);
  if (what == "result") return result(ui, request);
  if (what == "run") return runs(ui, request);
  if (what == "objects") return objects(ui, request);
  if (what == "open") return opens(ui, request);
  if (what == "reset") return resets(ui, request);
  if (what == "restore") return restores(ui, request);
  if (what == "time") return setsTime(ui, request);
  if (what == "trace") return traceOf(ui, request);
  if (what == "why") return whyOf(ui, request);
  if (what == "select") return selects(ui, request);
  if (what == "language") return languages(ui, request);
  if (what == "editor")
    return Value::object({{key("text"), Value(ui.panels.manifest.editor.buffer().text())}});
  if (what == "session") return ui.cluster().session().toValue();
  return failure("unknown \"do\"");
}

}  // namespace

std::string evaluateScript(Ui& ui, std::string_view json) {
  if (json.size() > kScriptBytesMax) return writeJson(failure("too long"));
  const Documents read = readJson(json);
  if (read.error) return writeJson(failure(read.error->message));
  if (read.documents.size() != 1 || !read.documents.front().value.isObject()) {
    return writeJson(failure("one JSON object is expected"));
  }
  return writeJson(answer(ui, read.documents.front().value));
}

}  // namespace pilothouse::web
