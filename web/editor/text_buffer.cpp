#include "web/editor/text_buffer.hpp"

#include <algorithm>

#include "web/utf8.hpp"

namespace pilothouse::web {

namespace {

std::string normalized(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r') {
      out += '\n';
      if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
    } else if (text[i] == '\0') {
      out += "\xEF\xBF\xBD";
    } else {
      out += text[i];
    }
  }
  return out;
}

bool isWord(std::string_view line, std::size_t at) {
  const auto c = static_cast<unsigned char>(line[at]);
  return c >= 0x80 || c == '_' || c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z');
}

}  // namespace

TextBuffer::TextBuffer() : lines_(1) {}

bool TextBuffer::setText(std::string_view text) {
  if (text.size() > kBytesMax) return false;
  lines_.assign(1, {});
  bytes_ = 0;
  steps_.clear();
  undone_ = 0;
  stepBytes_ = 0;
  joinable_ = false;
  put({0, 0}, normalized(text));
  touch(0);
  return true;
}

std::string TextBuffer::text() const { return textIn({{0, 0}, end()}); }

const std::string& TextBuffer::line(std::size_t index) const {
  return lines_[std::min(index, lines_.size() - 1)];
}

TextPosition TextBuffer::end() const { return {lines_.size() - 1, lines_.back().size()}; }

TextPosition TextBuffer::clamp(TextPosition at) const {
  if (at.line >= lines_.size()) return end();
  const std::string& text = lines_[at.line];
  if (at.byte >= text.size()) return {at.line, text.size()};
  // To the start of the character, when it is inside one.
  std::size_t start = at.byte;
  for (std::size_t back = 0; back < 3 && start > 0; ++back) {
    if ((static_cast<unsigned char>(text[start]) & 0xC0) != 0x80) break;
    --start;
  }
  const bool inside = start < at.byte && start + decodeUtf8(text, start).bytes > at.byte;
  return {at.line, inside ? start : at.byte};
}

std::string TextBuffer::textIn(const TextSelection& selection) const {
  const TextPosition from = clamp(selection.first());
  const TextPosition to = clamp(selection.last());
  if (from.line == to.line) return lines_[from.line].substr(from.byte, to.byte - from.byte);
  std::string out = lines_[from.line].substr(from.byte);
  for (std::size_t i = from.line + 1; i < to.line; ++i) {
    out += '\n';
    out += lines_[i];
  }
  out += '\n';
  out.append(lines_[to.line], 0, to.byte);
  return out;
}

std::size_t TextBuffer::takeFirstChange() {
  const std::size_t first = std::min(firstChange_, lines_.size());
  firstChange_ = static_cast<std::size_t>(-1);
  return first;
}

void TextBuffer::touch(std::size_t line) {
  ++version_;
  firstChange_ = std::min(firstChange_, line);
}

TextPosition TextBuffer::endOf(TextPosition at, std::string_view text) {
  const std::size_t lastBreak = text.rfind('\n');
  if (lastBreak == std::string_view::npos) return {at.line, at.byte + text.size()};
  const auto breaks = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  return {at.line + breaks, text.size() - lastBreak - 1};
}

TextPosition TextBuffer::put(TextPosition at, std::string_view text) {
  bytes_ += text.size();
  std::string tail = lines_[at.line].substr(at.byte);
  lines_[at.line].resize(at.byte);
  std::vector<std::string> fresh;
  std::size_t from = 0;
  for (std::size_t to = text.find('\n'); to != std::string_view::npos; to = text.find('\n', from)) {
    fresh.emplace_back(text.substr(from, to - from));
    from = to + 1;
  }
  fresh.emplace_back(text.substr(from));
  lines_[at.line] += fresh.front();
  if (fresh.size() > 1) {
    lines_.insert(lines_.begin() + static_cast<std::ptrdiff_t>(at.line + 1),
                  std::make_move_iterator(fresh.begin() + 1), std::make_move_iterator(fresh.end()));
  }
  const TextPosition done = endOf(at, text);
  lines_[done.line] += tail;
  return done;
}

std::string TextBuffer::cut(TextPosition from, TextPosition to) {
  std::string removed = textIn({from, to});
  bytes_ -= removed.size();
  if (from.line == to.line) {
    lines_[from.line].erase(from.byte, to.byte - from.byte);
    return removed;
  }
  lines_[from.line].resize(from.byte);
  lines_[from.line].append(lines_[to.line], to.byte);
  lines_.erase(lines_.begin() + static_cast<std::ptrdiff_t>(from.line + 1),
               lines_.begin() + static_cast<std::ptrdiff_t>(to.line + 1));
  return removed;
}

void TextBuffer::remember(Step step) {
  const auto weight = [](const Step& one) { return one.removed.size() + one.inserted.size(); };
  for (; undone_ > 0; --undone_) {
    stepBytes_ -= std::min(stepBytes_, weight(steps_.back()));
    steps_.pop_back();
  }
  stepBytes_ += weight(step);
  const bool typing = step.removed.empty() && step.inserted.find('\n') == std::string::npos;
  if (joinable_ && typing && !steps_.empty()) {
    Step& last = steps_.back();
    if (endOf(last.at, last.inserted) == step.at) {
      last.inserted += step.inserted;
      return;
    }
  }
  joinable_ = typing;
  steps_.push_back(std::move(step));
  std::size_t forget = steps_.size() > kUndoMax ? steps_.size() - kUndoMax : 0;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (i >= forget && stepBytes_ <= kUndoBytesMax) break;
    stepBytes_ -= std::min(stepBytes_, weight(steps_[i]));
    forget = std::max(forget, i + 1);
  }
  steps_.erase(steps_.begin(), steps_.begin() + static_cast<std::ptrdiff_t>(forget));
}

TextPosition TextBuffer::replace(const TextSelection& selection, std::string_view text) {
  const TextPosition from = clamp(selection.first());
  const TextPosition to = clamp(selection.last());
  const std::string clean = normalized(text);
  if (bytes_ + clean.size() > kBytesMax) return clamp(selection.caret);
  if (from == to && clean.empty()) return from;
  Step step{from, cut(from, to), clean, selection};
  const TextPosition done = put(from, clean);
  remember(std::move(step));
  touch(from.line);
  return done;
}

TextSelection TextBuffer::undo() {
  if (!canUndo()) return {end(), end()};
  ++undone_;
  joinable_ = false;
  const Step& step = steps_[steps_.size() - undone_];
  cut(step.at, endOf(step.at, step.inserted));
  put(step.at, step.removed);
  touch(step.at.line);
  return {clamp(step.before.anchor), clamp(step.before.caret)};
}

TextSelection TextBuffer::redo() {
  if (!canRedo()) return {end(), end()};
  const Step& step = steps_[steps_.size() - undone_];
  --undone_;
  joinable_ = false;
  cut(step.at, endOf(step.at, step.removed));
  const TextPosition done = put(step.at, step.inserted);
  touch(step.at.line);
  return {done, done};
}

TextPosition TextBuffer::before(TextPosition at) const {
  at = clamp(at);
  if (at.byte > 0) return {at.line, previousChar(lines_[at.line], at.byte)};
  if (at.line == 0) return at;
  return {at.line - 1, lines_[at.line - 1].size()};
}

TextPosition TextBuffer::after(TextPosition at) const {
  at = clamp(at);
  if (at.byte < lines_[at.line].size()) return {at.line, nextChar(lines_[at.line], at.byte)};
  if (at.line + 1 >= lines_.size()) return at;
  return {at.line + 1, 0};
}

TextPosition TextBuffer::wordBefore(TextPosition at) const {
  at = clamp(at);
  if (at.byte == 0) return before(at);
  const std::string& text = lines_[at.line];
  std::size_t i = at.byte;
  while (i > 0 && !isWord(text, i - 1)) --i;
  while (i > 0 && isWord(text, i - 1)) --i;
  return clamp({at.line, i});
}

TextPosition TextBuffer::wordAfter(TextPosition at) const {
  at = clamp(at);
  const std::string& text = lines_[at.line];
  if (at.byte >= text.size()) return after(at);
  std::size_t i = at.byte;
  while (i < text.size() && isWord(text, i)) ++i;
  while (i < text.size() && !isWord(text, i)) ++i;
  return clamp({at.line, i});
}

}  // namespace pilothouse::web
