#include "web/scene_painter.hpp"

#include <cmath>

namespace pilothouse::web {

float ScenePainter::textHeight(float height) const {
  return std::max(kTextMin, std::round(height * state.zoom));
}

float ScenePainter::text(ImVec2 place, std::string_view text, ImU32 color, float height,
                         float maxWidth) const {
  const float size = textHeight(height);
  ImFont* font = ui.fonts.ui();
  const float whole = Fonts::measure(font, size, text).x;
  place = {std::floor(place.x), std::floor(place.y)};
  if (whole <= maxWidth + 0.5F) {
    draw.AddText(font, size, place, color, text.data(), text.data() + text.size());
    return whole;
  }
  const float dots = Fonts::measure(font, size, "…").x;
  if (maxWidth < dots * 2.5F) return 0;
  const char* end = nullptr;
  const float part =
      font->CalcTextSizeA(size, maxWidth - dots, 0, text.data(), text.data() + text.size(), &end).x;
  draw.AddText(font, size, place, color, text.data(), end);
  draw.AddText(font, size, {place.x + part, place.y}, color, "…");
  return part + dots;
}

void ScenePainter::centered(const Rect& screen, std::string_view text, ImU32 color, float height) const {
  const float size = textHeight(height);
  const float width = std::min(Fonts::measure(ui.fonts.ui(), size, text).x, screen.width() - 4);
  this->text({screen.center().x - width * 0.5F, screen.center().y - size * 0.5F}, text, color, height,
             screen.width() - 4);
}

bool ScenePainter::target(const Rect& screen, const Selection& selection, std::string_view label,
                          bool describe) {
  if (!visible(screen)) return false;
  if (describe) {
    ui.w.describe("scene." + selection.target(), "button", label, screen, std::nullopt,
                  ui.selection.sameTarget(selection) ? std::optional(true) : std::nullopt);
  }
  if (!pointerInside || !screen.contains(ImGui::GetIO().MousePos)) return false;
  hovered = selection;
  hoveredLabel = label;
  return true;
}

void ScenePainter::rings(const Rect& screen, const Selection& selection, float rounding) {
  const Palette& c = ui.colors();
  const auto ring = [&](float out, ImU32 color, float thickness) {
    draw.AddRect(screen.min - ImVec2(out, out), screen.max + ImVec2(out, out), color, rounding + out, 0,
                 thickness);
  };
  if (ui.selection.kind != Selection::Kind::Nothing && ui.selection.sameTarget(selection))
    ring(2, c.accent, 2);
  if (!ui.world.highlighted().empty() && ui.world.highlighted() == selection.target()) {
    float pulse = 0.5F;
    if (!ui.boot.reducedMotion) {
      pulse = 0.5F + 0.5F * static_cast<float>(std::sin(ui.now * 4));
      ui.animating = true;
    }
    ring(5 + pulse * 3, withAlpha(c.warning, 1 - pulse * 0.5F), 2.5F);
  }
}

void ScenePainter::paths(const std::vector<ImVec2>& path, ImU32 color, float thickness) const {
  if (path.size() < 2) return;
  for (const ImVec2& point : path) draw.PathLineToMergeDuplicate(at(point));
  draw.PathStroke(color, 0, thickness);
}

ImVec2 along(const std::vector<ImVec2>& path, float t) {
  if (path.empty()) return {};
  float length = 0;
  const auto distance = [](ImVec2 a, ImVec2 b) { return std::hypot(b.x - a.x, b.y - a.y); };
  for (std::size_t i = 1; i < path.size(); ++i) length += distance(path[i - 1], path[i]);
  float left = length * std::clamp(t, 0.0F, 1.0F);
  for (std::size_t i = 1; i < path.size(); ++i) {
    const float step = distance(path[i - 1], path[i]);
    if (left <= step && step > 0) return path[i - 1] + (path[i] - path[i - 1]) * (left / step);
    left -= step;
  }
  return path.back();
}

}  // namespace pilothouse::web
