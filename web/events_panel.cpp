#include "core/api/object.hpp"
#include "web/describe.hpp"
#include "web/ui.hpp"

namespace pilothouse::web {

namespace {

const Key kInvolvedObject = Key::intern("involvedObject");
const Key kCount = Key::intern("count");
const Key kLastTimestamp = Key::intern("lastTimestamp");

}  // namespace

/// One Event as two lines; shared by the list of all and the inspector.
void drawEvent(Ui& ui, const Value& event, bool withObject) {
  const Palette& c = ui.colors();
  const bool warning = event[keys::type].asString() == "Warning";
  const Value& object = event[kInvolvedObject];
  const std::string reason = event[keys::reason].toString();
  const std::string message = event[keys::message].toString().substr(0, 1000);
  const Value& last =
      event[kLastTimestamp].isNull() ? api::meta(event)[keys::creationTimestamp] : event[kLastTimestamp];
  std::string age = ageSince(last, ui.simNow());
  const std::int64_t count = event[kCount].asInt(1);
  if (count > 1) age += " ×" + std::to_string(count);
  const std::string what = object[keys::kind].toString() + ' ' + object[keys::name].toString();

  const float caption = pixels(TextSize::Caption);
  const float body = pixels(TextSize::Body);
  const float wrap = std::max(units(10), ImGui::GetContentRegionAvail().x - units(8));
  const float messageHeight = ui.w.wrapped(nullptr, {}, message, 0, TextSize::Caption, wrap).y;
  const float height = units(3) + body + (withObject ? caption + units(1) : 0) + messageHeight;
  Rect rect;
  const std::string label = reason + ": " + what + ": " + message;
  if (ui.w.row("event." + std::string(api::name(event)), label, false, height, rect)) {
    ui.select(Selection::of(object));
  }
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float left = rect.min.x + units(5);
  float y = rect.min.y + units(1);
  if (warning) {
    draw.AddTriangleFilled({rect.min.x + units(2.5F), y + 3}, {rect.min.x + units(1), y + 14},
                           {rect.min.x + units(4), y + 14}, c.warning);
  } else {
    draw.AddCircleFilled({rect.min.x + units(2.5F), y + 9}, 3.5F, c.accent, 12);
  }
  const float ageWidth = ui.fonts.width(age, TextSize::Caption);
  ui.w.textAt(draw, {left, y}, reason, warning ? c.warning : c.text, TextSize::Body,
              rect.max.x - left - ageWidth - units(4));
  ui.w.textAt(draw, {rect.max.x - ageWidth - units(2), y + 1}, age, c.muted, TextSize::Caption, ageWidth + 1);
  y += body + units(0.5F);
  if (withObject) {
    ui.w.textAt(draw, {left, y}, what, c.muted, TextSize::Caption, rect.max.x - left - units(2));
    y += caption + units(0.5F);
  }
  ui.w.wrapped(&draw, {left, y}, message, c.text, TextSize::Caption, wrap);
}

void drawEvents(Ui& ui) {
  EventsState& s = ui.panels.events;
  const Widgets::Tab tabs[] = {{"events.all", ui.t(T::eventsAll)},
                               {"events.warnings", ui.t(T::eventsWarnings)}};
  int current = s.warningsOnly ? 1 : 0;
  if (ui.w.tabs(tabs, current, false)) s.warningsOnly = current == 1;
  ImGui::BeginChild("list");
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 2));
  const std::deque<Value>& events = ui.world.view().events();
  // Heights differ, so only as many are laid out as a person reads back.
  constexpr std::size_t kShown = 200;
  std::size_t shown = 0;
  for (auto at = events.rbegin(); at != events.rend() && shown < kShown; ++at) {
    if (s.warningsOnly && (*at)[keys::type].asString() != "Warning") continue;
    drawEvent(ui, *at, true);
    ++shown;
  }
  ImGui::PopStyleVar();
  if (shown == 0) ui.w.paragraph(ui.t(T::noEvents), ui.colors().muted);
  ImGui::EndChild();
}

}  // namespace pilothouse::web
