#include <algorithm>

#include "web/markdown.hpp"
#include "web/ui.hpp"

namespace pilothouse::web {

namespace {

using lesson::LessonRunner;
using Phase = LessonRunner::Phase;

constexpr const char* kGuestbook = "examples/guestbook/guestbook-all-in-one.yaml";

void openLink(Ui& ui, std::string url) {
  if (!url.empty()) ui.actions.push_back({.kind = Action::Kind::OpenLink, .text = std::move(url)});
}

/// A soft card with a title, around what `content` draws (in a child window, which lies over the card).
template <typename Content>
void card(Ui& ui, const char* id, std::string_view title, ImU32 edge, ImU32 fill, Content content) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  ImGui::SetCursorScreenPos(at + ImVec2(units(3), units(2.5F)));
  ImGui::BeginChild(id, {width - units(6), 0}, ImGuiChildFlags_AutoResizeY, ImGuiWindowFlags_NoScrollbar);
  if (!title.empty()) {
    ui.w.caption(title, edge);
    ui.w.gap(0.5F);
  }
  content();
  ImGui::EndChild();
  const float height = ImGui::GetItemRectSize().y + units(5);
  draw.AddRectFilled(at, at + ImVec2(width, height), fill, units(2));
  draw.AddRectFilled(at, at + ImVec2(3, height), edge, units(2), ImDrawFlags_RoundCornersLeft);
  ImGui::SetCursorScreenPos(at);
  ImGui::Dummy({width, height});
}

void drawWelcome(Ui& ui) {
  ui.w.heading(ui.t(T::welcome), TextSize::Heading);
  ui.w.gap(1);
  ui.w.paragraph(ui.t(T::welcomeBody));
  ui.w.gap(3);
  if (!ui.course.lessons().empty()) {
    ui.w.heading(ui.t(T::lessonList));
    ui.w.gap(1);
  }
  for (const auto& entry : ui.course.lessons()) {
    const lesson::Lesson& lesson = entry->lesson;
    const lesson::Words* words = wordsOf(lesson, codeOf(ui.language));
    if (!entry->errors.empty()) {
      for (const lesson::LessonError& error : entry->errors) ui.w.caption(error.text(), ui.colors().bad);
      continue;
    }
    if (words == nullptr) continue;
    const bool done = Course::isDone(ui.platform, lesson.id);
    card(ui, lesson.id.c_str(), done ? ui.t(T::lessonDone) : std::string_view(),
         done ? ui.colors().good : ui.colors().accent, ui.colors().raised, [&] {
           ui.w.heading(words->title);
           ui.w.paragraph(words->summary, ui.colors().muted);
           ui.w.gap(1);
           if (ui.w.button("lesson.open." + lesson.id, ui.t(T::lessonStart), Look::Primary)) {
             ui.actions.push_back({.kind = Action::Kind::OpenLesson, .name = lesson.id});
           }
         });
    ui.w.gap(2);
  }
  card(ui, "sandbox", {}, ui.colors().borderStrong, ui.colors().raised, [&] {
    ui.w.heading(ui.t(T::sandbox));
    ui.w.paragraph(ui.t(T::sandboxBody), ui.colors().muted);
    if (ui.boot.files.count(kGuestbook) > 0) {
      ui.w.gap(1);
      if (ui.w.button("lesson.example", ui.t(T::sandboxExample))) {
        ui.actions.push_back({.kind = Action::Kind::OpenExample, .name = kGuestbook});
      }
    }
  });
}

/// One dot a step; those that were opened can be looked at again.
void drawProgress(Ui& ui, LessonRunner& runner) {
  const Palette& c = ui.colors();
  const std::size_t count = runner.states().size();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const float step = std::min(units(8), width / toFloat(count));
  for (std::size_t i = 0; i < count; ++i) {
    const LessonRunner::StepState& state = runner.states()[i];
    ImGui::SetCursorScreenPos({at.x + toFloat(i) * step, at.y});
    ImGui::PushID(static_cast<int>(i));
    if (ImGui::InvisibleButton("##step", {step - 2, units(4)}) && state.opened) runner.view(i);
    ImGui::PopID();
    const bool done = state.opened && state.phase == Phase::Done;
    const ImU32 color = done ? c.good : (i == runner.current() ? c.accent : c.border);
    const Rect bar =
        rectAt(at.x + toFloat(i) * step, at.y + units(1.25F), step - 4, i == runner.viewed() ? 6.0F : 4.0F);
    draw.AddRectFilled(bar.min, bar.max, color, 3);
  }
  ImGui::SetCursorScreenPos(at);
  ImGui::Dummy({width, units(4)});
  const std::string label =
      ui.t(T::lessonProgress, {std::to_string(runner.viewed() + 1), std::to_string(count)});
  ui.w.describe("lesson.progress", "progressbar", label, {at, at + ImVec2(width, units(4))}, label);
  ui.w.caption(label, c.muted);
}

void drawChoices(Ui& ui, LessonRunner& runner, const lesson::Step& step, const LessonRunner::StepState& state,
                 const lesson::StepWords& words, bool open) {
  const bool asked = open && state.phase == Phase::Predicting;
  ui.w.gap(2);
  ui.w.caption(ui.t(T::lessonAsk), ui.colors().note);
  for (std::size_t i = 0; i < step.choices.size(); ++i) {
    const auto text = words.choices.find(step.choices[i].id);
    const std::string label = text == words.choices.end() ? step.choices[i].id : plainMarkdown(text->second);
    const auto index = static_cast<int>(i);
    if (ui.w.choice("lesson.choice." + step.choices[i].id, label, state.predicted == index, asked))
      runner.predict(index);
  }
  if (state.phase != Phase::Done || state.predicted < 0 || state.right.empty()) return;
  const bool right = std::find(state.right.begin(), state.right.end(), state.predicted) != state.right.end();
  ui.w.paragraph(ui.t(right ? T::lessonRight : T::lessonWrong),
                 right ? ui.colors().good : ui.colors().warning);
}

void drawTask(Ui& ui, LessonRunner& runner, const lesson::Step& step, const LessonRunner::StepState& state,
              const lesson::StepWords& words, bool open) {
  const bool done = state.phase == Phase::Done;
  ui.w.gap(2);
  card(ui, "task", ui.t(T::lessonTask), done ? ui.colors().good : ui.colors().accent,
       done ? ui.colors().goodSoft : ui.colors().accentSoft,
       [&] { openLink(ui, drawMarkdown(ui.w, "lesson.task", words.task)); });
  if (!open || done) return;
  ui.w.gap(1);
  const bool more = state.hints < static_cast<int>(words.hints.size());
  if (more && ui.w.button("lesson.hint", ui.t(T::lessonHint), Look::Quiet)) runner.showHint();
  if (more && !step.show.empty()) ImGui::SameLine();
  if (!step.show.empty() && ui.w.button("lesson.showMe", ui.t(T::lessonShowMe), Look::Quiet)) runner.showMe();
  for (int i = 0; i < state.hints && i < static_cast<int>(words.hints.size()); ++i) {
    ui.w.gap(1);
    openLink(ui, drawMarkdown(ui.w, "lesson.hintText", words.hints[static_cast<std::size_t>(i)]));
  }
}

void drawFooter(Ui& ui, LessonRunner& runner, const LessonRunner::StepState& state, bool open) {
  ui.w.gap(3);
  const bool last = runner.current() + 1 == runner.states().size();
  if (!open) {
    if (ui.w.button("lesson.current", ui.t(T::lessonReturn), Look::Primary)) runner.view(runner.current());
    return;
  }
  if (runner.viewed() > 0) {
    if (ui.w.button("lesson.back", ui.t(T::lessonBack))) runner.view(runner.viewed() - 1);
    ImGui::SameLine();
  }
  if (last && state.phase == Phase::Done) {
    ui.w.paragraph(ui.t(T::lessonDone), ui.colors().good, TextSize::Title);
    if (ui.w.button("lesson.close", ui.t(T::lessonList), Look::Primary)) ui.act(Action::Kind::CloseLesson);
    return;
  }
  if (ui.w.button("lesson.next", ui.t(T::lessonNext), Look::Primary, state.phase == Phase::Done))
    runner.next();
  if (state.phase == Phase::Doing) ui.w.caption(ui.t(T::lessonWaiting), ui.colors().muted);
}

void drawStep(Ui& ui, LessonRunner& runner, const lesson::Words& words) {
  const std::size_t index = runner.viewed();
  const bool open = index == runner.current();
  const lesson::Step& step = runner.lesson().steps[index];
  const LessonRunner::StepState& state = runner.states()[index];
  static const lesson::StepWords kNone;
  const lesson::StepWords& said = index < words.steps.size() ? words.steps[index] : kNone;
  ui.w.heading(said.title, TextSize::Title);
  ui.w.gap(1);
  openLink(ui, drawMarkdown(ui.w, "lesson.text", said.text));
  if (!step.choices.empty()) drawChoices(ui, runner, step, state, said, open);
  const bool waits = state.phase == Phase::Predicting;
  if (!said.task.empty() && !waits) drawTask(ui, runner, step, state, said, open);
  if (state.phase == Phase::Done && !said.after.empty()) {
    ui.w.gap(2);
    card(ui, "after", ui.t(T::lessonWhatHappened), ui.colors().good, ui.colors().goodSoft,
         [&] { openLink(ui, drawMarkdown(ui.w, "lesson.after", said.after)); });
  }
  drawFooter(ui, runner, state, open);
}

}  // namespace

void drawLesson(Ui& ui) {
  LessonRunner* runner = ui.course.runner();
  const lesson::Words* words = runner != nullptr ? wordsOf(runner->lesson(), codeOf(ui.language)) : nullptr;
  if (words == nullptr) {
    drawWelcome(ui);
    return;
  }
  if (ui.w.link("lesson.list", "‹ " + std::string(ui.t(T::lessonList)))) ui.act(Action::Kind::CloseLesson);
  ui.w.heading(words->title, TextSize::Heading);
  drawProgress(ui, *runner);
  ui.w.gap(1);
  if (runner->isCatchingUp()) {
    ui.w.paragraph(ui.t(T::lessonCatchingUp), ui.colors().muted);
    return;
  }
  drawStep(ui, *runner, *words);
  ui.w.gap(4);
  ui.w.separator();
  if (ui.w.button("lesson.repeat", ui.t(T::lessonRepeat), Look::Quiet)) runner->repeatStep();
  ImGui::SameLine();
  if (ui.w.button("lesson.reset", ui.t(T::lessonReset), Look::Quiet)) {
    ui.actions.push_back({.kind = Action::Kind::RestartLesson, .name = runner->lesson().id});
  }
}

}  // namespace pilothouse::web
