#include <algorithm>
#include <cmath>

#include "web/editor/text_editor.hpp"
#include "web/utf8.hpp"

namespace pilothouse::web {

namespace {

constexpr float kHeight = 16.5F;
constexpr float kLine = 22;

std::size_t indentOfText(std::string_view line) { return std::min(line.find_first_not_of(' '), line.size()); }

ImU32 tokenColor(const Palette& c, YamlToken token) {
  switch (token) {
    case YamlToken::Key:
      return c.yamlKey;
    case YamlToken::String:
      return c.yamlString;
    case YamlToken::Number:
      return c.yamlNumber;
    case YamlToken::Comment:
      return c.yamlComment;
    case YamlToken::Mark:
      return c.yamlMark;
    case YamlToken::Plain:
      break;
  }
  return c.text;
}

/// Draws a line's text on the grid: ASCII in runs, other characters each in its own cells.
class GridPainter {
 public:
  GridPainter(ImDrawList& draw, ImFont* font, ImVec2 origin, float cell, float left, float right)
      : draw_(draw), font_(font), origin_(origin), cell_(cell), left_(left), right_(right) {}

  void paint(std::string_view text, ImU32 color) {
    std::size_t i = 0;
    while (i < text.size()) {
      const float x = origin_.x + toFloat(column_) * cell_;
      if (x > right_) return;
      std::size_t run = i;
      while (run < text.size() && text[run] >= ' ' && text[run] < 0x7F) ++run;
      if (run > i) {
        paintAscii(text.substr(i, run - i), x, color);
        column_ += run - i;
        i = run;
        continue;
      }
      const Utf8Char c = decodeUtf8(text, i);
      const std::size_t width = c.code == '\t' ? 2 : displayWidth(c.code);
      if (c.code != '\t' && x + toFloat(width) * cell_ >= left_) {
        std::string one;
        appendUtf8(one, c.code < ' ' || c.code == 0x7F ? 0xFFFD : c.code);
        draw_.AddText(font_, kHeight, {x, origin_.y}, color, one.data(), one.data() + one.size());
      }
      column_ += width;
      i += c.bytes;
    }
  }

 private:
  void paintAscii(std::string_view run, float x, ImU32 color) {
    // Of a very long run only what is inside the window.
    std::size_t skip = 0;
    if (x < left_) skip = std::min(run.size(), static_cast<std::size_t>((left_ - x) / cell_));
    const auto most = static_cast<std::size_t>(std::max(0.0F, (right_ - left_) / cell_)) + 2;
    const std::string_view part = run.substr(skip, most);
    draw_.AddText(font_, kHeight, {x + toFloat(skip) * cell_, origin_.y}, color, part.data(),
                  part.data() + part.size());
  }

  ImDrawList& draw_;
  ImFont* font_;
  ImVec2 origin_;
  float cell_;
  float left_;
  float right_;
  std::size_t column_ = 0;
};

}  // namespace

TextEditor::Outcome TextEditor::draw(Widgets& widgets, ImVec2 size, const Options& options) {
  Outcome outcome;
  const std::uint64_t version = buffer_.version();
  const Palette& c = widgets.colors();
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  ImGui::PushStyleColor(ImGuiCol_ChildBg, c.sunken);
  const std::string id(options.id);
  // The page's keyboard navigation leaves the arrow keys to the text.
  ImGui::BeginChild(
      id.c_str(), size, ImGuiChildFlags_None,
      ImGuiWindowFlags_HorizontalScrollbar | ImGuiWindowFlags_NoNavInputs | ImGuiWindowFlags_NoMove);
  ImGui::PopStyleColor();
  ImGui::PopStyleVar();
  refreshStates();

  if (takeFocus_) ImGui::SetWindowFocus();
  takeFocus_ = false;
  outcome.focused = ImGui::IsWindowFocused();
  const Rect frame{ImGui::GetWindowPos(), ImGui::GetWindowPos() + ImGui::GetWindowSize()};
  Grid grid;
  grid.height = kHeight;
  grid.line = kLine;
  grid.cell = Fonts::measure(widgets.fonts().mono(), kHeight, "MMMMMMMMMM").x / 10;
  const float digits = toFloat(std::to_string(buffer_.lineCount()).size());
  const float gutter = std::ceil(grid.cell * std::max(2.0F, digits)) + units(6);
  grid.text = {{frame.min.x + gutter, frame.min.y}, frame.max};
  grid.origin = {grid.text.min.x - ImGui::GetScrollX(), frame.min.y + units(1) - ImGui::GetScrollY()};

  const bool hovered = ImGui::IsWindowHovered();
  mouse(grid, hovered);
  if (outcome.focused) {
    keys(outcome, options.readOnly);
    moveKeys(grid);
    refreshStates();
  }
  follow(grid);

  const float lines = toFloat(buffer_.lineCount());
  const auto first =
      static_cast<std::size_t>(std::max(0.0F, std::floor((frame.min.y - grid.origin.y) / kLine)));
  const auto visible = static_cast<std::size_t>(frame.height() / kLine) + 2;
  const std::size_t last = std::min(buffer_.lineCount(), first + visible);
  drawSelection(widgets, grid, first, last);
  drawLines(widgets, grid, first, last);
  drawProblems(widgets, grid, first, last, hovered);
  drawGutter(widgets, grid, frame, first, last);
  if (buffer_.bytes() == 0 && !options.placeholder.empty()) {
    ImGui::GetWindowDrawList()->AddText(
        widgets.fonts().ui(), pixels(TextSize::Body), {grid.text.min.x, grid.origin.y + 2}, c.muted,
        options.placeholder.data(), options.placeholder.data() + options.placeholder.size(),
        grid.text.width() - units(4));
  }
  if (outcome.focused && !options.readOnly) {
    const float x = grid.origin.x + toFloat(columnOf(selection_.caret)) * grid.cell;
    const float y = grid.origin.y + toFloat(selection_.caret.line) * kLine;
    ImGui::GetWindowDrawList()->AddRectFilled({x - 0.75F, y + 2}, {x + 0.75F, y + kLine - 2}, c.accent);
    widgets.setTextInput({{x, y}, {x + 1, y + kLine}});
  }
  // The extent that the scroll bars know.
  const float wide = gutter + toFloat(std::min<std::size_t>(widest_ + 4, 100000)) * grid.cell;
  ImGui::SetCursorPos({0, 0});
  ImGui::Dummy({wide, lines * kLine + units(4)});
  ImGui::GetWindowDrawList()->AddRect(frame.min, frame.max, outcome.focused ? c.accent : c.border, units(2));
  ImGui::EndChild();
  widgets.describe(options.id, "textbox", options.label, frame,
                   buffer_.bytes() <= 20000 ? std::optional(buffer_.text()) : std::nullopt);
  outcome.changed = buffer_.version() != version;
  return outcome;
}

void TextEditor::keys(Outcome& outcome, bool readOnly) {
  ImGuiIO& io = ImGui::GetIO();
  const bool command = io.KeyCtrl || io.KeySuper;
  if (ImGui::IsKeyPressed(ImGuiKey_Escape)) {
    ImGui::SetWindowFocus(nullptr);
    return;
  }
  if (command) {
    if (ImGui::IsKeyPressed(ImGuiKey_A, false)) {
      selection_ = {{0, 0}, buffer_.end()};
    } else if (ImGui::IsKeyPressed(ImGuiKey_C, false)) {
      ImGui::SetClipboardText(copied().c_str());
    } else if (!readOnly) {
      outcome.submit =
          ImGui::IsKeyPressed(ImGuiKey_Enter, false) || ImGui::IsKeyPressed(ImGuiKey_KeypadEnter, false);
      outcome.save = ImGui::IsKeyPressed(ImGuiKey_S, false);
    }
  }
  if (readOnly || outcome.submit || editingKeys(outcome)) return;
  if (command && !io.KeyAlt) return;  // AltGr types characters
  std::string typed;
  for (const ImWchar c : io.InputQueueCharacters) {
    if (c >= 0x20 && c != 0x7F) appendUtf8(typed, c);
  }
  if (!typed.empty()) type(typed);
}

bool TextEditor::editingKeys(Outcome& outcome) {
  const ImGuiIO& io = ImGui::GetIO();
  const bool command = io.KeyCtrl || io.KeySuper;
  if (command && ImGui::IsKeyPressed(ImGuiKey_X, false)) {
    ImGui::SetClipboardText(copied().c_str());
    if (selection_.empty()) {
      const std::size_t line = selection_.caret.line;
      selection_ = {{line, 0}, line + 1 < buffer_.lineCount() ? TextPosition{line + 1, 0} : buffer_.end()};
    }
    erase(true, false);
  } else if (command && ImGui::IsKeyPressed(ImGuiKey_V)) {
    const char* pasted = ImGui::GetClipboardText();
    buffer_.breakStep();
    if (pasted != nullptr) type(pasted);
    buffer_.breakStep();
  } else if (command && ImGui::IsKeyPressed(ImGuiKey_Z)) {
    io.KeyShift ? redo() : undo();
  } else if (command && ImGui::IsKeyPressed(ImGuiKey_Y)) {
    redo();
  } else if (ImGui::IsKeyPressed(ImGuiKey_Backspace)) {
    erase(false, command || io.KeyAlt);
  } else if (ImGui::IsKeyPressed(ImGuiKey_Delete)) {
    erase(true, command || io.KeyAlt);
  } else if (!command && (ImGui::IsKeyPressed(ImGuiKey_Enter) || ImGui::IsKeyPressed(ImGuiKey_KeypadEnter))) {
    newLine();
  } else if (!command && ImGui::IsKeyPressed(ImGuiKey_Tab)) {
    indent(io.KeyShift);
  } else {
    return false;
  }
  outcome.changed = true;
  return true;
}

void TextEditor::moveKeys(const Grid& grid) {
  const ImGuiIO& io = ImGui::GetIO();
  const bool word = io.KeyCtrl || io.KeyAlt || io.KeySuper;
  const TextPosition caret = selection_.caret;
  const auto page = static_cast<std::ptrdiff_t>(std::max(1.0F, grid.text.height() / grid.line - 1));
  const auto vertical = [&](std::ptrdiff_t lines) {
    if (!keepColumn_) wantedColumn_ = columnOf(caret);
    keepColumn_ = true;
    move(lineAway(lines), io.KeyShift);
  };
  const auto horizontal = [&](TextPosition to) {
    keepColumn_ = false;
    move(to, io.KeyShift);
  };
  if (ImGui::IsKeyPressed(ImGuiKey_UpArrow)) vertical(-1);
  if (ImGui::IsKeyPressed(ImGuiKey_DownArrow)) vertical(1);
  if (ImGui::IsKeyPressed(ImGuiKey_PageUp)) vertical(-page);
  if (ImGui::IsKeyPressed(ImGuiKey_PageDown)) vertical(page);
  if (ImGui::IsKeyPressed(ImGuiKey_LeftArrow)) {
    const bool collapse = !selection_.empty() && !io.KeyShift;
    horizontal(collapse ? selection_.first() : (word ? buffer_.wordBefore(caret) : buffer_.before(caret)));
  }
  if (ImGui::IsKeyPressed(ImGuiKey_RightArrow)) {
    const bool collapse = !selection_.empty() && !io.KeyShift;
    horizontal(collapse ? selection_.last() : (word ? buffer_.wordAfter(caret) : buffer_.after(caret)));
  }
  if (ImGui::IsKeyPressed(ImGuiKey_Home)) {
    const std::string& line = buffer_.line(caret.line);
    const std::size_t text = std::min(line.find_first_not_of(' '), line.size());
    horizontal(word ? TextPosition{0, 0} : TextPosition{caret.line, caret.byte == text ? 0 : text});
  }
  if (ImGui::IsKeyPressed(ImGuiKey_End)) {
    horizontal(word ? buffer_.end() : TextPosition{caret.line, buffer_.line(caret.line).size()});
  }
}

TextPosition TextEditor::positionAt(const Grid& grid, ImVec2 point) const {
  const float line = std::max(0.0F, (point.y - grid.origin.y) / grid.line);
  const float column = std::max(0.0F, (point.x - grid.origin.x) / grid.cell);
  if (line >= toFloat(buffer_.lineCount())) return buffer_.end();
  return positionAt(static_cast<std::size_t>(line), static_cast<std::size_t>(column + 0.5F));
}

void TextEditor::mouse(const Grid& grid, bool hovered) {
  const ImGuiIO& io = ImGui::GetIO();
  // Scroll bars are not the text.
  const ImVec2 inner = ImGui::GetContentRegionAvail();
  const bool inText = hovered && io.MousePos.x >= grid.text.min.x &&
                      io.MousePos.y < grid.text.min.y + inner.y &&
                      io.MousePos.x < grid.text.max.x - ImGui::GetStyle().ScrollbarSize;
  if (inText) ImGui::SetMouseCursor(ImGuiMouseCursor_TextInput);
  if (inText && ImGui::IsMouseClicked(ImGuiMouseButton_Left)) {
    const int clicks = ImGui::GetMouseClickedCount(ImGuiMouseButton_Left);
    const TextPosition at = positionAt(grid, io.MousePos);
    if (clicks >= 3) {
      const bool more = at.line + 1 < buffer_.lineCount();
      select({{at.line, 0}, more ? TextPosition{at.line + 1, 0} : buffer_.end()});
    } else if (clicks == 2) {
      const TextPosition right = buffer_.clamp({at.line, buffer_.wordAfter(at).byte});
      const TextPosition start = buffer_.wordBefore(buffer_.after(at));
      select({start.line == at.line ? start : TextPosition{at.line, 0}, right.line == at.line ? right : at});
    } else {
      keepColumn_ = false;
      move(at, io.KeyShift);
      dragging_ = true;
    }
  }
  if (!ImGui::IsMouseDown(ImGuiMouseButton_Left)) dragging_ = false;
  if (dragging_ && ImGui::IsMouseDragging(ImGuiMouseButton_Left, 3)) {
    keepColumn_ = false;
    move(positionAt(grid, io.MousePos), true);
  }
}

void TextEditor::follow(const Grid& grid) {
  if (!showCaret_) return;
  showCaret_ = false;
  const float y = toFloat(selection_.caret.line) * grid.line;
  const float x = toFloat(columnOf(selection_.caret)) * grid.cell;
  const float bar = ImGui::GetStyle().ScrollbarSize;
  const float height = grid.text.height() - bar - units(2);
  const float width = grid.text.width() - bar - grid.cell * 3;
  if (y < ImGui::GetScrollY()) ImGui::SetScrollY(y);
  if (y + grid.line > ImGui::GetScrollY() + height) ImGui::SetScrollY(y + grid.line - height);
  if (x < ImGui::GetScrollX()) ImGui::SetScrollX(std::max(0.0F, x - grid.cell * 3));
  if (x > ImGui::GetScrollX() + width) ImGui::SetScrollX(x - width);
}

void TextEditor::drawLines(Widgets& widgets, const Grid& grid, std::size_t first, std::size_t last) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw.PushClipRect(grid.text.min, grid.text.max, true);
  for (std::size_t i = first; i < last; ++i) drawLine(widgets, grid, i);
  draw.PopClipRect();
}

void TextEditor::drawLine(Widgets& widgets, const Grid& grid, std::size_t index) {
  const std::string_view line = buffer_.line(index);
  const float y = grid.origin.y + toFloat(index) * grid.line + (grid.line - grid.height) * 0.5F;
  GridPainter painter(*ImGui::GetWindowDrawList(), widgets.fonts().mono(), {grid.origin.x, std::floor(y)},
                      grid.cell, grid.text.min.x, grid.text.max.x);
  colorYamlLine(line, index < states_.size() ? states_[index] : YamlLineState(), &runs_);
  std::size_t at = 0;
  for (const YamlRun& run : runs_) {
    if (run.begin > at) painter.paint(line.substr(at, run.begin - at), widgets.colors().text);
    painter.paint(line.substr(run.begin, run.end - run.begin), tokenColor(widgets.colors(), run.token));
    at = run.end;
  }
  if (at < line.size()) painter.paint(line.substr(at), widgets.colors().text);
}

void TextEditor::drawSelection(const Widgets& widgets, const Grid& grid, std::size_t first,
                               std::size_t last) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw.PushClipRect(grid.text.min, grid.text.max, true);
  const TextPosition from = selection_.first();
  const TextPosition to = selection_.last();
  for (std::size_t i = std::max(first, from.line); i < last && i <= to.line && !selection_.empty(); ++i) {
    const std::size_t begin = i == from.line ? columnOf(from) : 0;
    const std::size_t end = i == to.line ? columnOf(to) : columnOf({i, buffer_.line(i).size()}) + 1;
    const float y = grid.origin.y + toFloat(i) * grid.line;
    draw.AddRectFilled({grid.origin.x + toFloat(begin) * grid.cell, y},
                       {grid.origin.x + toFloat(end) * grid.cell, y + grid.line}, widgets.colors().selection);
  }
  if (markedLine_ > 0) {
    const float y = grid.origin.y + toFloat(markedLine_ - 1) * grid.line;
    draw.AddRectFilled({grid.text.min.x - units(1), y}, {grid.text.max.x, y + grid.line},
                       widgets.colors().warningSoft);
  }
  draw.PopClipRect();
}

void TextEditor::drawProblems(Widgets& widgets, const Grid& grid, std::size_t first, std::size_t last,
                              bool hovered) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const ImU32 color = widgets.colors().bad;
  const ImVec2 pointer = ImGui::GetIO().MousePos;
  draw.PushClipRect(grid.text.min, grid.text.max, true);
  for (const Problem& problem : problems_) {
    if (problem.line == 0 || problem.line - 1 < first || problem.line - 1 >= last) continue;
    const std::string& line = buffer_.line(problem.line - 1);
    const TextPosition from{problem.line - 1,
                            problem.column > 0 ? byteOfChar(line, problem.column - 1) : indentOfText(line)};
    TextPosition to = buffer_.wordAfter(from);
    if (to.line != from.line || to.byte <= from.byte) to = {from.line, line.size()};
    const float left = grid.origin.x + toFloat(columnOf(from)) * grid.cell;
    const float right = std::max(left + grid.cell, grid.origin.x + toFloat(columnOf(to)) * grid.cell);
    const float y = grid.origin.y + toFloat(problem.line) * grid.line - 3;
    for (float x = left; x < right; x += 4)
      draw.PathLineTo({x, y + (std::fmod(x - left, 8) < 4 ? 0.0F : 2.5F)});
    draw.PathStroke(color, 0, 1.5F);
    if (hovered && pointer.y >= y - grid.line && pointer.y < y + 3) widgets.tooltip(problem.message);
  }
  draw.PopClipRect();
}

void TextEditor::drawGutter(Widgets& widgets, const Grid& grid, const Rect& frame, std::size_t first,
                            std::size_t last) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const Palette& c = widgets.colors();
  draw.AddRectFilled(frame.min, {grid.text.min.x - units(2), frame.max.y}, c.sunken);
  const float right = grid.text.min.x - units(3);
  for (std::size_t i = first; i < last; ++i) {
    const std::string number = std::to_string(i + 1);
    const bool bad = std::any_of(problems_.begin(), problems_.end(),
                                 [i](const Problem& problem) { return problem.line == i + 1; });
    const float y = grid.origin.y + toFloat(i) * grid.line + (grid.line - grid.height) * 0.5F;
    const ImU32 ink = bad ? c.bad : (i == selection_.caret.line ? c.text : mix(c.muted, c.sunken, 0.3F));
    draw.AddText(widgets.fonts().mono(), grid.height,
                 {right - toFloat(number.size()) * grid.cell, std::floor(y)}, ink, number.c_str());
    if (bad) draw.AddCircleFilled({frame.min.x + units(1.75F), y + grid.height * 0.5F}, 3, c.bad, 12);
  }
}

}  // namespace pilothouse::web
