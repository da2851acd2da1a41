#include "web/editor/text_editor.hpp"

#include <algorithm>

#include "web/utf8.hpp"

namespace pilothouse::web {

namespace {

constexpr std::size_t kTab = 2;

std::size_t indentOf(std::string_view line) {
  std::size_t i = 0;
  while (i < line.size() && line[i] == ' ') ++i;
  return i;
}

}  // namespace

bool TextEditor::setText(std::string_view text) {
  if (!buffer_.setText(text)) return false;
  problems_.clear();
  selection_ = {};
  widest_ = 0;
  markedLine_ = 0;
  showCaret_ = true;
  return true;
}

void TextEditor::replaceAll(std::string_view text) {
  buffer_.breakStep();
  buffer_.replace({{0, 0}, buffer_.end()}, text);
  buffer_.breakStep();
  select({{0, 0}, {0, 0}});
}

void TextEditor::undo() {
  if (buffer_.canUndo()) selection_ = buffer_.undo();
  caretMoved();
}

void TextEditor::redo() {
  if (buffer_.canRedo()) selection_ = buffer_.redo();
  caretMoved();
}

void TextEditor::select(TextSelection selection) {
  selection_ = {buffer_.clamp(selection.anchor), buffer_.clamp(selection.caret)};
  caretMoved();
}

void TextEditor::caretMoved() {
  showCaret_ = true;
  keepColumn_ = false;
}

void TextEditor::goTo(std::size_t line, std::size_t column) {
  const std::size_t index = line > 0 ? line - 1 : 0;
  const TextPosition at =
      buffer_.clamp({index, byteOfChar(buffer_.line(index), column > 0 ? column - 1 : 0)});
  select({at, at});
  takeFocus_ = true;
}

void TextEditor::type(std::string_view text) {
  const TextPosition at = buffer_.replace(selection_, text);
  selection_ = {at, at};
  caretMoved();
}

void TextEditor::newLine() {
  const TextPosition at = buffer_.clamp(selection_.first());
  const std::string& line = buffer_.line(at.line);
  std::size_t depth = std::min(indentOf(line), at.byte);
  std::string_view before(line.data(), at.byte);
  while (!before.empty() && before.back() == ' ') before.remove_suffix(1);
  // After "key:" comes its content; after "- name: x" its siblings.
  if (!before.empty() && before.back() == ':') {
    depth += kTab;
  }
  if (depth + 1 < before.size() && before[depth] == '-' && before[depth + 1] == ' ') depth += kTab;
  buffer_.breakStep();
  type("\n" + std::string(depth, ' '));
}

void TextEditor::erase(bool forward, bool word) {
  TextSelection range = selection_;
  if (range.empty()) {
    const TextPosition at = range.caret;
    if (forward) {
      range.caret = word ? buffer_.wordAfter(at) : buffer_.after(at);
    } else if (!word && at.byte > 0 && at.byte <= indentOf(buffer_.line(at.line)) && at.byte % kTab == 0) {
      range.caret = {at.line, at.byte - kTab};
    } else {
      range.caret = word ? buffer_.wordBefore(at) : buffer_.before(at);
    }
  }
  if (range.empty()) return;
  buffer_.breakStep();
  const TextPosition at = buffer_.replace(range, "");
  selection_ = {at, at};
  caretMoved();
}

void TextEditor::indent(bool outward) {
  if (selection_.empty() && !outward) {
    type(std::string(kTab - selection_.caret.byte % kTab, ' '));
    return;
  }
  const std::size_t first = selection_.first().line;
  std::size_t last = selection_.last().line;
  if (last > first && selection_.last().byte == 0) --last;
  std::string text;
  for (std::size_t i = first; i <= last; ++i) {
    if (i > first) text += '\n';
    const std::string& line = buffer_.line(i);
    if (outward) {
      text += line.substr(std::min(indentOf(line), kTab));
    } else {
      if (!line.empty()) text += std::string(kTab, ' ');
      text += line;
    }
  }
  buffer_.breakStep();
  const TextPosition end = buffer_.replace({{first, 0}, {last, buffer_.line(last).size()}}, text);
  selection_ = first == last ? TextSelection{end, end} : TextSelection{{first, 0}, end};
  caretMoved();
}

void TextEditor::move(TextPosition to, bool extend) {
  const bool keep = keepColumn_;
  const TextPosition at = buffer_.clamp(to);
  selection_ = {extend ? selection_.anchor : at, at};
  buffer_.breakStep();
  showCaret_ = true;
  keepColumn_ = keep;
}

TextPosition TextEditor::lineAway(std::ptrdiff_t lines) const {
  const auto line = static_cast<std::ptrdiff_t>(selection_.caret.line) + lines;
  if (line < 0) return {0, 0};
  if (line >= static_cast<std::ptrdiff_t>(buffer_.lineCount())) return buffer_.end();
  const std::size_t column = keepColumn_ ? wantedColumn_ : columnOf(selection_.caret);
  return positionAt(static_cast<std::size_t>(line), column);
}

std::string TextEditor::copied() const {
  if (!selection_.empty()) return buffer_.textIn(selection_);
  // Without a selection the whole line is meant.
  return buffer_.line(selection_.caret.line) + "\n";
}

std::size_t TextEditor::columnOf(TextPosition at) const {
  const std::string& line = buffer_.line(at.line);
  std::size_t column = 0;
  for (std::size_t i = 0; i < at.byte && i < line.size();) {
    const Utf8Char c = decodeUtf8(line, i);
    column += c.code == '\t' ? kTab : displayWidth(c.code);
    i += c.bytes;
  }
  return column;
}

TextPosition TextEditor::positionAt(std::size_t index, std::size_t wanted) const {
  const std::string& line = buffer_.line(index);
  std::size_t column = 0;
  std::size_t i = 0;
  while (i < line.size()) {
    const Utf8Char c = decodeUtf8(line, i);
    const std::size_t width = c.code == '\t' ? kTab : displayWidth(c.code);
    if (column + (width + 1) / 2 > wanted) break;
    column += width;
    i += c.bytes;
  }
  return {index, i};
}

void TextEditor::refreshStates() {
  const std::size_t from = buffer_.takeFirstChange();
  if (from >= buffer_.lineCount() && states_.size() == buffer_.lineCount()) return;
  states_.resize(buffer_.lineCount());
  YamlLineState state = from == 0 || from >= states_.size() ? YamlLineState() : states_[from];
  for (std::size_t i = std::min(from, states_.size()); i < states_.size(); ++i) {
    states_[i] = state;
    state = colorYamlLine(buffer_.line(i), state, nullptr);
    widest_ = std::max(widest_, buffer_.line(i).size());
  }
}

}  // namespace pilothouse::web
