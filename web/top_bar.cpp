#include "web/ui.hpp"

namespace pilothouse::web {

namespace {

constexpr float kPad = 12;

/// The wheel of a ship: the page's mark.
void drawMark(ImDrawList& draw, ImVec2 center, float radius, ImU32 color) {
  draw.AddCircle(center, radius * 0.66F, color, 32, 2);
  draw.AddCircleFilled(center, radius * 0.2F, color, 16);
  static constexpr ImVec2 kSpokes[] = {{1, 0},  {0.5F, 0.866F},   {-0.5F, 0.866F},
                                       {-1, 0}, {-0.5F, -0.866F}, {0.5F, -0.866F}};
  for (const ImVec2 spoke : kSpokes)
    draw.AddLine(center + spoke * (radius * 0.2F), center + spoke * radius, color, 2);
}

}  // namespace

void drawTopBar(Ui& ui) {
  const Palette& c = ui.colors();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const Rect bar{ImGui::GetWindowPos(), ImGui::GetWindowPos() + ImGui::GetWindowSize()};
  draw.AddLine({bar.min.x, bar.max.y - 0.5F}, {bar.max.x, bar.max.y - 0.5F}, c.border);
  const float middle = bar.center().y;
  drawMark(draw, {bar.min.x + kPad + 13, middle}, 13, c.accent);
  const float left = bar.min.x + kPad + 36;
  const float nameWidth = ui.w.textAt(draw, {left, middle - pixels(TextSize::Title) * 0.5F}, ui.t(T::appName),
                                      c.text, TextSize::Title, 200);
  ui.w.describe("app.name", "heading", ui.t(T::appName), rectAt(left, bar.min.y, nameWidth, bar.height()));

  const float size = Widgets::controlHeight();
  const bool wide = !ui.layout.narrow;
  const float languageWidth = ui.w.buttonWidth(ui.t(T::languageSwitch));
  const float resetWidth = wide ? ui.w.buttonWidth(ui.t(T::newCluster)) : size;
  float x = bar.max.x - kPad - size - languageWidth - resetWidth - 2 * units(2);
  if (wide) x -= 3 * size + units(3);
  const float y = middle - size * 0.5F;
  const float subtitleLeft = left + nameWidth + units(3);
  if (wide && x - subtitleLeft > 120) {
    ui.w.textAt(draw, {subtitleLeft, middle - pixels(TextSize::Caption) * 0.5F + 1}, ui.t(T::appSubtitle),
                c.muted, TextSize::Caption, x - subtitleLeft - units(3));
  }
  const auto place = [&](float width) {
    ImGui::SetCursorScreenPos({x, y});
    x += width;
  };
  place(resetWidth + units(2));
  if (wide) {
    if (ui.w.button("app.newCluster", ui.t(T::newCluster), Look::Quiet)) ui.act(Action::Kind::NewCluster);
    if (ImGui::IsItemHovered()) ui.w.tooltip(ui.t(T::newClusterHint));
  } else if (ui.w.iconButton("app.newCluster", Icon::Reset, ui.t(T::newCluster))) {
    ui.act(Action::Kind::NewCluster);
  }
  place(languageWidth + units(2));
  if (ui.w.button("app.language", ui.t(T::languageSwitch), Look::Quiet)) ui.act(Action::Kind::ToggleLanguage);
  place(size + units(1));
  const bool dark = ui.theme.dark();
  if (ui.w.iconButton("app.theme", dark ? Icon::Sun : Icon::Moon,
                      ui.t(dark ? T::themeLight : T::themeDark))) {
    ui.act(Action::Kind::ToggleTheme);
  }
  if (!wide) return;
  place(size + units(1));
  if (ui.w.iconButton("app.lesson", Icon::PanelLeft, ui.t(T::lessonShow), ui.layoutState.leftOpen)) {
    ui.act(Action::Kind::ToggleLesson);
  }
  place(size + units(1));
  if (ui.w.iconButton("app.log", Icon::PanelBottom, ui.t(T::logShow), ui.layoutState.logOpen)) {
    ui.act(Action::Kind::ToggleLog);
  }
  place(size);
  if (ui.w.iconButton("app.tools", Icon::PanelRight, ui.t(T::sideShow), ui.layoutState.rightOpen)) {
    ui.act(Action::Kind::ToggleTools);
  }
}

}  // namespace pilothouse::web
