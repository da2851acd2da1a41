#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/lesson/lesson.hpp"

namespace pilothouse::lesson {

/// Takes one learner through one lesson. Everything it does to the world is an input that a person could
/// give, and everything it knows comes from the cluster's state.
class LessonRunner {
 public:
  enum class Phase : std::uint8_t {
    Predicting,  ///< the step asks for a prediction; nothing is done before
    Doing,       ///< the check does not hold yet
    Done         ///< the check held (or there is none): the next step is open
  };
  struct StepState {
    Phase phase = Phase::Doing;
    bool opened = false;
    int predicted = -1;      ///< the choice taken
    std::vector<int> right;  ///< the choices whose checks held when the step was done
    int hints = 0;           ///< how many are shown
    bool shown = false;      ///< "show me" was used
  };

  LessonRunner(const Lesson& lesson, World& world);

  /// Begins anew on a fresh cluster.
  void start();
  /// Goes on where `progress()` was taken, in a world that is where it was then. False (and nothing changed)
  /// when the text belongs to another lesson or is damaged.
  bool resume(const Value& progress);
  [[nodiscard]] Value progress() const;

  /// Looks whether the open step's check holds now; call it once a frame. Cheap while nothing changed.
  void update();

  [[nodiscard]] const Lesson& lesson() const { return lesson_; }
  [[nodiscard]] std::size_t current() const { return current_; }
  [[nodiscard]] const Step& step() const { return lesson_.steps[current_]; }
  [[nodiscard]] const StepState& state() const { return states_[current_]; }
  [[nodiscard]] const std::vector<StepState>& states() const { return states_; }
  [[nodiscard]] bool finished() const;  ///< the last step is done

  void predict(int choice);
  /// Opens the next step; only when this one is done.
  void next();
  /// Looks back at a step that was opened before; the open one stays where it is.
  void view(std::size_t step);
  [[nodiscard]] std::size_t viewed() const { return viewed_; }
  void showHint();
  /// Does the step for the learner.
  void showMe();
  /// The lesson from its beginning on a fresh cluster, up to this step by its own "show me" inputs; the way
  /// out of a broken world. Runs over the following updates, as simulated time passes.
  void repeatStep();
  /// True while earlier steps are being done again.
  [[nodiscard]] bool isCatchingUp() const { return catchUpTo_ > current_; }
  /// How a check stands is looked at again when this grows.
  [[nodiscard]] std::uint64_t changes() const { return changes_; }

 private:
  void open(std::size_t step);
  void beginDoing();
  void perform(const Action& action);
  void finishStep();
  [[nodiscard]] bool checkHolds();

  const Lesson& lesson_;
  World& world_;
  std::vector<StepState> states_;
  std::size_t current_ = 0;
  std::size_t viewed_ = 0;
  std::size_t catchUpTo_ = 0;
  Baseline baseline_;
  std::vector<Baseline> choiceBaselines_;
  std::uint64_t lookedAtRevision_ = 0;
  bool everLooked_ = false;
  std::optional<SimDuration> holdsSince_;
  std::uint64_t changes_ = 0;
};

}  // namespace pilothouse::lesson
