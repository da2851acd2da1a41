#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/lesson/runner.hpp"
#include "web/platform.hpp"
#include "web/world.hpp"

namespace pilothouse::web {

/// The course as the page knows it: the lessons that came with it, the one that is open, and the progress
/// that is kept over a reload.
class Course {
 public:
  /// Reads every lesson among the boot files; broken ones are kept for their errors only.
  void load(const BootFiles& boot);

  struct Entry {
    lesson::Lesson lesson;
    std::vector<lesson::LessonError> errors;
  };
  [[nodiscard]] const std::vector<std::unique_ptr<Entry>>& lessons() const { return lessons_; }
  [[nodiscard]] lesson::LessonRunner* runner() { return runner_.get(); }

  /// Opens a lesson by id, where it was left when `resume` and there is progress. False when there is none.
  bool open(std::string_view id, ClusterWorld& world, Platform& platform, bool resume);
  /// Back to the list; progress stays.
  void close(Platform& platform);
  /// Looks at the open step's check and keeps the progress when it changed.
  void update(ClusterWorld& world, Platform& platform);
  /// The lesson that was open when the page was left, or "".
  static std::string last(Platform& platform) { return platform.load("lesson.open"); }
  [[nodiscard]] static bool isDone(Platform& platform, std::string_view id);

 private:
  bool resume(ClusterWorld& world, Platform& platform);
  void keep(ClusterWorld& world, Platform& platform);

  std::vector<std::unique_ptr<Entry>> lessons_;
  std::unique_ptr<lesson::LessonRunner> runner_;
  std::uint64_t keptChanges_ = 0;
  std::size_t keptInputs_ = 0;
};

/// The words of a lesson in the page's language, or in the one it has.
const lesson::Words* wordsOf(const lesson::Lesson& lesson, std::string_view language);

}  // namespace pilothouse::web
