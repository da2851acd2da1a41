#include <algorithm>

#include "web/describe.hpp"
#include "web/ui.hpp"

namespace pilothouse::web {

namespace {

void drawRecord(Ui& ui, CauseId id) {
  const TraceRecord* record = ui.cluster().trace().find(id);
  const Palette& c = ui.colors();
  Rect rect;
  if (record == nullptr) {
    ImGui::Dummy({1, units(6)});
    return;
  }
  const std::string words = describe(*record, ui.cluster().network(), ui.language);
  const std::string time = clockText(record->sent - kSimulationStart);
  if (ui.w.row("log." + std::to_string(static_cast<std::uint64_t>(id)), words, ui.selection.message == id,
               units(6), rect)) {
    Selection next = Selection::of(record->object);
    next.message = id;
    ui.actions.push_back({.kind = Action::Kind::AskWhy, .selection = std::move(next)});
  }
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float y = rect.center().y - pixels(TextSize::Caption) * 0.5F;
  ui.w.textAt(draw, {rect.min.x + units(1), y}, time, c.muted, TextSize::Caption, units(15), true);
  const ImU32 color = ui.theme.message(record->kind, record->verb, record->code);
  draw.AddCircleFilled({rect.min.x + units(18), rect.center().y}, 4, color, 14);
  const float left = rect.min.x + units(21);
  ui.w.textAt(draw, {left, y}, words, record->code >= 400 ? c.bad : c.text, TextSize::Caption,
              rect.max.x - left - units(1));
}

}  // namespace

void drawLog(Ui& ui) {
  const std::deque<CauseId>& log = ui.world.flow().log();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const float title = ui.fonts.width(ui.t(T::logTitle), TextSize::Caption) + units(4);
  ui.w.caption(ui.t(T::logTitle), ui.colors().muted);
  // A narrow window has the activity beside the clock.
  if (!ui.layout.narrow) drawActivity(ui, {{at.x + title, at.y - 2}, {at.x + width, at.y + units(5)}});
  ImGui::SetCursorScreenPos({at.x, at.y + units(6)});
  ImGui::BeginChild("records");
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  // A list that was scrolled to its end stays there.
  const bool atEnd = ImGui::GetScrollY() >= ImGui::GetScrollMaxY() - 2;
  ImGuiListClipper clipper;
  clipper.Begin(static_cast<int>(log.size()), units(6));
  while (clipper.Step()) {
    for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i)
      drawRecord(ui, log[static_cast<std::size_t>(i)]);
  }
  if (log.empty()) ui.w.caption(ui.t(T::logEmptyList), ui.colors().muted);
  ImGui::PopStyleVar();
  if (atEnd) ImGui::SetScrollHereY(1);
  ImGui::EndChild();
}

}  // namespace pilothouse::web
