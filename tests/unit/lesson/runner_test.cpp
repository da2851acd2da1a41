#include "core/lesson/runner.hpp"

#include <doctest/doctest.h>

#include "core/api/object.hpp"

using namespace pilothouse;
using namespace pilothouse::lesson;
using namespace std::chrono_literals;

namespace {

/// A cluster of pods alone: "add" and "delete" inputs change it at once.
class FakeWorld : public World {
 public:
  std::vector<Value> pods;
  std::vector<std::string> log;
  SimDuration now{};
  std::uint64_t rev = 1;
  int nextUid = 1;

  void addPod(std::string_view name) {
    pods.push_back(Value::object(
        {{keys::metadata, Value::object({{keys::name, Value(name)},
                                         {keys::namespace_, "default"},
                                         {keys::labels, Value::object({{Key::intern("app"), "web"}})},
                                         {keys::uid, Value("uid-" + std::to_string(nextUid++))}})}}));
    ++rev;
  }
  void forEach(std::string_view, std::string_view plural, std::string_view,
               const std::function<void(const Value&)>& visit) override {
    if (plural != "pods") return;
    for (const Value& pod : pods) visit(pod);
  }
  std::uint64_t revision() override { return rev; }
  SimDuration elapsed() override { return now; }
  std::uint64_t input(Key verb, const Value& arguments) override {
    log.push_back(std::string(verb.text()) + " " + arguments[keys::name].toString() +
                  arguments[Key::intern("manifest")].toString());
    if (verb.text() == "apply") addPod("web-" + std::to_string(nextUid));
    if (verb.text() == "delete") {
      std::erase_if(pods,
                    [&](const Value& pod) { return api::name(pod) == arguments[keys::name].asString(); });
      ++rev;
    }
    return 0;
  }
  void setSpeed(double speed) override { log.push_back("speed " + std::to_string(static_cast<int>(speed))); }
  void reset(std::string_view, std::uint64_t) override {
    pods.clear();
    ++rev;
    log.emplace_back("reset");
  }
  void openManifest(std::string_view name, std::string_view) override {
    log.push_back("open " + std::string(name));
  }
  void highlight(std::string_view target) override { log.push_back("point " + std::string(target)); }
};

Lesson lessonOf(const std::string& steps, const std::string& words) {
  const LoadedLesson loaded =
      loadLesson({{"lessons/x/lesson.yaml", "cluster: {preset: p, seed: 1}\nminutes: 1\nsteps:\n" + steps},
                  {"lessons/x/ko.md", words},
                  {"lessons/x/en.md", words},
                  {"lessons/x/web.yaml", "WEB"}},
                 "lessons/x");
  for (const LessonError& error : loaded.errors) FAIL(error.text());
  return loaded.lesson;
}

Lesson twoSteps() {
  return lessonOf(R"(  - id: make
    task: {resource: pods, count: 2}
    show: [{apply: {file: web.yaml}}, {apply: {file: web.yaml}}]
  - id: replace
    predict:
      - {id: two, check: {resource: pods, count: 2}}
      - {id: three, check: {resource: pods, count: 3}}
      - {id: fresh, check: {resource: pods, fresh: 1}}
    task: {all: [{resource: pods, gone: 1}, {resource: pods, fresh: 1}], for: 5s}
    show: [{delete: {resource: pods, selector: app=web}}, {apply: {file: web.yaml}}]
)",
                  "# T\n## make: M\nx\n### task\nt\n### hint\nh\n## replace: R\nx\n### task\nt\n### hint\nh\n"
                  "### choice two\n2\n### choice three\n3\n### choice fresh\nf\n");
}

}  // namespace

TEST_CASE("a step opens the next only when its check holds in the cluster") {
  const Lesson lesson = twoSteps();
  FakeWorld world;
  LessonRunner runner(lesson, world);
  runner.start();
  CHECK(world.log.front() == "reset");
  runner.next();
  CHECK(runner.current() == 0);
  world.addPod("a");
  runner.update();
  CHECK(runner.state().phase == LessonRunner::Phase::Doing);
  world.addPod("b");
  runner.update();
  CHECK(runner.state().phase == LessonRunner::Phase::Done);
  runner.next();
  CHECK(runner.current() == 1);
  CHECK(runner.state().phase == LessonRunner::Phase::Predicting);
}

TEST_CASE("a prediction is answered by the cluster, after the check has held long enough") {
  const Lesson lesson = twoSteps();
  FakeWorld world;
  LessonRunner runner(lesson, world);
  runner.start();
  runner.showMe();
  runner.update();
  CHECK(runner.state().shown);
  runner.next();
  runner.showMe();  // not before the prediction
  CHECK(world.pods.size() == 2);
  runner.predict(7);
  CHECK(runner.state().phase == LessonRunner::Phase::Predicting);
  runner.predict(1);
  runner.showMe();
  CHECK(world.log[world.log.size() - 2] == "delete web-1");
  runner.update();
  world.now += 4s;
  runner.update();
  CHECK(runner.state().phase == LessonRunner::Phase::Doing);
  world.now += 1s;
  runner.update();
  REQUIRE(runner.state().phase == LessonRunner::Phase::Done);
  CHECK(runner.state().predicted == 1);
  CHECK(runner.state().right == std::vector<int>{0, 2});
  CHECK(runner.finished());
}

TEST_CASE("a check that stops holding begins its time anew") {
  const Lesson lesson = twoSteps();
  FakeWorld world;
  LessonRunner runner(lesson, world);
  runner.start();
  runner.showMe();
  runner.update();
  runner.next();
  runner.predict(0);
  runner.showMe();
  runner.update();
  world.now += 4s;
  world.addPod("extra");  // two fresh ones: no longer exactly one
  runner.update();
  world.now += 4s;
  runner.update();
  CHECK(runner.state().phase == LessonRunner::Phase::Doing);
}

TEST_CASE("progress goes through a text and is taken up where it was; damage is refused") {
  const Lesson lesson = twoSteps();
  FakeWorld world;
  LessonRunner first(lesson, world);
  first.start();
  first.showMe();
  first.update();
  first.next();
  first.predict(2);
  first.showHint();
  const Value kept = first.progress();

  LessonRunner second(lesson, world);
  REQUIRE(second.resume(kept));
  CHECK(second.current() == 1);
  CHECK(second.state().predicted == 2);
  CHECK(second.state().hints == 1);
  second.showMe();
  second.update();
  world.now += 5s;
  second.update();
  CHECK(second.finished());  // what was there before the reload counts as gone and fresh

  LessonRunner third(lesson, world);
  CHECK_FALSE(third.resume(Value()));
  CHECK_FALSE(third.resume(kept.with(Key::intern("lesson"), "other")));
  CHECK_FALSE(third.resume(kept.with(Key::intern("step"), 2)));
  CHECK_FALSE(third.resume(kept.with(Key::intern("steps"), Value::emptyArray())));
}

TEST_CASE("a step is repeated on a fresh cluster, after the earlier ones were done again") {
  const Lesson lesson = twoSteps();
  FakeWorld world;
  LessonRunner runner(lesson, world);
  runner.start();
  runner.showMe();
  runner.update();
  runner.next();
  runner.predict(0);
  world.pods.clear();
  runner.repeatStep();
  CHECK(runner.isCatchingUp());
  runner.update();
  CHECK_FALSE(runner.isCatchingUp());
  CHECK(runner.current() == 1);
  CHECK(world.pods.size() == 2);
  CHECK(runner.state().phase == LessonRunner::Phase::Predicting);
  CHECK(runner.state().predicted == -1);
}

TEST_CASE("an earlier step can be looked at without leaving the open one") {
  const Lesson lesson = twoSteps();
  FakeWorld world;
  LessonRunner runner(lesson, world);
  runner.start();
  runner.view(1);
  CHECK(runner.viewed() == 0);
  runner.showMe();
  runner.update();
  runner.next();
  runner.view(0);
  CHECK(runner.viewed() == 0);
  CHECK(runner.current() == 1);
}
