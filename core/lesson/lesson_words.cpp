#include <algorithm>

#include "core/lesson/lesson_reader.hpp"

namespace pilothouse::lesson {
namespace {

constexpr std::size_t kHintsMin = 1;

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

/// Reads the headings: "# title", "## step-id: title", "### task | after | hint | choice ID".
class WordsReader {
 public:
  WordsReader(std::string file, const Lesson& lesson, std::vector<LessonError>& errors)
      : file_(std::move(file)), lesson_(lesson), errors_(errors) {
    words_.steps.resize(lesson.steps.size());
  }

  Words read(const std::string& text) {
    std::size_t start = 0;
    while (start < text.size()) {
      const std::size_t end = std::min(text.find('\n', start), text.size());
      ++line_;
      take(std::string_view(text).substr(start, end - start));
      start = end + 1;
    }
    flush();
    check();
    return std::move(words_);
  }

 private:
  void fail(std::string message, std::string field = {}) {
    errors_.push_back({file_, line_, 1, std::move(field), std::move(message)});
  }

  void take(std::string_view line) {
    if (line.substr(0, 3) == "```") fenced_ = !fenced_;
    if (!fenced_ && line.substr(0, 2) == "# ")
      return begin(&words_.summary, words_.title = trimmed(line.substr(2)));
    if (!fenced_ && line.substr(0, 3) == "## ") return beginStep(line.substr(3));
    if (!fenced_ && line.substr(0, 4) == "### ") return beginPart(trimmed(line.substr(4)));
    collected_.append(line).append(1, '\n');
  }

  void begin(std::string* target, const std::string&) {
    flush();
    target_ = target;
  }

  void beginStep(std::string_view heading) {
    const std::size_t colon = heading.find(':');
    const std::string id = trimmed(heading.substr(0, colon));
    const auto step = std::find_if(lesson_.steps.begin(), lesson_.steps.end(),
                                   [&id](const Step& one) { return one.id == id; });
    flush();
    if (step == lesson_.steps.end()) {
      step_ = nullptr;
      target_ = nullptr;
      return fail("lesson.yaml has no step \"" + id + "\"", id);
    }
    step_ = &words_.steps[static_cast<std::size_t>(step - lesson_.steps.begin())];
    if (colon != std::string_view::npos) step_->title = trimmed(heading.substr(colon + 1));
    target_ = &step_->text;
  }

  void beginPart(const std::string& part) {
    flush();
    target_ = nullptr;
    if (step_ == nullptr) return fail("\"### " + part + "\" stands outside a step");
    if (part == "task") {
      target_ = &step_->task;
    } else if (part == "after") {
      target_ = &step_->after;
    } else if (part == "hint") {
      target_ = &step_->hints.emplace_back();
    } else if (part.substr(0, 7) == "choice ") {
      target_ = &step_->choices[trimmed(std::string_view(part).substr(7))];
    } else {
      fail("unknown part \"" + part + "\"; known are task, after, hint, choice ID");
    }
  }

  void flush() {
    if (target_ != nullptr) *target_ = trimmed(collected_);
    collected_.clear();
  }

  void check() {
    line_ = 0;
    if (words_.title.empty()) fail("has no \"# title\"");
    for (std::size_t i = 0; i < lesson_.steps.size(); ++i) {
      const Step& step = lesson_.steps[i];
      const StepWords& words = words_.steps[i];
      if (words.title.empty() || words.text.empty()) fail("has no title or no text", step.id);
      if (step.task && words.task.empty()) fail("has no \"### task\"", step.id);
      if (step.task && words.hints.size() < kHintsMin) fail("has no \"### hint\"", step.id);
      for (const Choice& choice : step.choices) {
        const auto found = words.choices.find(choice.id);
        if (found == words.choices.end() || found->second.empty()) {
          fail("has no \"### choice " + choice.id + "\"", step.id);
        }
      }
      for (const auto& [id, label] : words.choices) {
        const bool known = std::any_of(step.choices.begin(), step.choices.end(),
                                       [&id = id](const Choice& choice) { return choice.id == id; });
        if (!known) fail("lesson.yaml has no choice \"" + id + "\"", step.id);
      }
    }
  }

  std::string file_;
  const Lesson& lesson_;
  std::vector<LessonError>& errors_;
  Words words_;
  StepWords* step_ = nullptr;
  std::string* target_ = nullptr;
  std::string collected_;
  std::size_t line_ = 0;
  bool fenced_ = false;
};

}  // namespace

Words readWords(const std::string& text, const std::string& file, const Lesson& lesson,
                std::vector<LessonError>& errors) {
  return WordsReader(file, lesson, errors).read(text);
}

}  // namespace pilothouse::lesson
