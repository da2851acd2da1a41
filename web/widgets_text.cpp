#include <cfloat>
#include <cmath>

#include "web/widgets.hpp"

namespace pilothouse::web {

namespace {

int resizeText(ImGuiInputTextCallbackData* data) {
  if (data->EventFlag == ImGuiInputTextFlags_CallbackResize) {
    auto& text = *static_cast<std::string*>(data->UserData);
    text.resize(static_cast<std::size_t>(data->BufTextLen));
    data->Buf = text.data();
  }
  return 0;
}

}  // namespace

bool Widgets::textField(std::string_view id, std::string_view label, std::string_view hint, std::string& text,
                        float width, bool* submitted) {
  const Palette& c = colors();
  ImGui::PushID(id.data(), id.data() + id.size());
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding,
                      ImVec2(units(2.5F), (controlHeight() - pixels(TextSize::Body)) * 0.5F));
  ImGui::PushStyleColor(ImGuiCol_Border, c.borderStrong);
  ImGui::SetNextItemWidth(width);
  const std::string hintText(hint);
  // Enter submits, but the text is taken as it is typed.
  const bool changed = ImGui::InputTextWithHint("##text", hintText.c_str(), text.data(), text.capacity() + 1,
                                                ImGuiInputTextFlags_CallbackResize, resizeText, &text);
  ImGui::PopStyleColor();
  ImGui::PopStyleVar();
  const Rect rect{ImGui::GetItemRectMin(), ImGui::GetItemRectMax()};
  if (submitted != nullptr) {
    *submitted = ImGui::IsItemDeactivated() &&
                 (ImGui::IsKeyPressed(ImGuiKey_Enter) || ImGui::IsKeyPressed(ImGuiKey_KeypadEnter));
  }
  if (ImGui::IsItemActive()) {
    textInput_ = rect;
    ImGui::GetWindowDrawList()->AddRect(rect.min, rect.max, c.accent, units(1.5F), 0, 1.5F);
  }
  ImGui::PopID();
  describe(id, "textbox", label, rect, text);
  return changed;
}

bool Widgets::link(std::string_view id, std::string_view label) {
  const Palette& c = colors();
  const float height = pixels(TextSize::Body);
  const float width =
      std::min(fonts_.width(label, TextSize::Body), std::max(units(4), ImGui::GetContentRegionAvail().x));
  const Press p = press(id, {width, height + units(1)}, true);
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  textAt(draw, p.rect.min, label, c.accent, TextSize::Body, width);
  if (p.hovered) {
    draw.AddLine({p.rect.min.x, p.rect.min.y + height}, {p.rect.min.x + width, p.rect.min.y + height},
                 c.accent);
  }
  describe(id, "link", label, p.rect);
  return p.pressed;
}

bool Widgets::row(std::string_view id, std::string_view label, bool selected, float height, Rect& rect) {
  const Palette& c = colors();
  const Press p = press(id, {ImGui::GetContentRegionAvail().x, height}, true);
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  if (selected) {
    draw.AddRectFilled(p.rect.min, p.rect.max, c.accentSoft, units(1.5F));
  } else if (p.hovered) {
    draw.AddRectFilled(p.rect.min, p.rect.max, mix(c.surface, c.accentSoft, 0.6F), units(1.5F));
  }
  rect = p.rect;
  describe(id, "option", label, rect, std::nullopt, selected ? std::optional(true) : std::nullopt);
  return p.pressed;
}

void Widgets::heading(std::string_view text, TextSize size) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float wrap = std::max(units(8), ImGui::GetContentRegionAvail().x);
  const ImVec2 measured = Fonts::measure(fonts_.ui(), pixels(size), text, wrap);
  ImGui::GetWindowDrawList()->AddText(fonts_.ui(), pixels(size), at, colors().text, text.data(),
                                      text.data() + text.size(), wrap);
  ImGui::Dummy(measured);
  describe({}, "heading", text, {at, at + measured});
}

void Widgets::paragraph(std::string_view text, ImU32 color, TextSize size) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float wrap = std::max(units(8), ImGui::GetContentRegionAvail().x);
  fonts_.push(size);
  ImGui::PushStyleColor(ImGuiCol_Text, color != 0 ? color : colors().text);
  ImGui::PushTextWrapPos(ImGui::GetCursorPosX() + wrap);
  ImGui::TextUnformatted(text.data(), text.data() + text.size());
  ImGui::PopTextWrapPos();
  ImGui::PopStyleColor();
  Fonts::pop();
  describe({}, "text", text, {at, ImGui::GetItemRectMax()});
}

void Widgets::badge(std::string_view text, ImU32 color) {
  const float height = pixels(TextSize::Caption);
  const float width = fonts_.width(text, TextSize::Caption) + units(4);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const Rect rect{at, {at.x + width, at.y + height + units(1.5F)}};
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw.AddRectFilled(rect.min, rect.max, mix(colors().surface, color, 0.16F), rect.height() * 0.5F);
  textAt(draw, {rect.min.x + units(2), rect.min.y + units(0.75F)}, text, color, TextSize::Caption, width);
  ImGui::Dummy(rect.size());
  describe({}, "text", text, rect);
}

void Widgets::field(std::string_view name, std::string_view value, float nameWidth, ImU32 color) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float wrap = std::max(units(10), ImGui::GetContentRegionAvail().x - nameWidth);
  const float height = pixels(TextSize::Body);
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  textAt(draw, at, name, colors().muted, TextSize::Body, nameWidth - units(2));
  const ImVec2 measured = Fonts::measure(fonts_.ui(), height, value, wrap);
  draw.AddText(fonts_.ui(), height, {at.x + nameWidth, at.y}, color != 0 ? color : colors().text,
               value.data(), value.data() + value.size(), wrap);
  const ImVec2 size{nameWidth + measured.x, std::max(height, measured.y)};
  ImGui::Dummy(size);
  describe({}, "text", std::string(name) + ": " + std::string(value), {at, at + size});
}

void Widgets::gap(float unitsHigh) {
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  ImGui::Dummy({0, units(unitsHigh)});
  ImGui::PopStyleVar();
}

void Widgets::separator() {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  ImGui::GetWindowDrawList()->AddLine({at.x, at.y + 0.5F}, {at.x + width, at.y + 0.5F}, colors().border);
  ImGui::Dummy({0, 1});
}

void Widgets::tooltip(std::string_view text) const {
  if (!ImGui::BeginTooltip()) return;
  fonts_.push(TextSize::Caption);
  ImGui::PushTextWrapPos(units(80));
  ImGui::TextUnformatted(text.data(), text.data() + text.size());
  ImGui::PopTextWrapPos();
  Fonts::pop();
  ImGui::EndTooltip();
}

}  // namespace pilothouse::web
