#include "core/lesson/runner.hpp"

#include <algorithm>
#include <cassert>

#include "core/api/object.hpp"

namespace pilothouse::lesson {
namespace {

const Key kBaseline = Key::intern("baseline");
const Key kChoiceBaselines = Key::intern("choiceBaselines");
const Key kEditor = Key::intern("editor");
const Key kFresh = Key::intern("fresh");
const Key kFile = Key::intern("file");
const Key kGroup = Key::intern("group");
const Key kHighlight = Key::intern("highlight");
const Key kHints = Key::intern("hints");
const Key kLesson = Key::intern("lesson");
const Key kManifest = Key::intern("manifest");
const Key kOpened = Key::intern("opened");
const Key kPhase = Key::intern("phase");
const Key kPredicted = Key::intern("predicted");
const Key kResource = Key::intern("resource");
const Key kRight = Key::intern("right");
const Key kSelector = Key::intern("selector");
const Key kShown = Key::intern("shown");
const Key kSpeed = Key::intern("speed");
const Key kStep = Key::intern("step");
const Key kSteps = Key::intern("steps");

constexpr double kCatchUpSpeed = 50;

Value baselineValue(const Baseline& baseline) {
  std::vector<Value> leaves;
  for (const auto& uids : baseline) {
    const std::vector<Value> texts(uids.begin(), uids.end());
    leaves.push_back(Value::array(texts));
  }
  return Value::array(leaves);
}

Baseline baselineOf(const Value& value) {
  Baseline baseline;
  for (const Value& leaf : value.items()) {
    std::vector<std::string>& uids = baseline.emplace_back();
    for (const Value& uid : leaf.items()) uids.push_back(uid.toString());
    std::sort(uids.begin(), uids.end());
  }
  return baseline;
}

std::string fileText(const Lesson& lesson, const Value& arguments) {
  const auto found = lesson.files.find(arguments[kFile].toString());
  assert(found != lesson.files.end());  // the loader refused it otherwise
  return found == lesson.files.end() ? std::string() : found->second;
}

/// The first object, in order of name, that a selector among the arguments finds.
Value resolved(const Value& arguments, World& world) {
  const LabelSelector selector = parseLabelSelector(arguments[kSelector].asString()).selector;
  const Value& ns = arguments[keys::namespace_];
  Value name;
  world.forEach(
      arguments[kGroup].asString(), arguments[kResource].asString(), ns.isNull() ? "default" : ns.asString(),
      [&](const Value& object) {
        if (name.isNull() && selector.matches(api::labels(object)) && !api::isBeingDeleted(object)) {
          name = api::meta(object)[keys::name];
        }
      });
  return arguments.without(kSelector).with(keys::name, name.isNull() ? Value("none") : name);
}

}  // namespace

LessonRunner::LessonRunner(const Lesson& lesson, World& world)
    : lesson_(lesson), world_(world), states_(lesson.steps.size()) {
  assert(!lesson.steps.empty());
}

void LessonRunner::start() {
  states_.assign(lesson_.steps.size(), StepState());
  catchUpTo_ = 0;
  world_.reset(lesson_.preset, lesson_.seed);
  open(0);
}

void LessonRunner::open(std::size_t index) {
  current_ = index;
  viewed_ = index;
  if (index == catchUpTo_ && index > 0) world_.setSpeed(1);
  StepState& state = states_[index];
  if (!isCatchingUp()) state = StepState();
  state.opened = true;
  state.phase = StepState().phase;
  everLooked_ = false;
  holdsSince_.reset();
  ++changes_;
  world_.highlight(step().point);
  for (const Action& action : step().world) perform(action);
  if (!step().choices.empty() && !isCatchingUp()) {
    state.phase = Phase::Predicting;
    return;
  }
  beginDoing();
}

void LessonRunner::beginDoing() {
  StepState& state = states_[current_];
  state.phase = Phase::Doing;
  ++changes_;
  baseline_ = step().check ? takeBaseline(*step().check, world_) : Baseline();
  choiceBaselines_.clear();
  for (const Choice& choice : step().choices) choiceBaselines_.push_back(takeBaseline(choice.check, world_));
  for (const Action& action : step().afterPrediction) perform(action);
  if (!step().check) finishStep();
  if (isCatchingUp()) {
    for (const Action& action : step().show) perform(action);
  }
}

void LessonRunner::perform(const Action& action) {
  if (action.verb == kSpeed) {
    if (!isCatchingUp()) world_.setSpeed(action.arguments.asDouble(1));
  } else if (action.verb == kEditor) {
    world_.openManifest(action.arguments[kFile].asString(), fileText(lesson_, action.arguments));
  } else if (action.verb == kFresh) {
    world_.reset(lesson_.preset, lesson_.seed);
    if (isCatchingUp()) world_.setSpeed(kCatchUpSpeed);
  } else if (action.verb == kHighlight) {
    world_.highlight(action.arguments.asString());
  } else if (!action.arguments[kFile].isNull()) {
    world_.input(action.verb,
                 action.arguments.without(kFile).with(kManifest, Value(fileText(lesson_, action.arguments))));
  } else if (!action.arguments[kSelector].isNull()) {
    world_.input(action.verb, resolved(action.arguments, world_));
  } else {
    world_.input(action.verb, action.arguments);
  }
}

bool LessonRunner::checkHolds() {
  const Check& check = *step().check;
  const std::uint64_t revision = world_.revision();
  if (!everLooked_ || revision != lookedAtRevision_) {
    everLooked_ = true;
    lookedAtRevision_ = revision;
    const bool now = holds(check, world_, baseline_);
    if (!now) holdsSince_.reset();
    if (now && !holdsSince_) holdsSince_ = world_.elapsed();
  }
  return holdsSince_ && world_.elapsed() - *holdsSince_ >= check.holdsFor;
}

void LessonRunner::finishStep() {
  StepState& state = states_[current_];
  state.phase = Phase::Done;
  state.right.clear();
  for (std::size_t i = 0; i < choiceBaselines_.size(); ++i) {
    if (holds(step().choices[i].check, world_, choiceBaselines_[i]))
      state.right.push_back(static_cast<int>(i));
  }
  ++changes_;
}

void LessonRunner::update() {
  if (state().phase == Phase::Doing && checkHolds()) finishStep();
  if (isCatchingUp() && state().phase == Phase::Done) open(current_ + 1);
}

bool LessonRunner::finished() const { return states_.back().phase == Phase::Done; }

void LessonRunner::predict(int choice) {
  if (state().phase != Phase::Predicting || choice < 0 ||
      static_cast<std::size_t>(choice) >= step().choices.size()) {
    return;
  }
  states_[current_].predicted = choice;
  beginDoing();
}

void LessonRunner::next() {
  if (state().phase == Phase::Done && current_ + 1 < lesson_.steps.size() && !isCatchingUp()) {
    catchUpTo_ = 0;
    open(current_ + 1);
  }
}

void LessonRunner::view(std::size_t step) {
  if (step >= states_.size() || !states_[step].opened || step == viewed_) return;
  viewed_ = step;
  ++changes_;
}

void LessonRunner::showHint() {
  states_[current_].hints += 1;
  ++changes_;
}

void LessonRunner::showMe() {
  if (state().phase != Phase::Doing) return;
  states_[current_].shown = true;
  ++changes_;
  for (const Action& action : step().show) perform(action);
}

void LessonRunner::repeatStep() {
  catchUpTo_ = current_;
  world_.reset(lesson_.preset, lesson_.seed);
  if (catchUpTo_ > 0) world_.setSpeed(kCatchUpSpeed);
  open(0);
}

Value LessonRunner::progress() const {
  std::vector<Value> steps;
  for (const StepState& state : states_) {
    const std::vector<Value> right(state.right.begin(), state.right.end());
    steps.push_back(Value::object({{kHints, state.hints},
                                   {kOpened, state.opened},
                                   {kPhase, static_cast<int>(state.phase)},
                                   {kPredicted, state.predicted},
                                   {kRight, Value::array(right)},
                                   {kShown, state.shown}}));
  }
  std::vector<Value> choices;
  for (const Baseline& baseline : choiceBaselines_) choices.push_back(baselineValue(baseline));
  return Value::object({{kBaseline, baselineValue(baseline_)},
                        {kChoiceBaselines, Value::array(choices)},
                        {kLesson, Value(lesson_.id)},
                        {kStep, static_cast<std::int64_t>(current_)},
                        {kSteps, Value::array(steps)}});
}

bool LessonRunner::resume(const Value& progress) {
  const std::int64_t step = progress[kStep].asInt(-1);
  const Value& steps = progress[kSteps];
  if (progress[kLesson] != Value(lesson_.id) || steps.size() != states_.size() || step < 0 ||
      static_cast<std::size_t>(step) >= states_.size()) {
    return false;
  }
  std::vector<StepState> states;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Value& kept = steps.item(i);
    const auto choices = static_cast<std::int64_t>(lesson_.steps[i].choices.size());
    StepState& state = states.emplace_back();
    const std::int64_t phase = kept[kPhase].asInt(-1);
    const std::int64_t predicted = kept[kPredicted].asInt(-2);
    if (phase < 0 || phase > 2 || predicted < -1 || predicted >= choices) return false;
    state.phase = static_cast<Phase>(phase);
    state.opened = kept[kOpened].asBool();
    state.predicted = static_cast<int>(predicted);
    state.hints = static_cast<int>(std::clamp<std::int64_t>(kept[kHints].asInt(), 0, 99));
    state.shown = kept[kShown].asBool();
    for (const Value& right : kept[kRight].items()) {
      if (right.asInt(-1) < 0 || right.asInt(-1) >= choices) return false;
      state.right.push_back(static_cast<int>(right.asInt()));
    }
  }
  states_ = std::move(states);
  current_ = static_cast<std::size_t>(step);
  viewed_ = current_;
  catchUpTo_ = 0;
  baseline_ = baselineOf(progress[kBaseline]);
  choiceBaselines_.clear();
  for (const Value& baseline : progress[kChoiceBaselines].items()) {
    choiceBaselines_.push_back(baselineOf(baseline));
  }
  if (choiceBaselines_.size() > this->step().choices.size()) choiceBaselines_.clear();
  everLooked_ = false;
  holdsSince_.reset();
  ++changes_;
  world_.highlight(this->step().point);
  return true;
}

}  // namespace pilothouse::lesson
