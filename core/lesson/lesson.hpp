#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/lesson/check.hpp"

namespace pilothouse::lesson {

/// One thing done to the world: a verb of Cluster::input with its arguments, or one of the runner's own
/// (speed, editor, highlight). `file` and `selector` among the arguments are resolved when it is done.
struct Action {
  Key verb;
  Value arguments;
};

struct Choice {
  std::string id;
  Check check;  ///< holds when this choice turns out right: answers are computed, never declared
};

struct Step {
  std::string id;
  std::vector<Action> world;    ///< done when the step opens
  std::string point;            ///< highlight target, "" for none
  std::vector<Choice> choices;  ///< a prediction, asked before `afterPrediction` is done; empty for none
  std::vector<Action> afterPrediction;
  std::optional<Check> check;  ///< the step is done when it holds; without one the reader goes on at will
  bool task = false;           ///< the learner has to do something; otherwise the check only waits
  std::vector<Action> show;    ///< "show me": the same inputs that a learner would give
};

/// The words of one step in one language; Markdown: paragraphs, lists, **strong**, `code`, [links](…).
struct StepWords {
  std::string title;
  std::string text;
  std::string task;
  std::string after;  ///< the explanation, once the check holds
  std::map<std::string, std::string> choices;
  std::vector<std::string> hints;  ///< three grades; the last shows the answer
};

struct Words {
  std::string title;
  std::string summary;           ///< one or two sentences for the map of the course
  std::vector<StepWords> steps;  ///< as many as the lesson has
};

struct Lesson {
  std::string id;  ///< the folder's name: "03-desired-state"
  std::string preset;
  std::uint64_t seed = 1;
  int minutes = 0;
  std::vector<Step> steps;
  std::map<std::string, Words> words;        ///< by language: "ko", "en"
  std::map<std::string, std::string> files;  ///< manifests by path inside the lesson's folder
};

/// Why a lesson is refused, where its author finds it.
struct LessonError {
  std::string file;
  std::size_t line = 0;  ///< 0: the whole file
  std::size_t column = 0;
  std::string field;
  std::string message;
  [[nodiscard]] std::string text() const;  ///< "03-x/lesson.yaml:12:5: steps[2].check: …"
};

struct LoadedLesson {
  Lesson lesson;
  std::vector<LessonError> errors;  ///< empty: the lesson is whole
};

/// Reads the lesson in `folder` ("lessons/03-desired-state") out of files by path.
LoadedLesson loadLesson(const std::map<std::string, std::string>& files, const std::string& folder);
/// The folders that hold a lesson.yaml, in order.
std::vector<std::string> lessonFolders(const std::map<std::string, std::string>& files);

}  // namespace pilothouse::lesson
