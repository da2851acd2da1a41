#include <algorithm>

#include "web/ui.hpp"

namespace pilothouse::web {

namespace {

constexpr double kCheckDelay = 0.35;  ///< seconds after the last change
constexpr std::size_t kProblemsMax = 200;
constexpr std::string_view kExamples = "examples/";

/// Asks the API server's own decoding, a moment after the last key.
void checkLater(Ui& ui) {
  ManifestState& m = ui.panels.manifest;
  const std::uint64_t version = m.editor.buffer().version();
  if (version != m.changedVersion) {
    m.changedVersion = version;
    m.changedAt = ui.now;
  }
  if (m.checkedVersion == version) return;
  ui.animating = true;
  if (ui.now - m.changedAt < kCheckDelay) return;
  m.checkedVersion = version;
  std::vector<Problem> problems;
  const std::string text = m.editor.buffer().text();
  if (text.find_first_not_of(" \n") != std::string::npos) {
    for (const cluster::Message& message : ui.cluster().check(text)) {
      if (!message.error || problems.size() >= kProblemsMax) continue;
      problems.push_back({message.line, message.column, message.text});
    }
  }
  m.editor.setProblems(std::move(problems));
}

void drawExamples(Ui& ui) {
  if (ui.w.button("manifest.examples", ui.t(T::examples))) ImGui::OpenPopup("examples");
  if (!ImGui::BeginPopup("examples")) return;
  for (auto at = ui.boot.files.lower_bound(std::string(kExamples)); at != ui.boot.files.end(); ++at) {
    const std::string& path = at->first;
    if (path.compare(0, kExamples.size(), kExamples) != 0) break;
    Rect rect;
    const std::string label = path.substr(kExamples.size());
    ImGui::Dummy({ui.fonts.width(label, TextSize::Body) + units(6), 0});
    if (ui.w.row("example." + path, label, false, units(8), rect)) {
      ui.actions.push_back({.kind = Action::Kind::OpenExample, .name = path});
      ImGui::CloseCurrentPopup();
    }
    ui.w.textAt(*ImGui::GetWindowDrawList(),
                {rect.min.x + units(2), rect.center().y - pixels(TextSize::Body) * 0.5F}, label,
                ui.colors().text, TextSize::Body, rect.width());
  }
  ImGui::EndPopup();
}

void drawToolbar(Ui& ui) {
  if (ui.w.button("manifest.apply", ui.t(T::apply), Look::Primary,
                  ui.panels.manifest.editor.buffer().bytes() > 0)) {
    ui.act(Action::Kind::Apply);
  }
  if (ImGui::IsItemHovered()) ui.w.tooltip(ui.t(T::applyHint));
  ImGui::SameLine();
  drawExamples(ui);
  ImGui::SameLine();
  if (ui.w.button("manifest.open", ui.t(T::openFile))) ui.act(Action::Kind::PickFile);
  ImGui::SameLine();
  if (ui.w.button("manifest.save", ui.t(T::save))) ui.act(Action::Kind::SaveFile);
}

void drawStatusLine(Ui& ui) {
  ManifestState& m = ui.panels.manifest;
  const Palette& c = ui.colors();
  const std::vector<Problem>& problems = m.editor.problems();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  std::string state;
  if (m.editor.buffer().bytes() > 0 && m.checkedVersion == m.editor.buffer().version()) {
    state = problems.empty()       ? std::string(ui.t(T::noProblems))
            : problems.size() == 1 ? std::string(ui.t(T::problemCountOne))
                                   : ui.t(T::problemCount, {std::to_string(problems.size())});
  }
  const float stateWidth = ui.fonts.width(state, TextSize::Caption);
  ui.w.textAt(draw, at, m.fileName, c.muted, TextSize::Caption, width - stateWidth - units(4));
  ui.w.textAt(draw, {at.x + width - stateWidth, at.y}, state, problems.empty() ? c.good : c.bad,
              TextSize::Caption, stateWidth + 1);
  const float height = pixels(TextSize::Caption);
  ImGui::Dummy({width, height});
  if (!state.empty()) {
    ui.w.describe("manifest.problems", "status", state,
                  rectAt(at.x + width - stateWidth, at.y, stateWidth, height));
  }
}

/// One message with the place it is about; a click goes there.
void drawMessage(Ui& ui, std::size_t index, bool error, std::size_t line, std::size_t column,
                 std::string_view text) {
  const Palette& c = ui.colors();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float height = pixels(TextSize::Caption);
  const std::string place = line > 0 ? ui.t(T::lineAt, {std::to_string(line)}) + "  " : std::string();
  const std::string shown = place + std::string(text.substr(0, 2000));
  const float wrap = std::max(units(10), ImGui::GetContentRegionAvail().x - units(8));
  const float tall = ui.w.wrapped(nullptr, {}, shown, 0, TextSize::Caption, wrap).y;
  Rect rect;
  if (ui.w.row("manifest.message." + std::to_string(index), shown, false, tall + units(2), rect) &&
      line > 0) {
    ui.panels.manifest.editor.goTo(line, column);
  }
  drawIcon(draw, error ? Icon::Cross : Icon::Check,
           {rect.min.x + units(3), rect.min.y + units(1) + height * 0.5F}, 11, error ? c.bad : c.good);
  ui.w.wrapped(&draw, {rect.min.x + units(6), rect.min.y + units(1)}, shown, error ? c.bad : c.text,
               TextSize::Caption, wrap);
}

void drawMessages(Ui& ui) {
  ManifestState& m = ui.panels.manifest;
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(units(2), 1));
  std::size_t index = 0;
  if (m.applied != 0) {
    const cluster::InputResult* result = ui.cluster().result(m.applied);
    if (result != nullptr) {
      for (const cluster::Message& message : result->messages) {
        drawMessage(ui, index++, message.error, message.line, message.column, message.text);
      }
    }
    if (result == nullptr || !result->finished) ui.w.caption(ui.t(T::resultsWaiting), ui.colors().muted);
  }
  const bool asApplied = m.applied != 0 && m.appliedVersion == m.editor.buffer().version();
  if (!asApplied || m.applied == 0) {
    for (const Problem& problem : m.editor.problems()) {
      drawMessage(ui, 1000 + index++, true, problem.line, problem.column, problem.message);
    }
  }
  ImGui::PopStyleVar();
}

std::size_t messageCount(Ui& ui) {
  const ManifestState& m = ui.panels.manifest;
  const cluster::InputResult* result = m.applied != 0 ? ui.cluster().result(m.applied) : nullptr;
  return m.editor.problems().size() + (result != nullptr ? result->messages.size() : 0) +
         (m.applied != 0 ? 1 : 0);
}

}  // namespace

void applyManifest(Ui& ui) {
  ManifestState& m = ui.panels.manifest;
  m.appliedVersion = m.editor.buffer().version();
  m.applied = ui.world.input(Key::intern("apply"),
                             Value::object({{Key::intern("manifest"), Value(m.editor.buffer().text())}}));
  ui.pending.push_back({m.applied, 0});
}

void drawManifest(Ui& ui) {
  ManifestState& m = ui.panels.manifest;
  drawToolbar(ui);
  drawStatusLine(ui);
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const std::size_t messages = messageCount(ui);
  const float below =
      messages == 0 ? 0 : std::clamp(toFloat(messages) * 26 + units(4), 60.0F, room.y * 0.38F);
  const TextEditor::Outcome outcome =
      m.editor.draw(ui.w, {room.x, std::max(80.0F, room.y - below - (below > 0 ? units(2) : 0))},
                    {.id = "manifest.editor",
                     .label = ui.t(T::editor),
                     .readOnly = false,
                     .placeholder = ui.t(T::editorEmpty)});
  if (outcome.submit) ui.act(Action::Kind::Apply);
  if (outcome.save) ui.act(Action::Kind::SaveFile);
  checkLater(ui);
  if (below > 0) {
    ImGui::BeginChild("messages", {room.x, 0});
    drawMessages(ui);
    ImGui::EndChild();
  }
}

}  // namespace pilothouse::web
