#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "web/widgets.hpp"

namespace pilothouse::web {

/// The little Markdown that lessons use: paragraphs, lists, **strong**, `code` and [links](https://…).
struct MarkdownSpan {
  enum class Kind : unsigned char { Plain, Strong, Code, Link };
  Kind kind{};
  std::string text;
  std::string url;
};
struct MarkdownBlock {
  enum class Kind : unsigned char { Paragraph, Bullet, Numbered, CodeBlock };
  Kind kind{};
  std::string marker;  ///< "1." of a numbered item
  std::vector<MarkdownSpan> spans;
};

/// Never fails: what is not understood is text.
std::vector<MarkdownBlock> parseMarkdown(std::string_view text);
/// The words of one line without their marks, for a label.
std::string plainMarkdown(std::string_view text);
/// Draws the blocks in the content region; the url of a link that was pressed, or "".
std::string drawMarkdown(Widgets& widgets, std::string_view id, std::string_view text);

}  // namespace pilothouse::web
