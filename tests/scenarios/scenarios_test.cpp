#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "tests/scenarios/scenario.hpp"
#include "tests/scenarios/transcript.hpp"

using namespace pilothouse;
using namespace pilothouse::scenario;

namespace {

// All of them, or those whose name contains $SCENARIO.
std::vector<std::string> scenarioFiles() {
  const char* wanted = std::getenv("SCENARIO");
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("tests/scenarios")) {
    const std::string path = entry.path().generic_string();
    if (entry.path().extension() == ".yaml" &&
        (wanted == nullptr || path.find(wanted) != std::string::npos)) {
      files.push_back(path);
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string outcome(std::string_view steps) {
  const std::string text = "title: a test\nupstream: here\nsteps:\n" + std::string(steps);
  const Loaded loaded = readScenario(text, "test.yaml");
  std::string errors;
  for (const lesson::LessonError& error : loaded.errors) errors += error.text() + "\n";
  return errors.empty() ? runScenario(loaded.scenario, "test.yaml") : errors;
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("every scenario runs as it is written") {
  const std::vector<std::string> files = scenarioFiles();
  CHECK_FALSE(files.empty());
  for (const std::string& file : files) {
    const std::optional<std::string> text = readFile(file);
    REQUIRE(text);
    const Loaded loaded = readScenario(*text, file);
    for (const lesson::LessonError& error : loaded.errors) FAIL_CHECK(error.text());
    if (!loaded.errors.empty()) continue;
    const std::string wrong = runScenario(loaded.scenario, file);
    CHECK_MESSAGE(wrong.empty(), wrong);
  }
}

TEST_CASE("a scenario that is not written well is refused with its place") {
  CHECK(contains(outcome("- walk: 3s\n"), "test.yaml:4:3: steps[0].walk: unknown field"));
  CHECK(contains(outcome("- run: soon\n"), "steps[0].run: must be a duration"));
  CHECK(contains(outcome("- run: 3s\n  stop: etcd\n"), "a step does one thing"));
  CHECK(contains(outcome("- expect:\n  - {resource: pots}\n"),
                 "steps[0].expect[0].resource: no such resource"));
  CHECK(contains(outcome("- expect:\n  - {resource: pods, notBefore: 3s}\n"),
                 "notBefore needs a later within"));
  CHECK(contains(outcome("- result: []\n"), "has a result of nothing that is done"));
  CHECK(contains(outcome("- events: {of: Pod/a}\n"), "needs one of are and include"));
  CHECK(contains(outcome("- stop: etcd\n  stores: little\n"), "can only be \"nothing\""));
}

TEST_CASE("a scenario that the cluster does not follow is told with the difference") {
  CHECK(
      outcome("- expect:\n  - {resource: namespaces, namespace: '*', name: default, within: 1m}\n").empty());
  const std::string missing = outcome("- expect:\n  - {resource: pods, count: 3, within: 10s}\n");
  CHECK(contains(missing, "test.yaml:4: steps[0], after 10s"));
  CHECK(contains(missing, "steps[0].expect[0] does not hold within 10s"));
  CHECK(contains(missing, "0 of 0 pods"));
  const std::string early =
      outcome("- expect:\n  - {resource: nodes, count: 4, namespace: '*', notBefore: 5m, within: 10m}\n");
  CHECK(contains(early, "already"));
  const std::string refused = outcome("- run: 10s\n- stop: kube-dancer\n");
  CHECK(contains(refused, "and is\n      error: error: component \"kube-dancer\" not found"));
  const std::string stored = outcome(
      "- run: 10s\n- apply: \"apiVersion: v1\\nkind: Namespace\\nmetadata: {name: a}\"\n  stores: nothing\n");
  CHECK_MESSAGE(contains(stored, "something was stored: namespaces a"), stored);
}

TEST_CASE("a star stands for anything") {
  CHECK(isLike("Created pod: web-abc", "Created pod: web-*"));
  CHECK(isLike("a.b.c", "*.*"));
  CHECK(isLike("aab", "*ab"));
  CHECK(isLike("", "*"));
  CHECK_FALSE(isLike("Created pod: web", "Created pod: db-*"));
  CHECK_FALSE(isLike("ab", "a"));
  CHECK_FALSE(isLike("a", "ab*"));
}
