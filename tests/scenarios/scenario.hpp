#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/lesson/lesson.hpp"

namespace pilothouse::scenario {

/// What has to be true, and when. Times count from the step's beginning.
struct Expectation {
  std::string path;  ///< "steps[3].expect[0]"
  lesson::Check check;
  SimDuration within{};     ///< it holds by then; 0: it holds now
  SimDuration notBefore{};  ///< and it did not hold earlier
};

/// What a command prints, as a line; a `*` stands for anything.
struct ExpectedMessage {
  bool error = false;
  std::string text;
  std::optional<std::int64_t> line;  ///< in the manifest
  std::optional<std::int64_t> column;
  std::optional<std::string> field;
};

/// The events about some objects in the order in which they were stored, one a line:
/// "Warning BackOff kubelet (x4): Back-off restarting failed container …".
struct ExpectedEvents {
  std::string of;  ///< "Pod/web-*"
  std::string ns = "default";
  bool whole = true;  ///< these and no others; otherwise these, in this order, among others
  std::vector<std::string> lines;
};

struct Step {
  std::string path;  ///< "steps[3]"
  std::size_t line = 0;
  Key verb;         ///< of Cluster::input; empty for none
  Value arguments;  ///< `file` and `selector` are resolved when it is done
  SimDuration run{};
  std::optional<std::vector<ExpectedMessage>> result;  ///< without one the input must succeed
  bool storesNothing = false;
  std::vector<Expectation> expect;
  std::optional<ExpectedEvents> events;
};

/// A story of a cluster that people can read and the tests run; see README.md for the form.
struct Scenario {
  std::string title;
  std::string upstream;
  std::string preset = "learning";
  std::uint64_t seed = 1;
  std::vector<Step> steps;
};

struct Loaded {
  Scenario scenario;
  std::vector<lesson::LessonError> errors;  ///< empty: the scenario is whole
};
Loaded readScenario(std::string_view text, const std::string& file);

/// Runs it to the first step that goes wrong; "" when all of it is as written, otherwise the step and the
/// difference.
std::string runScenario(const Scenario& scenario, const std::string& file);

/// A file's text; nothing when it cannot be read.
std::optional<std::string> readFile(const std::string& path);

}  // namespace pilothouse::scenario
