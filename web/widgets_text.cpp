#include <algorithm>
#include <cfloat>
#include <cmath>

#include "web/utf8.hpp"
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
  const float width = std::max(units(8), ImGui::GetContentRegionAvail().x);
  const ImVec2 used = wrapped(ImGui::GetWindowDrawList(), at, text, colors().text, size, width);
  ImGui::Dummy(used);
  describe({}, "heading", text, {at, at + used});
}

ImVec2 Widgets::wrapped(ImDrawList* draw, ImVec2 at, std::string_view text, ImU32 color, TextSize size,
                        float width) const {
  ImFont* font = fonts_.ui();
  const float height = pixels(size);
  const float leading = std::round(height * 1.38F);
  const char* from = text.data();
  const char* end = from + text.size();
  ImVec2 used(0, height);
  float y = 0;
  while (from < end) {
    const char* stop = Fonts::lineEnd(font, height, from, end, width);
    const char* newLine = std::find(from, stop, '\n');
    stop = newLine;
    if (stop == from && (newLine == end || *newLine != '\n'))
      stop = from + nextChar({from, static_cast<std::size_t>(end - from)}, 0);
    used.x = std::max(used.x, font->CalcTextSizeA(height, FLT_MAX, 0, from, stop).x);
    used.y = y + height;
    if (draw != nullptr)
      draw->AddText(font, height, {std::floor(at.x), std::floor(at.y + y)}, color, from, stop);
    y += leading;
    from = stop;
    if (from < end && *from == '\n') {
      ++from;
    } else {
      while (from < end && *from == ' ') ++from;
    }
  }
  return used;
}

void Widgets::paragraph(std::string_view text, ImU32 color, TextSize size) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = std::max(units(8), ImGui::GetContentRegionAvail().x);
  const ImVec2 used =
      wrapped(ImGui::GetWindowDrawList(), at, text, color != 0 ? color : colors().text, size, width);
  ImGui::Dummy(used);
  describe({}, "text", text, {at, at + used});
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
  const float width = std::max(units(10), ImGui::GetContentRegionAvail().x - nameWidth);
  const float height = pixels(TextSize::Body);
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  textAt(draw, at, name, colors().muted, TextSize::Body, nameWidth - units(2));
  const ImVec2 measured = wrapped(&draw, {at.x + nameWidth, at.y}, value, color != 0 ? color : colors().text,
                                  TextSize::Body, width);
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
