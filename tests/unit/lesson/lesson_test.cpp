#include "core/lesson/lesson.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace pilothouse;
using namespace pilothouse::lesson;

namespace {

using Files = std::map<std::string, std::string>;

const char* const kYaml = R"(cluster: {preset: learning, seed: 7}
minutes: 5
steps:
  - id: first
    predict:
      - {id: one, check: {resource: pods, count: 1}}
      - {id: two, check: {resource: pods, count: {atLeast: 2}}}
    task: {resource: pods, selector: app=web, where: [{path: .status.phase, equals: Running}], for: 3s}
    show:
      - apply: {file: web.yaml}
  - id: last
)";

const char* const kWords = R"(# Title

Summary.

## first: Begin

Text with `code`.

### choice one

One

### choice two

Two

### task

Do it.

### hint

So.

## last: End

Good.
)";

Files whole() {
  return {{"lessons/01-x/lesson.yaml", kYaml},
          {"lessons/01-x/ko.md", kWords},
          {"lessons/01-x/en.md", kWords},
          {"lessons/01-x/web.yaml", "kind: Pod"}};
}

Files with(const std::string& path, const std::string& from, const std::string& to) {
  Files files = whole();
  std::string& text = files["lessons/01-x/" + path];
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  text.replace(at, from.size(), to);
  return files;
}

std::string firstError(const Files& files) {
  const LoadedLesson loaded = loadLesson(files, "lessons/01-x");
  return loaded.errors.empty() ? "" : loaded.errors.front().text();
}

}  // namespace

TEST_CASE("a whole lesson is read with its steps, choices, words and files") {
  const LoadedLesson loaded = loadLesson(whole(), "lessons/01-x");
  REQUIRE(loaded.errors.empty());
  const Lesson& lesson = loaded.lesson;
  CHECK(lesson.id == "01-x");
  CHECK(lesson.seed == 7);
  REQUIRE(lesson.steps.size() == 2);
  CHECK(lesson.steps[0].choices.size() == 2);
  CHECK(lesson.steps[0].task);
  CHECK(lesson.steps[0].check->holdsFor == std::chrono::seconds(3));
  CHECK_FALSE(lesson.steps[1].check.has_value());
  const Words& words = lesson.words.at("ko");
  CHECK(words.title == "Title");
  CHECK(words.summary == "Summary.");
  CHECK(words.steps[0].title == "Begin");
  CHECK(words.steps[0].text == "Text with `code`.");
  CHECK(words.steps[0].choices.at("two") == "Two");
  CHECK(words.steps[0].hints == std::vector<std::string>{"So."});
  CHECK(lessonFolders(whole()) == std::vector<std::string>{"lessons/01-x"});
}

TEST_CASE("a broken lesson is refused with file, line, column and field") {
  CHECK(firstError(with("lesson.yaml", "resource: pods, count: 1", "resource: podz, count: 1")) ==
        "lessons/01-x/lesson.yaml:6:27: steps[0].predict[0].check.resource: no such resource; write it as in "
        "\"pods\" or \"deployments.apps\"");
  CHECK(firstError(with("lesson.yaml", "minutes: 5", "minute: 5")).find(":2:1: minute: unknown field") !=
        std::string::npos);
  CHECK(
      firstError(with("lesson.yaml", "equals: Running", "equal: Running")).find("unknown field; known are") !=
      std::string::npos);
  CHECK(firstError(with("lesson.yaml", "file: web.yaml", "file: wep.yaml"))
            .find("there is no file \"wep.yaml\"") != std::string::npos);
  CHECK(firstError(with("lesson.yaml", "id: last", "id: first")).find("is used twice") != std::string::npos);
  CHECK(firstError(with("lesson.yaml", "for: 3s", "for: soon")).find("must be a duration") !=
        std::string::npos);
  CHECK(firstError(with("lesson.yaml", "- apply:", "- aply:")).find("unknown verb") != std::string::npos);
  CHECK(firstError(with("lesson.yaml", "app=web", "a b")).find("steps[0].task.selector") !=
        std::string::npos);
  CHECK(firstError(with("lesson.yaml", "seed: 7}", "seed: 7")).find("lesson.yaml:") != std::string::npos);
  CHECK(firstError(with("ko.md", "## last: End", "## lost: End")).find("has no step \"lost\"") !=
        std::string::npos);
  CHECK(firstError(with("en.md", "### choice two", "### choice three")).find("choice two") !=
        std::string::npos);
  CHECK(firstError(with("en.md", "### hint", "### hnt")).find("unknown part \"hnt\"") != std::string::npos);
  Files without = whole();
  without.erase("lessons/01-x/ko.md");
  CHECK(firstError(without) == "lessons/01-x/ko.md: is missing");
}

TEST_CASE("every lesson of the repository is whole, says the same steps in both languages, and is brief") {
  Files files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("lessons")) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path());
    std::stringstream text;
    text << in.rdbuf();
    files[entry.path().generic_string()] = text.str();
  }
  const std::vector<std::string> folders = lessonFolders(files);
  CHECK_FALSE(folders.empty());
  for (const std::string& folder : folders) {
    CAPTURE(folder);
    const LoadedLesson loaded = loadLesson(files, folder);
    for (const LessonError& error : loaded.errors) FAIL_CHECK(error.text());
    const Words& ko = loaded.lesson.words.at("ko");
    const Words& en = loaded.lesson.words.at("en");
    for (std::size_t i = 0; i < loaded.lesson.steps.size(); ++i) {
      CAPTURE(loaded.lesson.steps[i].id);
      CHECK(ko.steps[i].hints.size() == en.steps[i].hints.size());
      CHECK(ko.steps[i].after.empty() == en.steps[i].after.empty());
      for (const Words* words : {&ko, &en}) {
        const std::string& text = words->steps[i].text;
        CHECK(std::count_if(text.begin(), text.end(), [](char c) { return c == ' ' || c == '\n'; }) < 90);
      }
    }
  }
}
