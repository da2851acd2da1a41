#include "web/widgets.hpp"

#include <cfloat>
#include <cmath>

#include "web/utf8.hpp"

namespace pilothouse::web {

namespace {

Rect clipRect() {
  const ImDrawList& draw = *ImGui::GetWindowDrawList();
  return {draw.GetClipRectMin(), draw.GetClipRectMax()};
}

int pushId(std::string_view id) {
  ImGui::PushID(id.data(), id.data() + id.size());
  return 0;
}

float lineOffset(const Rect& rect, float textHeight) { return (rect.height() - textHeight) * 0.5F; }

}  // namespace

void Widgets::beginFrame() {
  mirror_.begin();
  textInput_ = {};
}

Widgets::Press Widgets::press(std::string_view id, ImVec2 size, bool enabled) {
  Press result;
  pushId(id);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::BeginDisabled(!enabled);
  result.pressed = ImGui::InvisibleButton("##press", {std::max(1.0F, size.x), std::max(1.0F, size.y)});
  result.hovered = ImGui::IsItemHovered() && enabled;
  result.held = ImGui::IsItemActive();
  ImGui::EndDisabled();
  result.rect = {at, at + size};
  if (ImGui::IsItemFocused() && ImGui::GetIO().NavVisible) focusRing(result.rect);
  if (result.hovered) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
  ImGui::PopID();
  return result;
}

void Widgets::focusRing(const Rect& rect) const {
  ImGui::GetWindowDrawList()->AddRect(rect.min - ImVec2(2, 2), rect.max + ImVec2(2, 2), colors().accent,
                                      units(2), 0, 2);
}

float Widgets::buttonWidth(std::string_view label) const {
  return std::ceil(fonts_.width(label, TextSize::Body)) + units(6);
}

bool Widgets::button(std::string_view id, std::string_view label, Look look, bool enabled, float width) {
  const Palette& c = colors();
  const ImVec2 size{width > 0 ? width : buttonWidth(label), controlHeight()};
  const Press p = press(id, size, enabled);
  ImU32 fill = c.raised;
  ImU32 ink = c.text;
  ImU32 edge = c.borderStrong;
  if (look == Look::Primary) {
    fill = c.accent;
    ink = c.onAccent;
    edge = c.accent;
  } else if (look == Look::Danger) {
    ink = c.bad;
    edge = mix(c.bad, c.raised, 0.5F);
  } else if (look == Look::Quiet) {
    fill = withAlpha(c.raised, 0);
    edge = withAlpha(c.border, 0);
    ink = c.accent;
  }
  if (p.hovered) fill = look == Look::Primary ? mix(fill, c.text, 0.12F) : mix(c.raised, c.accentSoft, 0.8F);
  if (p.held) fill = mix(fill, c.text, 0.1F);
  if (!enabled) {
    fill = look == Look::Primary ? mix(fill, c.surface, 0.6F) : fill;
    ink = mix(ink, c.surface, 0.5F);
    edge = mix(edge, c.surface, 0.5F);
  }
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw.AddRectFilled(p.rect.min, p.rect.max, fill, units(1.5F));
  draw.AddRect(p.rect.min, p.rect.max, edge, units(1.5F));
  const float height = pixels(TextSize::Body);
  const float textWidth = std::min(fonts_.width(label, TextSize::Body), size.x - units(2));
  textAt(draw, {p.rect.center().x - textWidth * 0.5F, p.rect.min.y + lineOffset(p.rect, height)}, label, ink,
         TextSize::Body, size.x - units(2));
  describe(id, "button", label, p.rect, std::nullopt, std::nullopt, !enabled);
  return p.pressed && enabled;
}

bool Widgets::iconButton(std::string_view id, Icon icon, std::string_view label, bool on, bool enabled) {
  const Palette& c = colors();
  const ImVec2 size{controlHeight(), controlHeight()};
  const Press p = press(id, size, enabled);
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  if (on || p.hovered || p.held) {
    draw.AddRectFilled(p.rect.min, p.rect.max, on ? c.accentSoft : mix(c.surface, c.accentSoft, 0.8F),
                       units(1.5F));
  }
  ImU32 ink = on ? c.accent : c.text;
  if (!enabled) ink = mix(ink, c.surface, 0.6F);
  drawIcon(draw, icon, p.rect.center(), units(3.75F), ink);
  if (p.hovered) tooltip(label);
  describe(id, "button", label, p.rect, std::nullopt, on ? std::optional(true) : std::nullopt, !enabled);
  return p.pressed && enabled;
}

bool Widgets::tabs(std::span<const Tab> tabs, int& current, bool underline) {
  const Palette& c = colors();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  const float available = ImGui::GetContentRegionAvail().x;
  float wanted = 0;
  for (const Tab& tab : tabs) wanted += fonts_.width(tab.label, TextSize::Body);
  const float count = toFloat(tabs.size());
  const float pad = std::clamp((available - wanted) / (2 * count), units(1), units(3.5F));
  const float height = units(9);
  bool changed = false;
  float x = origin.x;
  for (std::size_t i = 0; i < tabs.size(); ++i) {
    const float width = std::floor(fonts_.width(tabs[i].label, TextSize::Body) + 2 * pad);
    ImGui::SetCursorScreenPos({x, origin.y});
    const Press p = press(tabs[i].id, {width, height}, true);
    const bool on = current == static_cast<int>(i);
    if (p.hovered && !on) draw.AddRectFilled(p.rect.min, p.rect.max, c.accentSoft, units(1.5F));
    if (on && underline) {
      draw.AddRectFilled({p.rect.min.x + pad * 0.5F, p.rect.max.y - 3},
                         {p.rect.max.x - pad * 0.5F, p.rect.max.y}, c.accent, 1.5F);
    } else if (on) {
      draw.AddRectFilled(p.rect.min, p.rect.max, c.accentSoft, units(1.5F));
    }
    textAt(draw, {x + pad, p.rect.min.y + lineOffset(p.rect, pixels(TextSize::Body))}, tabs[i].label,
           on ? c.accent : c.muted, TextSize::Body, width);
    describe(tabs[i].id, "tab", tabs[i].label, p.rect, std::nullopt, on);
    if (p.pressed && !on) {
      current = static_cast<int>(i);
      changed = true;
    }
    x += width;
  }
  ImGui::SetCursorScreenPos({origin.x, origin.y + height});
  ImGui::Dummy({0, 0});
  return changed;
}

bool Widgets::choice(std::string_view id, std::string_view label, bool chosen, bool enabled) {
  const Palette& c = colors();
  const float width = ImGui::GetContentRegionAvail().x;
  const float inner = width - units(12);
  const float height = pixels(TextSize::Body);
  const float textHeight = wrapped(nullptr, {}, label, 0, TextSize::Body, inner).y;
  const Press p = press(id, {width, textHeight + units(4)}, enabled);
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const ImU32 fill = chosen ? c.accentSoft : (p.hovered ? mix(c.raised, c.accentSoft, 0.5F) : c.raised);
  draw.AddRectFilled(p.rect.min, p.rect.max, fill, units(2));
  draw.AddRect(p.rect.min, p.rect.max, chosen ? c.accent : c.border, units(2), 0, chosen ? 1.5F : 1.0F);
  const ImVec2 mark{p.rect.min.x + units(5), p.rect.min.y + units(2) + height * 0.5F};
  draw.AddCircle(mark, units(2), chosen ? c.accent : c.borderStrong, 20, 1.5F);
  if (chosen) draw.AddCircleFilled(mark, units(1.1F), c.accent, 16);
  wrapped(&draw, {p.rect.min.x + units(9), p.rect.min.y + units(2)}, label,
          enabled || chosen ? c.text : c.muted, TextSize::Body, inner);
  describe(id, "radio", label, p.rect, std::nullopt, chosen, !enabled);
  return p.pressed && enabled;
}

bool Widgets::toggle(std::string_view id, std::string_view label, bool& on) {
  const Palette& c = colors();
  const float textWidth = fonts_.width(label, TextSize::Caption);
  const Press p = press(id, {textWidth + units(12), controlHeight()}, true);
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float y = p.rect.center().y;
  const Rect track = rectAt(p.rect.min.x + units(1), y - units(2), units(7.5F), units(4));
  draw.AddRectFilled(track.min, track.max, on ? c.accent : c.borderStrong, units(2));
  const float knob = on ? track.max.x - units(2) : track.min.x + units(2);
  draw.AddCircleFilled({knob, y}, units(1.5F), c.surface, 20);
  textAt(draw, {track.max.x + units(1.5F), p.rect.min.y + lineOffset(p.rect, pixels(TextSize::Caption))},
         label, c.text, TextSize::Caption, textWidth + 2);
  describe(id, "switch", label, p.rect, std::nullopt, on);
  if (p.pressed) on = !on;
  return p.pressed;
}

bool Widgets::logSlider(std::string_view id, std::string_view label, double& value, double least, double most,
                        float width) {
  const Palette& c = colors();
  const Press p = press(id, {width, controlHeight()}, true);
  const float left = p.rect.min.x + units(2);
  const float right = p.rect.max.x - units(2);
  const double span = std::log(most / least);
  bool changed = false;
  if (p.held && right > left) {
    const double t = std::clamp((ImGui::GetIO().MousePos.x - left) / (right - left), 0.0F, 1.0F);
    double wanted = least * std::exp(span * t);
    // The slider rests on the decades.
    const double decade = std::pow(10.0, std::round(std::log10(wanted)));
    if (std::abs(std::log(wanted / decade)) < 0.04 * span) wanted = decade;
    changed = wanted != value;
    value = wanted;
  }
  const double t = std::clamp(std::log(std::max(value, least) / least) / span, 0.0, 1.0);
  const float x = left + (right - left) * static_cast<float>(t);
  const float y = p.rect.center().y;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw.AddRectFilled({left, y - 2}, {right, y + 2}, c.border, 2);
  draw.AddRectFilled({left, y - 2}, {x, y + 2}, c.accent, 2);
  for (double tick = least; tick <= most * 1.01; tick *= 10) {
    const float at = left + (right - left) * static_cast<float>(std::log(tick / least) / span);
    draw.AddCircleFilled({at, y}, 2.5F, at <= x ? c.accent : c.borderStrong, 12);
  }
  draw.AddCircleFilled({x, y}, p.held ? units(2.2F) : units(1.9F), c.accent, 24);
  draw.AddCircleFilled({x, y}, units(0.9F), c.raised, 20);
  if (p.hovered) tooltip(label);
  describe(id, "slider", label, p.rect, std::to_string(value));
  return changed;
}

float Widgets::textAt(ImDrawList& draw, ImVec2 at, std::string_view text, ImU32 color, TextSize size,
                      float maxWidth, bool mono) const {
  ImFont* font = mono ? fonts_.mono() : fonts_.ui();
  const float height = pixels(size);
  at = {std::floor(at.x), std::floor(at.y)};
  const char* begin = text.data();
  const char* end = begin + text.size();
  const char* fits = nullptr;
  const float whole = font->CalcTextSizeA(height, FLT_MAX, 0, begin, end).x;
  if (whole <= maxWidth + 0.5F) {
    draw.AddText(font, height, at, color, begin, end);
    return whole;
  }
  const float dots = font->CalcTextSizeA(height, FLT_MAX, 0, "…").x;
  if (dots > maxWidth) return 0;
  const float part = font->CalcTextSizeA(height, maxWidth - dots, 0, begin, end, &fits).x;
  draw.AddText(font, height, at, color, begin, fits);
  draw.AddText(font, height, {at.x + part, at.y}, color, "…");
  return part + dots;
}

void Widgets::describe(std::string_view id, std::string_view role, std::string_view label, const Rect& rect,
                       std::optional<std::string> value, std::optional<bool> checked, bool disabled) {
  mirror_.add({std::string(id), role, std::string(label), rect, std::move(value), checked, disabled},
              clipRect());
}

}  // namespace pilothouse::web
