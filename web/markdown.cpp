#include "web/markdown.hpp"

#include <algorithm>
#include <cmath>

#include "web/utf8.hpp"

namespace pilothouse::web {

namespace {

using Span = MarkdownSpan;
using Block = MarkdownBlock;

void addSpan(std::vector<Span>& spans, Span::Kind kind, std::string_view text, std::string_view url = {}) {
  if (text.empty()) return;
  spans.push_back({kind, std::string(text), std::string(url)});
}

std::vector<Span> parseSpans(std::string_view text) {
  std::vector<Span> spans;
  std::size_t plain = 0;
  std::size_t i = 0;
  const auto take = [&](std::size_t open, std::string_view close, Span::Kind kind) {
    const std::size_t end = text.find(close, i + open);
    if (end == std::string_view::npos || end == i + open) return false;
    addSpan(spans, Span::Kind::Plain, text.substr(plain, i - plain));
    addSpan(spans, kind, text.substr(i + open, end - i - open));
    i = end + close.size();
    plain = i;
    return true;
  };
  while (i < text.size()) {
    if (text[i] == '`' && take(1, "`", Span::Kind::Code)) continue;
    if (text.substr(i, 2) == "**" && take(2, "**", Span::Kind::Strong)) continue;
    if (text[i] == '[') {
      const std::size_t middle = text.find("](", i);
      const std::size_t end = middle == std::string_view::npos ? middle : text.find(')', middle);
      if (end != std::string_view::npos) {
        addSpan(spans, Span::Kind::Plain, text.substr(plain, i - plain));
        addSpan(spans, Span::Kind::Link, text.substr(i + 1, middle - i - 1),
                text.substr(middle + 2, end - middle - 2));
        i = end + 1;
        plain = i;
        continue;
      }
    }
    ++i;
  }
  addSpan(spans, Span::Kind::Plain, text.substr(plain));
  return spans;
}

std::string_view trimmed(std::string_view line) {
  while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
  while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.remove_suffix(1);
  return line;
}

/// Length of "1. " or 0.
std::size_t numberMark(std::string_view line) {
  std::size_t i = 0;
  while (i < line.size() && i < 3 && line[i] >= '0' && line[i] <= '9') ++i;
  return i > 0 && line.substr(i, 2) == ". " ? i + 2 : 0;
}

class Flow {
 public:
  Flow(Widgets& w, std::string_view id) : w_(w), id_(id) {}

  std::string pressed;

  void block(const Block& block) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const bool list = block.kind == Block::Kind::Bullet || block.kind == Block::Kind::Numbered;
    indent_ = list ? units(5) : 0;
    left_ = at.x + indent_;
    right_ = at.x + std::max(units(20), ImGui::GetContentRegionAvail().x);
    x_ = left_;
    y_ = at.y;
    words_.clear();
    const ImU32 ink = w_.colors().text;
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    if (block.kind == Block::Kind::Bullet)
      draw.AddCircleFilled({at.x + units(2.5F), y_ + kHeight * 0.55F}, 2.5F, w_.colors().accent, 12);
    if (block.kind == Block::Kind::Numbered) w_.textAt(draw, at, block.marker, ink, TextSize::Body, units(6));
    if (block.kind == Block::Kind::CodeBlock) {
      code(block);
    } else {
      for (const Span& span : block.spans) this->span(span);
      y_ += kLine;
    }
    ImGui::SetCursorScreenPos(at);
    ImGui::Dummy({right_ - at.x, y_ - at.y});
    w_.describe({}, "text", words_, {at, {right_, y_}});
  }

 private:
  static constexpr float kHeight = 16.5F;
  static constexpr float kLine = 25;

  void span(const Span& span) {
    const bool code = span.kind == Span::Kind::Code;
    ImFont* font = code ? w_.fonts().mono() : w_.fonts().ui();
    words_ += span.text;
    // Word by word; a word longer than a line is cut where it must be.
    std::size_t i = 0;
    while (i < span.text.size()) {
      std::size_t end = span.text.find(' ', i);
      end = end == std::string::npos ? span.text.size() : end + 1;
      word(span, font, std::string_view(span.text).substr(i, end - i));
      i = end;
    }
  }

  void word(const Span& span, ImFont* font, std::string_view text) {
    while (!text.empty()) {
      std::string_view ink = text;
      while (!ink.empty() && ink.back() == ' ') ink.remove_suffix(1);
      const float width = Fonts::measure(font, kHeight, ink).x;
      if (x_ > left_ && x_ + width > right_) newLine();
      std::string_view part = text;
      if (x_ + width > right_) {
        const char* fits = nullptr;
        font->CalcTextSizeA(kHeight, right_ - x_, 0, text.data(), text.data() + text.size(), &fits);
        const auto bytes = static_cast<std::size_t>(fits - text.data());
        part = text.substr(0, std::max(bytes, nextChar(text, 0)));
      }
      paint(span, font, part);
      text.remove_prefix(part.size());
      if (!text.empty()) newLine();
    }
  }

  void paint(const Span& span, ImFont* font, std::string_view text) {
    const Palette& c = w_.colors();
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    const float width = Fonts::measure(font, kHeight, text).x;
    const ImVec2 at{std::floor(x_), std::floor(y_)};
    ImU32 color = c.text;
    if (span.kind == Span::Kind::Code) {
      draw.AddRectFilled({at.x - 1.5F, at.y - 1}, {at.x + width + 1.5F, at.y + kHeight + 2},
                         mix(c.sunken, c.border, 0.5F), 3);
      color = c.yamlKey;
    } else if (span.kind == Span::Kind::Link) {
      color = c.accent;
      link(span, at, width);
    }
    draw.AddText(font, kHeight, at, color, text.data(), text.data() + text.size());
    // There is one weight of the face; a second stroke makes it bold.
    if (span.kind == Span::Kind::Strong) {
      draw.AddText(font, kHeight, {at.x + 0.6F, at.y}, color, text.data(), text.data() + text.size());
    }
    x_ += width;
  }

  void link(const Span& span, ImVec2 at, float width) {
    const Rect rect{at, {at.x + width, at.y + kHeight + 1}};
    const bool hovered = ImGui::IsWindowHovered() && rect.contains(ImGui::GetIO().MousePos);
    ImGui::GetWindowDrawList()->AddLine({rect.min.x, rect.max.y}, rect.max,
                                        withAlpha(w_.colors().accent, hovered ? 1.0F : 0.45F));
    if (hovered) {
      ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
      if (ImGui::IsMouseClicked(ImGuiMouseButton_Left)) pressed = span.url;
    }
    w_.describe(std::string(id_) + ".link", "link", span.text, rect, span.url);
  }

  void code(const Block& block) {
    const std::string_view text =
        block.spans.empty() ? std::string_view() : std::string_view(block.spans.front().text);
    words_ = text;
    const float small = pixels(TextSize::Caption);
    const ImVec2 size = Fonts::measure(w_.fonts().mono(), small, text, right_ - left_ - units(4));
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    draw.AddRectFilled({left_, y_}, {right_, y_ + size.y + units(4)}, w_.colors().sunken, units(1.5F));
    draw.AddText(w_.fonts().mono(), small, {left_ + units(2), y_ + units(2)}, w_.colors().text, text.data(),
                 text.data() + text.size(), right_ - left_ - units(4));
    y_ += size.y + units(4);
  }

  void newLine() {
    x_ = left_;
    y_ += kLine;
  }

  Widgets& w_;
  std::string_view id_;
  std::string words_;
  float indent_ = 0;
  float left_ = 0;
  float right_ = 0;
  float x_ = 0;
  float y_ = 0;
};

}  // namespace

std::vector<MarkdownBlock> parseMarkdown(std::string_view text) {
  std::vector<Block> blocks;
  std::string joined;
  Block open;
  const auto close = [&] {
    if (!joined.empty()) {
      open.spans = parseSpans(joined);
      blocks.push_back(std::move(open));
    }
    open = Block();
    joined.clear();
  };
  bool fenced = false;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    const std::string_view raw = text.substr(from, end - from);
    const std::string_view line = trimmed(raw);
    from = end + 1;
    if (line.substr(0, 3) == "```") {
      if (fenced && !joined.empty()) {
        joined.pop_back();
        blocks.push_back({Block::Kind::CodeBlock, {}, {{Span::Kind::Code, joined, {}}}});
        joined.clear();
      } else {
        close();
      }
      fenced = !fenced;
      continue;
    }
    if (fenced) {
      joined += raw;
      joined += '\n';
      continue;
    }
    const std::size_t number = numberMark(line);
    const bool bullet = line.substr(0, 2) == "- " || line.substr(0, 2) == "* ";
    if (line.empty() || bullet || number > 0) close();
    if (line.empty()) continue;
    if (bullet) {
      open.kind = Block::Kind::Bullet;
      joined = line.substr(2);
    } else if (number > 0) {
      open.kind = Block::Kind::Numbered;
      open.marker = line.substr(0, number - 1);
      joined = line.substr(number);
    } else {
      if (!joined.empty()) joined += ' ';
      joined += line;
    }
  }
  close();
  return blocks;
}

std::string plainMarkdown(std::string_view text) {
  std::string plain;
  for (const MarkdownBlock& block : parseMarkdown(text)) {
    for (const MarkdownSpan& span : block.spans) plain += span.text;
  }
  return plain;
}

std::string drawMarkdown(Widgets& widgets, std::string_view id, std::string_view text) {
  Flow flow(widgets, id);
  bool first = true;
  for (const Block& block : parseMarkdown(text)) {
    if (!first) widgets.gap(1);
    first = false;
    flow.block(block);
  }
  return flow.pressed;
}

}  // namespace pilothouse::web
